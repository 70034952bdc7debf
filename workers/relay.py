"""The relay: publishes the jobs whose message was lost, or whose worker fell silent; and has the events followed.

A thread in each worker's main process, and a tick of beat as the spare; any number of them may run at once.
"""

import threading
from collections.abc import Callable, Sequence

from kombu.exceptions import OperationalError

from config.clock import clock
from config.logging import log
from config.publisher import publish
from config.transaction import DatabaseAway, transaction
from domain.kernel import heartbeats, leases
from domain.kernel.jobs import Nudge
from workers import notifications, webhooks
from workers.tails import follow

EVERY = 1.0


def sweep(send: Callable[[Nudge], None] = publish) -> int:
    """Publish every job whose lease has lapsed; return how many jobs that were.

    Stops at the first message that the broker does not take, and gives the remaining jobs back.
    """
    swept = 0
    while True:
        with transaction() as session:
            nudges = leases.due(session, now=clock())
        swept += len(nudges)
        left = _publish(nudges, send)
        if left:
            with transaction() as session:
                leases.unpublished(session, [nudge.job_id for nudge in left], now=clock())
        if left or len(nudges) < leases.BATCH:
            return swept


def _publish(nudges: Sequence[Nudge], send: Callable[[Nudge], None]) -> Sequence[Nudge]:
    """Send one message for each lane, and one for each job that has none; return the jobs that did not get out."""
    heads = {(nudge.kind, nudge.lane or nudge.job_id): nudge for nudge in nudges}
    waiting = list(heads.values())
    for index, nudge in enumerate(waiting):
        try:
            send(nudge)
        except (OperationalError, OSError) as error:
            log.warning("broker_away", left_to_next_sweep=len(waiting) - index, error=str(error))
            unsent = {(each.kind, each.lane or each.job_id) for each in waiting[index:]}
            return [each for each in nudges if (each.kind, each.lane or each.job_id) in unsent]
    return ()


def beat() -> None:
    """Show that a relay has come round."""
    with transaction() as session:
        heartbeats.beat(session, "relay", now=clock())


STEPS: Sequence[Callable[[], object]] = (sweep, follow, notifications.nudge, webhooks.nudge)
BEAT_EVERY = 5
"""Rounds."""


class Relay:
    """Takes its steps once a second until stopped."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def start(self) -> None:
        """Begin sweeping."""
        self._thread.start()

    def stop(self) -> None:
        """End after the sweep that is under way."""
        self._stopped.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        rounds = 0
        while not self._stopped.wait(EVERY):
            for step in STEPS:
                _taken(step)
            if rounds % BEAT_EVERY == 0:
                _taken(beat)
            rounds += 1


def _taken(step: Callable[[], object]) -> None:
    try:
        step()
    except DatabaseAway as error:
        log.warning("relay_without_database", error=str(error))
    except Exception:  # noqa: BLE001 - this thread brings lost work back: it may stumble, but not fall
        log.exception("relay_failed")
