"""Leases: a job is somebody's for a while, comes back when they fall silent, and is given up in the end."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from config.clock import clock
from config.transaction import retried, transaction
from domain.kernel import jobs, leases
from domain.kernel.actors import OPERATOR
from domain.kernel.jobs import Job, Order, State
from domain.kernel.leases import ATTEMPTS
from tests.races.rivals import together

KIND = "tests.work"
FIRST = jobs.OTHERS.first
SOON = timedelta(seconds=1)
MINE = "mine"


@pytest.fixture(autouse=True)
def no_other_jobs() -> None:
    with transaction() as session:
        session.execute(text("UPDATE jobs SET state = 'done', finished_at = now() WHERE state = 'ready'"))


def _added(count: int = 1, *, run_at: datetime | None = None) -> list[int]:
    with transaction() as session:
        orders = [Order(kind=KIND, ref_id=uuid4(), run_at=run_at) for _ in range(count)]
        jobs.add(session, orders, now=clock())
        return sorted(session.scalars(text("SELECT id FROM jobs WHERE state = 'ready'")))


def _job(job_id: int) -> Job:
    with transaction() as session:
        found = session.get(Job, job_id)
    assert found is not None
    return found


def _take(job_id: int, *, now: datetime | None = None) -> Job | None:
    with transaction() as session:
        return leases.take(session, job_id, MINE, now=now or clock())


def _due(now: datetime) -> list[int]:
    with transaction() as session:
        return [nudge.job_id for nudge in leases.due(session, now=now)]


def test_a_job_is_one_workers_at_a_time() -> None:
    (job,) = _added()

    assert sum(taken is not None for taken in together(*[lambda: _take(job)] * 10)) == 1
    assert _job(job).attempts == 1


def test_a_job_is_not_published_again_before_its_lease_is_over() -> None:
    (job,) = _added()

    assert _due(clock()) == []
    assert _due(clock() + FIRST + SOON) == [job]
    assert _due(clock() + FIRST + SOON) == [], "it has a new lease"


def test_a_job_for_later_is_neither_taken_nor_published_before_its_time() -> None:
    later = clock() + timedelta(hours=1)
    (job,) = _added(run_at=later)

    assert _take(job) is None
    assert _due(clock() + FIRST + SOON) == []
    assert _due(later) == [job]
    assert _take(job, now=later) is not None


def test_two_relays_never_claim_the_same_row() -> None:
    added = _added(3 * leases.BATCH)
    now = clock() + FIRST + SOON

    claimed = together(*[lambda: _due(now)] * 6)
    everything = [job for each in claimed for job in each]
    assert len(everything) == len(set(everything))
    while rest := _due(now):
        everything += rest
    assert sorted(everything) == added


def test_each_publication_is_trusted_for_longer_than_the_last() -> None:
    (job,) = _added()
    now, pauses = clock(), []
    for _ in range(3):
        now = _job(job).lease_until
        assert _due(now) == [job]
        pauses.append(_job(job).lease_until - now)

    assert pauses == [FIRST, FIRST * 1.5, FIRST * 1.5**2]


def test_what_the_broker_did_not_take_is_due_again_shortly_and_without_backoff() -> None:
    (job,) = _added()
    now = clock() + FIRST + SOON
    _due(now)
    with transaction() as session:
        leases.unpublished(session, [job], now=now)

    assert _job(job).published == 0
    assert _due(now + leases.BROKER_AWAY) == [job]


def test_a_job_whose_worker_died_is_due_again_after_its_lease() -> None:
    (job,) = _added()
    taken = clock()
    assert _take(job, now=taken) is not None

    assert _take(job, now=taken + FIRST - SOON) is None
    assert _due(taken + FIRST - SOON) == []
    assert _due(taken + FIRST) == [job]
    assert _take(job, now=taken + FIRST) is not None
    assert _job(job).attempts == 2


def test_a_failure_is_kept_and_tried_again_after_its_backoff() -> None:
    (job,) = _added()
    _take(job)
    with transaction() as session:
        leases.failed(session, job, MINE, "no luck", now=clock())

    assert (_job(job).last_error, _job(job).leased_by, _job(job).state) == ("no luck", None, State.READY)
    assert _due(clock() + FIRST) == []
    assert _due(clock() + FIRST * 2) == [job]


def test_a_job_that_fails_again_and_again_is_dead_until_an_operator_brings_it_back() -> None:
    (job,) = _added()
    for _ in range(ATTEMPTS):
        assert _take(job) is not None
        with transaction() as session:
            leases.failed(session, job, MINE, "no luck", now=clock())

    assert _job(job).state == State.DEAD
    assert _take(job) is None
    assert _due(clock() + timedelta(days=1)) == []
    with transaction() as session:
        assert leases.retried(session, [job], by=OPERATOR, now=clock()) == 1
    assert _due(clock()) == [job]
    assert _take(job) is not None
    assert _job(job).attempts == 1


def test_a_job_that_kills_its_workers_is_dead_in_the_end() -> None:
    (job,) = _added()
    now = clock()
    for _ in range(ATTEMPTS):
        assert _take(job, now=now) is not None
        now = _job(job).lease_until

    assert _take(job, now=now) is None
    assert _job(job).state == State.DEAD


def test_a_postponed_job_keeps_its_attempts() -> None:
    (job,) = _added()
    _take(job)
    with transaction() as session:
        leases.postponed(session, job, MINE, now=clock())

    assert (_job(job).attempts, _job(job).leased_by) == (0, None)
    assert _due(clock() + leases.BROKER_AWAY) == [job]


def test_what_a_worker_that_stops_gives_back_is_due_at_once() -> None:
    (job,) = _added()
    with transaction() as session:
        assert leases.take(session, job, MINE, now=clock()) is not None
        leases.given_back(session, job, "another's", now=clock())
    assert (_job(job).attempts, _job(job).leased_by) == (1, MINE)
    with transaction() as session:
        leases.given_back(session, job, MINE, now=clock())
    assert (_job(job).attempts, _job(job).leased_by) == (0, None)
    assert _due(clock()) == [job]


def test_an_attempt_is_counted_before_it_begins_and_blamed_when_it_fails() -> None:
    (job,) = _added()
    about = _job(job).ref_id
    with transaction() as session:
        assert leases.tried(session, KIND, about, now=clock())
        assert leases.tried(session, KIND, uuid4(), now=clock())
    with transaction() as session:
        leases.blamed(session, KIND, about, "poison", now=clock())
        leases.blamed(session, KIND, uuid4(), "of nobody", now=clock())

    assert (_job(job).attempts, _job(job).last_error) == (1, "poison")


def test_a_job_that_has_had_its_attempts_is_not_tried_again() -> None:
    (job,) = _added()
    about = _job(job).ref_id
    with transaction() as session:
        assert all(leases.tried(session, KIND, about, now=clock()) for _ in range(ATTEMPTS))
        assert not leases.tried(session, KIND, about, now=clock())

    assert _job(job).state == State.DEAD


def test_a_job_that_is_done_is_left_alone() -> None:
    (job,) = _added()
    with transaction() as session:
        jobs.finish(session, KIND, [_job(job).ref_id], now=clock())
        leases.failed(session, job, MINE, "too late", now=clock())
        leases.postponed(session, job, MINE, now=clock())
        assert leases.retried(session, [job], by=OPERATOR, now=clock()) == 0

    assert (_job(job).state, _job(job).last_error, _take(job)) == (State.DONE, None, None)


def test_jobs_that_are_long_done_are_purged_and_no_others() -> None:
    old, fresh, ready = _added(3)
    done = clock()
    with transaction() as session:
        jobs.finish(session, KIND, [_job(old).ref_id], now=done - leases.DONE_KEPT - SOON)
        session.info.clear()
        jobs.finish(session, KIND, [_job(fresh).ref_id], now=done)
    with transaction() as session:
        leases.purged(session, now=done)
        left = session.scalars(text("SELECT id FROM jobs WHERE id = ANY(:ids)"), {"ids": [old, fresh, ready]}).all()

    assert sorted(left) == [fresh, ready]


def test_jobs_whose_broker_is_away_and_jobs_that_are_finished_are_locked_in_the_same_order() -> None:
    added = _added(200)
    refs: list[UUID] = [_job(job).ref_id for job in added]
    with transaction() as session:  # rows that were updated lie elsewhere in the table than their ids say
        for job in reversed(added):
            session.execute(text("UPDATE jobs SET published = published + 1 WHERE id = :id"), {"id": job})

    def give_back() -> None:
        retried(lambda session: leases.unpublished(session, added, now=clock()))

    def finish() -> None:
        retried(lambda session: jobs.finish(session, KIND, refs, now=clock()))

    for _ in range(20):
        with transaction() as session:
            session.execute(text("UPDATE jobs SET state = 'ready' WHERE id = ANY(:ids)"), {"ids": added})
        together(give_back, finish)
