"""Calls: what the stand-ins were asked, for tests to look at."""

import itertools
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass, field

from config.local.standins.rows import Json

KEPT = 20_000


@dataclass
class Call:
    """One request. It was *applied* when it did or read something, whether or not its answer arrived."""

    number: int
    provider: str
    method: str
    path: str
    key: str | None
    at: float = field(default_factory=time.time)
    account: str | None = None
    params: Json = field(default_factory=dict)
    applied: bool = False
    replayed: bool = False
    failure: str | None = None
    status: int | None = None  # none: the caller was never answered, or is still waiting


class Calls:
    """The last calls, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._calls: deque[Call] = deque(maxlen=KEPT)

    def begin(self, provider: str, method: str, path: str, key: str | None) -> Call:
        """Write down that somebody calls."""
        with self._lock:
            call = Call(next(self._numbers), provider, method, path, key)
            self._calls.append(call)
        return call

    def listed(self) -> list[Json]:
        """Return all that are kept."""
        with self._lock:
            return [asdict(call) for call in self._calls]

    def clear(self) -> None:
        """Forget them; the numbers go on."""
        with self._lock:
            self._calls.clear()
