"""Failures to order: what is to go wrong with the next calls of a kind."""

import itertools
import json
import threading
from fnmatch import fnmatchcase
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from config.local.standins.rows import Json

PLAIN = {429: "Too many requests", 500: "An unknown error occurred"}


class Failure(BaseModel):
    """What goes wrong with the next *times* calls that match.

    `reset` closes the connection without a word; `hang` waits *seconds* and then goes on, whoever still listens;
    `status` answers with an error; `truncate` sends half of the true answer, `slow` all of it over *seconds*. `before`
    and `after` are about applying the call; a truncated or slow answer is to a call that was applied. With *sticky*
    Stripe's idempotency layer keeps the error as its answer to the key, as the real one keeps a 500.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["reset", "hang", "status", "truncate", "slow"]
    when: Literal["before", "after"] = "before"
    provider: str = "*"
    method: str = "*"
    path: str = "*"
    times: int = Field(default=1, ge=1)
    skip: int = Field(default=0, ge=0)
    seconds: float = Field(default=1.0, ge=0)
    status: int = Field(default=500, ge=400, le=599)
    retry_after: int | None = None
    sticky: bool = False

    def fits(self, provider: str, method: str, path: str) -> bool:
        """Say whether a call is meant. The path is the provider's own, as in `/v1/refunds` or `/refund/*`."""
        wanted = ((self.provider, provider), (self.method, method), (self.path, path))
        return all(fnmatchcase(value, pattern) for pattern, value in wanted)


class Failures:
    """The failures still to come; the first that fits is taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._left: dict[int, Failure] = {}

    def add(self, failure: Failure) -> int:
        """Order one, and return its number."""
        with self._lock:
            number = next(self._numbers)
            self._left[number] = failure
        return number

    def take(self, provider: str, method: str, path: str) -> Failure | None:
        """Return what goes wrong with this call, one time less from now on."""
        with self._lock:
            for number, failure in self._left.items():
                if not failure.fits(provider, method, path):
                    continue
                if failure.skip:
                    failure.skip -= 1
                    return None
                failure.times -= 1
                if not failure.times:
                    del self._left[number]
                return failure
        return None

    def listed(self) -> list[Json]:
        """Return what is still to come."""
        with self._lock:
            return [{"number": number, **failure.model_dump()} for number, failure in self._left.items()]

    def clear(self) -> None:
        """Let all go well."""
        with self._lock:
            self._left.clear()


def edge_answer(provider: str, failure: Failure) -> tuple[int, bytes, str]:
    """Return status, body and content type of an error as that provider's edge words it."""
    if failure.status in (502, 503, 504):
        return failure.status, b"<html><body><h1>Bad Gateway</h1></body></html>", "text/html"
    words = PLAIN.get(failure.status, PLAIN[500])
    if provider == "stripe":
        kind = "invalid_request_error" if failure.status == 429 else "api_error"  # noqa: PLR2004
        code = {"code": "rate_limit"} if failure.status == 429 else {}  # noqa: PLR2004
        body: Json = {"error": {"message": words, "type": kind, **code}}
    else:
        body = {"status": False, "message": words, "type": "api_error"}
    return failure.status, json.dumps(body).encode(), "application/json"
