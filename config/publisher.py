"""The publisher: one thread that turns committed jobs into messages, and never makes a request wait for the broker.

Nudges of one kind and lane stand for each other, so while a message is on its way only the newest is kept. Nothing
depends on a message arriving: what the broker does not take, the relay finds in the job table.
"""

import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from kombu.exceptions import OperationalError

from config.celery import celery_app
from config.logging import log

PAUSE = 0.003  # what a rush of requests on one lane is gathered over
FULL = 10_000  # lanes waiting; beyond that the relay is the better way


def publish(nudge: Any) -> None:  # noqa: ANN401 - a nudge of domain/kernel/jobs.py, which config does not know
    """Send one message. Raises kombu's OperationalError when the broker does not take it; never retries."""
    celery_app().send_task(nudge.kind, args=[nudge.job_id], retry=False, ignore_result=True)


class Publisher:
    """Takes nudges from any thread and publishes them from its own."""

    def __init__(self, send: Callable[[Any], None] = publish) -> None:
        self._send = send
        self._waiting: dict[Hashable, Any] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def __call__(self, nudges: Sequence[Any]) -> None:
        """Accept *nudges*; returns at once."""
        with self._changed:
            for nudge in nudges:
                if len(self._waiting) < FULL:
                    self._waiting[nudge.kind, nudge.lane or nudge.job_id] = nudge
            self._start()
            self._changed.notify()

    def _start(self) -> None:
        # Not in __init__: a server that forks after import would leave the thread behind in its parent.
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                batch = list(self._waiting.values())
                self._waiting.clear()
            self._publish(batch)
            threading.Event().wait(PAUSE)

    def _publish(self, batch: Sequence[Any]) -> None:
        for nudge in batch:
            try:
                self._send(nudge)
            except (OperationalError, OSError) as error:
                log.warning("broker_away", left_to_relay=len(batch), error=str(error))
                return
