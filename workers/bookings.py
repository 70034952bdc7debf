"""Tasks of the bookings room."""

from uuid import UUID

from config.clock import clock
from config.logging import log
from config.transaction import DatabaseAway, retried, transaction
from domain.bookings import service as bookings
from domain.kernel import jobs, leases
from workers.leased import leased


def allocate(job_id: int) -> None:
    """Decide what is pending in the lane of a job.

    The lane is drained even when the job itself is done already, because one message may stand for many jobs. A job
    that was tried before goes first and alone, so that one which kills its worker takes no other down with it.
    """
    with leased(job_id) as job:
        if job is not None and job.attempts > 1:
            _decide(job.lane or job.ref_id, only=job.ref_id)
        lane = job.lane if job is not None else _lane(job_id)
        if lane is not None:
            drain(lane)
        if job is not None:
            with transaction() as session:
                bookings.settle(session, job.ref_id, now=clock())


def drain(business_id: UUID) -> None:
    """Decide a lane's pending bookings until there are none; one by one when they cannot be decided together."""
    while waiting := _waiting(business_id):
        try:
            _decide(business_id)
        except DatabaseAway:
            raise
        except Exception:  # noqa: BLE001 - whatever it is may sit in one booking; the others must not wait for it
            log.exception("drain_failed", business_id=str(business_id))
            for booking_id in waiting:
                _decide_alone(business_id, booking_id)
            return


def _decide(business_id: UUID, only: UUID | None = None) -> None:
    decided = retried(lambda session: bookings.allocate(session, business_id, now=clock(), only=only))
    if decided:
        log.info("decided", business_id=str(business_id), bookings=len(decided))


def _decide_alone(business_id: UUID, booking_id: UUID) -> None:
    try:
        _decide(business_id, only=booking_id)
    except DatabaseAway:
        raise
    except Exception as error:  # noqa: BLE001 - kept on its job, which is tried again and in the end shown as dead
        log.exception("allocation_failed", booking_id=str(booking_id))
        with transaction() as session:
            leases.charged(session, "bookings.allocate", booking_id, repr(error), now=clock())


def _waiting(business_id: UUID) -> list[UUID]:
    with transaction() as session:
        return list(bookings.waiting(session, business_id))


def _lane(job_id: int) -> UUID | None:
    with transaction() as session:
        job = session.get(jobs.Job, job_id)
    return job.lane if job else None
