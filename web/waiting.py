"""Waiting for what a worker decides or does: `Prefer: wait=N` and `?wait=N`, without a database connection each.

At most half of the server's threads may wait; beyond that the answer is given at once, as if nobody had asked to wait.
So it is, too, once the process is to end.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from functools import cache, partial
from uuid import UUID

from flask import g, request
from werkzeug.http import parse_dict_header

from config.metrics import WAITING, WAITS_REFUSED
from config.settings import settings
from config.transaction import Session, reading
from config.wakeups import Listener
from domain.bookings import service as bookings
from domain.bookings.rules import DECIDED

LONGEST = 25
LOOK_EVERY = 0.25  # the spare, for when a wake-up is lost


IsOver = Callable[[Session, UUID], bool]


class Waiting:
    """Who waits for what, in this process."""

    def __init__(self, places: int) -> None:
        self._places = threading.BoundedSemaphore(places)
        self._guard = threading.Lock()
        self._asleep: defaultdict[UUID, set[threading.Event]] = defaultdict(set)
        self._is_released = False
        self._listener = Listener(DECIDED, self.wake)

    def wake(self, payload: str) -> None:
        """Wake those who wait for anything that a notification names: ids in hexadecimal, with commas."""
        with self._guard:
            for word in payload.split(","):
                for sleeper in self._asleep.get(UUID(word), ()):
                    sleeper.set()

    def release(self) -> None:
        """Let nobody wait, from now on."""
        with self._guard:
            self._is_released = True
            for sleepers in self._asleep.values():
                for sleeper in sleepers:
                    sleeper.set()

    def wait(self, waited_for: UUID, seconds: float, is_over: IsOver = bookings.is_decided) -> bool:
        """Return when the booking is decided or *seconds* are over; False, at once, when too many wait or nobody may.

        Or when anything else *is_over*. What is announced by its id is known at once, and all else within `LOOK_EVERY`:
        what happens very often, such as the tries of webhooks, is not worth an announcement for the few who wait.
        """
        if seconds <= 0 or self._is_released:
            return False
        if not self._places.acquire(blocking=False):
            WAITS_REFUSED.inc()
            return False
        sleeper = threading.Event()
        with self._guard:
            self._asleep[waited_for].add(sleeper)
        begun = time.monotonic()
        try:
            self._listener.ensure_running()
            with WAITING.track_inprogress():
                self._sleep(sleeper, partial(_is_over, waited_for, is_over), begun + seconds)
        finally:
            g.waited = g.get("waited", 0.0) + time.monotonic() - begun
            self._places.release()
            with self._guard:
                self._asleep[waited_for].discard(sleeper)
                if not self._asleep[waited_for]:
                    del self._asleep[waited_for]
        return not self._is_released

    def _sleep(self, sleeper: threading.Event, is_over: Callable[[], bool], until: float) -> None:
        while not is_over() and not self._is_released:
            left = until - time.monotonic()
            if left <= 0:
                return
            sleeper.wait(min(LOOK_EVERY, left))
            sleeper.clear()


def _is_over(waited_for: UUID, is_over: IsOver) -> bool:
    with reading() as session:
        return is_over(session, waited_for)


@cache
def waiting() -> Waiting:
    """Return this process's waiters."""
    return Waiting(settings().web_threads // 2)


def prefers_not_to_wait() -> bool:
    """Tell whether the caller wants an answer at once where one is held by default: `Prefer: respond-async`."""
    return "respond-async" in parse_dict_header(request.headers.get("Prefer", ""))


def preferred_wait() -> int | None:
    """Return N of `Prefer: wait=N` (at most 25), or None when it is not there or makes no sense (RFC 7240: ignored)."""
    value = parse_dict_header(request.headers.get("Prefer", "")).get("wait")
    if value is None or not (value.isascii() and value.isdigit()) or int(value[:9]) == 0:
        return None
    return min(int(value[:9]), LONGEST)
