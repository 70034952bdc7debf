"""Running a job under its lease: counted before it starts, given back when it fails or the worker stops."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from config.clock import clock
from config.logging import bind_contextvars, log, without_details
from config.transaction import DatabaseAway, StatementTooSlow, transaction
from domain.kernel import leases
from domain.kernel.jobs import Job

HELD: dict[int, str] = {}
"""The leases of what this process is at: of each job, by what name."""


class NotYet(Exception):
    """What a job is about is not there yet: it is tried again, which is no attempt, and nothing is wrong.

    Raised for a bounded time only: no number of tries ends it.
    """


@contextmanager
def leased(job_id: int) -> Iterator[Job | None]:
    """Yield the job, leased in a transaction of its own, or None when it is done, dead, not due or another's.

    What the block raises is kept on the job and raised again, but for `NotYet`; that, a database that is away, or a
    shutdown, does not count as an attempt.
    """
    lease = uuid4().hex
    with transaction() as session:
        job = leases.take(session, job_id, lease, now=clock())
    if job is None:
        yield None
        return
    bind_contextvars(request_id=job.request_id, job_id=job_id)
    begun = time.monotonic()
    HELD[job_id] = lease
    try:
        yield from _run(job, lease)
    finally:
        if HELD.get(job_id) == lease:  # else another thread has taken it since, as this one was too slow
            del HELD[job_id]
        log.info("job", kind=job.kind, attempt=job.attempts, ms=round((time.monotonic() - begun) * 1000, 1))


def _run(job: Job, lease: str) -> Iterator[Job]:
    try:
        yield job
    except (SystemExit, KeyboardInterrupt):
        _give_back(job.id, lease)
        raise
    except DatabaseAway as error:
        (_fail if isinstance(error, StatementTooSlow) else _postpone)(job.id, lease, error)
        raise
    except NotYet as error:
        log.info("job_too_early", why=str(error))
        with transaction() as session:
            leases.too_early(session, job.id, lease, str(error), now=clock())
    except Exception as error:
        log.exception("job_failed")
        _fail(job.id, lease, error)
        raise


def give_back_all() -> None:
    """Give back the lease of whatever this process is at: it is about to end in the midst of that."""
    for job_id, lease in list(HELD.items()):
        _give_back(job_id, lease)


def _fail(job_id: int, lease: str, error: BaseException) -> None:
    with transaction() as session:
        leases.failed(session, job_id, lease, without_details(repr(error)), now=clock())


def _postpone(job_id: int, lease: str, _error: BaseException) -> None:
    try:
        with transaction() as session:
            leases.postponed(session, job_id, lease, now=clock())
    except DatabaseAway:
        log.warning("lease_left_to_lapse", job_id=job_id)


def _give_back(job_id: int, lease: str) -> None:
    try:
        with transaction() as session:
            leases.given_back(session, job_id, lease, now=clock())
    except DatabaseAway:
        log.warning("lease_left_to_lapse", job_id=job_id)
