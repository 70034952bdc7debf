"""Onlookers: each keeps asking one question about availability, keeps every answer, and trusts a 304 to name one."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.test import TestResponse

from tests.flows.office import Office

WHERE = "/api/availability"
TAG = re.compile(r'"(?:[0-9]n)?[0-9a-f]+(?:-(?P<until>[0-9]+))?"')


class Onlooker:
    """Asks one question, whatever becomes of what it is about."""

    def __init__(self, mine: Office, question: Mapping[str, Any]) -> None:
        self._mine = mine
        self._question = question
        self._seen: dict[str, bytes] = {}
        self._last: str | None = None

    @property
    def until(self) -> int | None:
        """Return the second at which the last answer may stop being good by itself."""
        until = TAG.fullmatch(self._last or "")
        return int(until["until"]) if until and until["until"] else None

    @property
    def starts(self) -> Sequence[str]:
        """Return the starts of the last answer."""
        return re.findall(r'"starts_at": "([^"]+)"', self._seen.get(self._last or "", b"").decode())

    def look(self, now: int, *, nothing_happened: bool) -> None:
        """Ask with every tag there is; what that is answered has to be what a stranger is told.

        If *nothing_happened* since the last look, the last answer has to be good for as long as it said; but there is none
        any more where the hold of a booking to be moved has lapsed.
        """
        answer = self._asked(", ".join(reversed(self._seen)))
        if nothing_happened and self._is_good(now) and answer.status_code != 409:
            assert (answer.status_code, answer.headers.get("ETag")) == (304, self._last), self._question
        if answer.status_code == 304:
            self._trust(answer)
        elif answer.status_code == 200:
            self._keep(answer)
        else:
            assert 400 <= answer.status_code < 500, (self._question, answer.get_json())
            self._last = None
        if self._is_good(now):
            assert self._asked(f"W/{self._last}").status_code == 304, self._question

    def _is_good(self, now: int) -> bool:
        return self._last is not None and (self.until is None or now < self.until)

    def _trust(self, answer: TestResponse) -> None:
        fresh = self._asked("")
        self._last = answer.headers["ETag"]
        assert (fresh.status_code, fresh.data) == (200, self._seen[self._last]), self._question
        self._keep(fresh)

    def _keep(self, answer: TestResponse) -> None:
        self._last = tag = answer.headers["ETag"]
        assert answer.data == self._seen.setdefault(tag, answer.data), self._question

    def _asked(self, tags: str) -> TestResponse:
        signed = self._mine.signed | ({"If-None-Match": tags} if tags else {})
        return self._mine.client.get(WHERE, query_string=self._question, headers=signed)
