"""Tasks of the bookings room."""

import time
from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from kombu.exceptions import OperationalError

from config.clock import clock
from config.logging import log
from config.publisher import publish
from config.transaction import DatabaseAway, Session, StatementTooSlow, retried, transaction
from domain.bookings import service as bookings
from domain.kernel import leases
from domain.kernel.ids import Kind, shown
from domain.kernel.jobs import Job, Nudge
from domain.kernel.plot import ALLOCATE
from workers.leased import leased

TURN = 1.0  # seconds of one lane's work before another lane has its turn


def allocate(job_id: int) -> None:
    """Decide what is pending in the lane of a job, in order of acceptance.

    The lane is drained even when the job itself is done already, because one message may stand for many jobs. A job
    that has been tried so often that it is suspect comes last and alone: others have waited for it long enough.
    """
    with leased(job_id) as job:
        lane = job.lane if job is not None else _lane(job_id)
        if lane is None:
            return
        drained = drain(lane, own=job.ref_id if job else None)
        if not drained.is_all:
            _come_again(job_id, lane)
        if job is not None and job.ref_id not in drained.decided:
            _settle(job, lane)


def _settle(job: Job, lane: UUID) -> None:
    """Decide what a drain has left out because it is suspect, and close a job that has nothing to decide."""
    if job.attempts > leases.SUSPECT:
        _decide(lane, only=job.ref_id)
    with transaction() as session:
        bookings.settle(session, job.id, job.ref_id, now=clock())


class Drained(NamedTuple):
    """What was decided together in a lane, and whether nothing was left when the turn was over."""

    decided: Collection[UUID]
    is_all: bool


def drain(business_id: UUID, own: UUID | None = None) -> Drained:
    """Decide what is pending in a lane, until that is all done or the turn is over.

    Together, or one by one when one of them was tried before or they fail together; *own* is the booking of the job
    that is leased already, whose attempt is counted. What arrives meanwhile has messages of its own: a lane that is
    never empty must not keep a worker for itself.
    """
    until = time.monotonic() + TURN
    decided: set[UUID] = set()
    while True:
        begun = time.monotonic()
        batch = _decided_together(business_id)
        if batch is None:
            for booking_id in _waiting(business_id):
                _decide_alone(business_id, booking_id, own)
            return Drained(decided, is_all=True)
        decided.update(batch)
        is_cut_short = time.monotonic() - begun >= bookings.LONGEST
        if not batch or (len(batch) < bookings.BATCH and not is_cut_short):
            return Drained(decided, is_all=True)
        if time.monotonic() > until:
            return Drained(decided, is_all=False)


def _decided_together(business_id: UUID) -> Sequence[UUID] | None:
    """Decide what waits in a lane, a batch of it; None when it has to be one by one."""
    try:
        return _decide(business_id)
    except StatementTooSlow:
        log.exception("drain_too_slow", business_id=shown(Kind.BUSINESS, business_id))
    except (DatabaseAway, SoftTimeLimitExceeded):
        raise
    except Exception:  # noqa: BLE001 - whatever it is may sit in one booking; the others must not wait for it
        log.exception("drain_failed", business_id=shown(Kind.BUSINESS, business_id))
    return None


def _decide_alone(business_id: UUID, booking_id: UUID, own: UUID | None) -> None:
    """Decide one booking, its attempt counted first: should it kill this worker, it is known."""
    if booking_id != own:
        with transaction() as session:
            if not leases.tried(session, ALLOCATE, booking_id, now=clock()):
                return
    try:
        _decide(business_id, only=booking_id)
    except (DatabaseAway, SoftTimeLimitExceeded) as error:
        if not isinstance(error, StatementTooSlow):
            raise
        _blame(booking_id, error)
    except Exception as error:  # noqa: BLE001 - kept on its job, which is tried again and in the end shown as dead
        _blame(booking_id, error)


def _blame(booking_id: UUID, error: Exception) -> None:
    log.error("allocation_failed", booking_id=shown(Kind.BOOKING, booking_id), exc_info=error)
    with transaction() as session:
        leases.blamed(session, ALLOCATE, booking_id, repr(error), now=clock())


def _decide(business_id: UUID, only: UUID | None = None) -> Sequence[UUID] | None:
    def work(session: Session) -> tuple[Sequence[UUID] | None, Sequence[str]]:
        decided = bookings.allocate(session, business_id, now=clock(), only=only)
        return decided, session.info.get("requests", ())

    decided, requests = retried(work)
    if decided:
        # One message stands for many bookings, each of a request of its own.
        log.info("decided", business_id=shown(Kind.BUSINESS, business_id), bookings=len(decided), for_requests=requests)
    return decided


def _come_again(job_id: int, lane: UUID) -> None:
    try:
        publish(Nudge(ALLOCATE, job_id, lane))
    except (OperationalError, OSError) as error:
        log.warning("broker_away", left_to_relay=1, error=str(error))


def _waiting(business_id: UUID) -> Sequence[UUID]:
    with transaction() as session:
        return bookings.waiting(session, business_id)


def _lane(job_id: int) -> UUID | None:
    with transaction() as session:
        job = session.get(Job, job_id)
    return job.lane if job else None
