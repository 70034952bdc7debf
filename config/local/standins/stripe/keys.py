"""Idempotency keys: the first answer to each is the answer, for a day."""

import threading
from typing import NamedTuple

from config.local.standins.rows import Json
from config.local.standins.stripe.refusals import Malformed
from config.local.standins.world import World

KIND = "stripe_key"
DAY = 86_400
LENGTH = 255


class Asked(NamedTuple):
    """A request under a key."""

    scope: str
    key: str
    method: str
    path: str
    params: Json


class Keys:
    """The keys that were used, and those that are in use just now."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = threading.Lock()
        self._busy: set[tuple[str, str]] = set()

    def begin(self, asked: Asked) -> Json | None:
        """Take the key, or return what was answered to it before. Raises Malformed for another request's key."""
        if len(asked.key) > LENGTH:
            raise Malformed(400, f"Idempotency keys are at most {LENGTH} characters.", kind="idempotency_error")
        with self._lock:
            if (asked.scope, asked.key) in self._busy:
                raise _in_use(asked.key)
            kept = self._kept(asked)
            if kept is None:
                self._busy.add((asked.scope, asked.key))
        if kept is not None and _request(kept) != (asked.method, asked.path, asked.params):
            raise _reused(asked.key)
        return kept

    def keep(self, asked: Asked, status: int, body: str, request_id: str) -> None:
        """Keep an answer."""
        answer = {"status": status, "body": body, "request_id": request_id, "at": self._world.clock.now()}
        row = {"method": asked.method, "path": asked.path, "params": asked.params, **answer}
        self._world.rows.put(KIND, asked.scope, asked.key, row)

    def end(self, asked: Asked) -> None:
        """Let others use the key."""
        with self._lock:
            self._busy.discard((asked.scope, asked.key))

    def _kept(self, asked: Asked) -> Json | None:
        row = self._world.rows.get(KIND, asked.scope, asked.key)
        if row is not None and self._world.clock.now() - row["at"] >= DAY:
            self._world.rows.drop(KIND, asked.scope, asked.key)
            return None
        return row


def _request(row: Json) -> tuple[str, str, Json]:
    return row["method"], row["path"], row["params"]


def _in_use(key: str) -> Malformed:
    words = (
        "There is currently another in-progress request using this Idempotent Key (that probably means you submitted "
        f"twice, and the other request is still going through): {key}. Please try again later."
    )
    return Malformed(409, words, code="idempotency_key_in_use")


def _reused(key: str) -> Malformed:
    words = (
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using "
        f"a key other than '{key}' if you meant to execute a different request."
    )
    return Malformed(400, words, kind="idempotency_error")
