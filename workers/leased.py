"""Running a job under its lease: counted before it starts, given back when it fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from config.clock import clock
from config.logging import bind_contextvars, log, without_details
from config.transaction import DatabaseAway, StatementTooSlow, transaction
from domain.kernel import leases
from domain.kernel.jobs import Job


class NotYet(Exception):
    """What a job is about is not there yet: it is tried again, and nothing is wrong."""


@contextmanager
def leased(job_id: int) -> Iterator[Job | None]:
    """Yield the job, leased in a transaction of its own, or None when it is done, dead, not due or another's.

    What the block raises is kept on the job and raised again, but for `NotYet`; a database that is away, or a shutdown,
    does not count as an attempt.
    """
    with transaction() as session:
        job = leases.take(session, job_id, uuid4().hex, now=clock())
    if job is not None:
        bind_contextvars(request_id=job.request_id, job_id=job_id)
    try:
        yield job
    except (DatabaseAway, SystemExit, KeyboardInterrupt) as error:
        if job is not None:
            (_fail if isinstance(error, StatementTooSlow) else _give_back)(job_id, error)
        raise
    except NotYet as error:
        log.info("job_too_early", job_id=job_id, why=str(error))
        _fail(job_id, error)
    except Exception as error:
        log.exception("job_failed", job_id=job_id)
        if job is not None:
            _fail(job_id, error)
        raise


def _fail(job_id: int, error: BaseException) -> None:
    with transaction() as session:
        leases.failed(session, job_id, without_details(repr(error)), now=clock())


def _give_back(job_id: int, _error: BaseException) -> None:
    try:
        with transaction() as session:
            leases.postponed(session, job_id, now=clock())
    except DatabaseAway:
        log.warning("lease_left_to_lapse", job_id=job_id)
