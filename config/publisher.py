"""The publisher: one thread that turns committed jobs into messages, and never makes a request wait for the broker.

Nudges of one kind and lane stand for each other, so while a message is on its way only the newest is kept. What the
broker does not take is offered again, so that a moment without it costs nobody a whole lease. Nothing depends on that:
what never gets out of here, the relay finds in the job table.
"""

import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from kombu.exceptions import OperationalError

from config.celery import celery_app
from config.logging import log

PAUSE = 0.003  # what a rush of requests on one lane is gathered over
AGAIN = 0.5  # after a refusal
SOON = 5  # seconds
FULL = 10_000  # lanes waiting; beyond that the relay is the better way
LAST = 1.0  # seconds that a process which ends gives what it has not sent yet


def publish(nudge: Any) -> None:  # noqa: ANN401 - a nudge of domain/kernel/jobs.py, which config does not know
    """Send one message. Raises kombu's OperationalError when the broker does not take it; never retries."""
    celery_app().send_task(nudge.kind, args=[nudge.job_id], retry=False, ignore_result=True)


def ask_for(task: str) -> None:
    """Ask for a task that finds its work by itself. A message that nobody takes soon is dropped: more will come.

    Never retries, and says so when the broker is away.
    """
    try:
        celery_app().send_task(task, retry=False, ignore_result=True, expires=SOON)
    except (OperationalError, OSError) as error:
        log.warning("broker_away", task_asked_for=task, error=str(error))


class Publisher:
    """Takes nudges from any thread and publishes them from its own."""

    def __init__(self, send: Callable[[Any], None] = publish) -> None:
        self._send = send
        self._waiting: dict[Hashable, Any] = {}
        self._is_sending = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def __call__(self, nudges: Sequence[Any]) -> None:
        """Accept *nudges*; returns at once."""
        with self._changed:
            for nudge in nudges:
                if len(self._waiting) < FULL:
                    self._waiting[nudge.kind, nudge.lane or nudge.job_id] = nudge
            self._start()
            self._changed.notify_all()

    def flush(self, seconds: float = LAST) -> None:
        """Return once everything is sent, or *seconds* are over: the relay finds the rest, though not as soon."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._is_sending, seconds)

    def _start(self) -> None:
        # Not in __init__: a server that forks after import would leave the thread behind in its parent.
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                batch = dict(self._waiting)
                self._waiting.clear()
                self._is_sending = True
            refused = self._publish(batch)
            with self._changed:
                # What came meanwhile is newer, and stands for the same.
                self._waiting = refused | self._waiting
                self._is_sending = False
                self._changed.notify_all()
            threading.Event().wait(AGAIN if refused else PAUSE)

    def _publish(self, batch: dict[Hashable, Any]) -> dict[Hashable, Any]:
        """Send a batch, and return what is left of it when the broker refuses one."""
        left = dict(batch)
        for key, nudge in batch.items():
            try:
                self._send(nudge)
            except (OperationalError, OSError) as error:
                log.warning("broker_away", left_to_next_try=len(left), error=str(error))
                break
            del left[key]
        return left
