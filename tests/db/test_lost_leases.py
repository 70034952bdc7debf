"""A lease that was lost is nobody's to give back: whoever has the job by now is at it, and alone."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from config.clock import clock
from config.transaction import Session, transaction
from domain.kernel import jobs, leases
from domain.kernel.jobs import OTHERS, Job, Order
from workers.leased import HELD, leased

KIND = "tests.lost"
ENDS: dict[str, Callable[..., Any]] = {
    "failed": lambda session, job_id, lease, now: leases.failed(session, job_id, lease, "no luck", now=now),
    "too early": lambda session, job_id, lease, now: leases.too_early(session, job_id, lease, "not yet", now=now),
    "postponed": lambda session, job_id, lease, now: leases.postponed(session, job_id, lease, now=now),
    "given back": lambda session, job_id, lease, now: leases.given_back(session, job_id, lease, now=now),
}


def added() -> int:
    about = uuid4()
    with transaction() as session:
        jobs.add(session, [Order(kind=KIND, ref_id=about)], now=clock())
        return session.scalars(select(Job.id).where(Job.ref_id == about)).one()


def found(session: Session, job_id: int) -> tuple[str | None, int, datetime, str | None]:
    job = session.get_one(Job, job_id)
    return job.leased_by, job.attempts, job.lease_until, job.last_error


@pytest.mark.parametrize("end", ENDS)
def test_who_has_lost_it_changes_nothing_for_who_has_it_now(end: str) -> None:
    job_id, later = added(), clock() + OTHERS.first
    with transaction() as session:
        assert leases.take(session, job_id, "slow", now=later - OTHERS.first)
    with transaction() as session:
        assert leases.take(session, job_id, "quick", now=later)
        before = found(session, job_id)
    with transaction() as session:
        ENDS[end](session, job_id, "slow", later)
    with transaction() as session:
        assert found(session, job_id) == before
    with transaction() as session:
        ENDS[end](session, job_id, "quick", later)
        assert found(session, job_id)[0] is None


def test_a_thread_that_is_overtaken_by_another_of_its_process_leaves_that_its_lease() -> None:
    job_id = added()
    with suppress(ZeroDivisionError), leased(job_id) as job:
        assert job is not None
        with transaction() as session:
            session.get_one(Job, job_id).lease_until = clock()
        quick = leased(job_id)
        assert quick.__enter__() is not None
        raise ZeroDivisionError
    with transaction() as session:
        assert found(session, job_id)[0] == HELD[job_id] != job.leased_by
    quick.__exit__(None, None, None)
    assert job_id not in HELD
