"""Waiting for answers apart: a mail server may take minutes for one, and nothing else has to wait as long."""

from collections.abc import Callable
from contextvars import copy_context
from threading import Lock, Thread, current_thread
from time import monotonic

from config.logging import log
from domain.notifications.gateway import Answer

LAST = 2.0
"""Seconds in which it is written down that nobody waits for an answer any more."""


class Waiting:
    """Threads that wait for an answer each, *most* at once: who waits longest is hung up on when there is one more."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._under_way: dict[Thread, Answer] = {}

    def begin(self, answer: Answer, wait: Callable[[], None]) -> None:
        """Have a thread *wait* for an answer, and write down what it is."""
        thread = Thread(target=copy_context().run, args=(self._run, wait), name="answer", daemon=True)
        with self._lock:
            self._under_way[thread] = answer
            too_many = [*self._under_way.values()][: -self._most]
            thread.start()  # before anybody can find it and join it
        for each in too_many:
            each.hang_up()

    def end(self, *, patience: float) -> None:
        """Give those under way so many seconds, then hang up. What is not written down soon is left to its lease."""
        with self._lock:
            under_way = [*self._under_way.items()]
        _joined([thread for thread, _ in under_way], patience)
        for _, answer in under_way:
            answer.hang_up()
        _joined([thread for thread, _ in under_way], LAST)

    def _run(self, wait: Callable[[], None]) -> None:
        try:
            wait()
        except Exception:  # noqa: BLE001 - nobody is there to hear of it; the lease lapses
            log.exception("answer_not_noted")
        finally:
            with self._lock:
                del self._under_way[current_thread()]


def _joined(threads: list[Thread], seconds: float) -> None:
    until = monotonic() + seconds
    for each in threads:
        each.join(max(until - monotonic(), 0))
