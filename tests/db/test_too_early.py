"""A job about what is not there yet: tried later, however often, and never dead of that."""

import secrets
from uuid import uuid4

from sqlalchemy import select

from config.clock import clock
from config.transaction import transaction
from domain.kernel import jobs, leases
from domain.kernel.jobs import OTHERS, Job, Order, State
from domain.kernel.leases import ATTEMPTS


def _added() -> Job:
    kind = f"tests.early_{secrets.token_hex(4)}"
    with transaction() as session:
        jobs.add(session, [Order(kind=kind, ref_id=uuid4())], now=clock())
        return session.scalars(select(Job).where(Job.kind == kind)).one()


def _now(job: Job) -> Job:
    with transaction() as session:
        return session.get_one(Job, job.id)


def _early(job: Job, why: str) -> bool:
    with transaction() as session:
        taken = leases.take(session, job.id, "mine", now=clock())
    with transaction() as session:
        leases.too_early(session, job.id, "mine", why, now=clock())
    return taken is not None


def test_it_is_tried_later_however_often_and_never_dead() -> None:
    job, begun = _added(), clock()

    assert all(_early(job, "not there yet") for _ in range(ATTEMPTS + 1))

    found = _now(job)
    assert (found.state, found.attempts, found.leased_by) == (State.READY, 0, None)
    assert found.last_error == "not there yet"
    assert begun + OTHERS.first < found.lease_until < clock() + 2 * OTHERS.first


def test_what_fails_after_that_has_all_its_attempts_left() -> None:
    job = _added()
    for _ in range(ATTEMPTS):
        _early(job, "not there yet")

    for _ in range(ATTEMPTS):
        assert _now(job).state == State.READY
        with transaction() as session:
            assert leases.take(session, job.id, "mine", now=clock()) is not None
            leases.failed(session, job.id, "mine", "no luck", now=clock())
    assert _now(job).state == State.DEAD


def test_what_is_done_by_then_is_left_alone() -> None:
    job = _added()
    with transaction() as session:
        jobs.finish(session, job.kind, [job.ref_id], now=clock())

    assert not _early(job, "too late")
    assert (_now(job).state, _now(job).last_error) == (State.DONE, None)
