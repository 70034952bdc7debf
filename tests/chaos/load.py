"""A modest load: callers who ask for places without pause, and ask again when nobody answers."""

import random
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import requests

from tests.stack import Caller

ACCEPTED = 202
PAUSE = 0.1  # of each caller, between an answer and the next question
AGAIN = 0.2
DAYS = 40


@dataclass(frozen=True, slots=True)
class Accepted:
    """One booking that we were promised: the key we asked under, when we asked, and how long the answer took."""

    key: str
    asked: float
    took: float


class Load:
    """Books at random from one thread for each caller, for as long as the block lasts."""

    def __init__(self, callers: Sequence[Caller], shops: Sequence[Mapping[str, str]]) -> None:
        self.accepted: list[Accepted] = []
        self.refused: list[int] = []
        self._shops = shops
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._book, args=(caller,)) for caller in callers]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, _type: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, count: int) -> None:
        """Return once *count* more bookings have been accepted."""
        goal, deadline = len(self.accepted) + count, time.monotonic() + 30
        while len(self.accepted) < goal:
            assert time.monotonic() < deadline, f"{len(self.accepted)} accepted, refused with {set(self.refused)}"
            time.sleep(0.02)

    def _book(self, caller: Caller) -> None:
        while not self._over.wait(PAUSE):
            wish, key = {**random.choice(self._shops), **a_start()}, str(uuid4())
            while not self._ask(caller, wish, key) and not self._over.wait(AGAIN):
                pass

    def _ask(self, caller: Caller, wish: Mapping[str, Any], key: str) -> bool:
        """Ask once; say whether there was an answer. The key makes asking again harmless."""
        asked = time.monotonic()
        try:
            answer = caller.call("POST", "/api/bookings", json=wish, headers={"Idempotency-Key": key})
        except requests.RequestException:
            return False
        if answer.status_code != ACCEPTED:
            self.refused.append(answer.status_code)
            return False
        self.accepted.append(Accepted(key, asked, time.monotonic() - asked))
        return True


def a_start() -> dict[str, str]:
    """Return a random start within the hours of a business that nobody has set up further."""
    day = datetime.now(UTC).date() + timedelta(days=random.randrange(2, DAYS))
    minutes = random.randrange(16) * 30
    return {"date": _weekday(day).isoformat(), "time": f"{9 + minutes // 60:02}:{minutes % 60:02}"}


def _weekday(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.isoweekday() + 1)) if day.isoweekday() > 5 else day
