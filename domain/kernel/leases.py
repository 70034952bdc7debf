"""Leases: who is trusted to bring a job on its way, and what happens when they fall silent."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from domain.kernel import audit
from domain.kernel.actors import Actor
from domain.kernel.jobs import Job, Nudge, State, ids_for_update, lease_of

ATTEMPTS = 12
SUSPECT = 3  # attempts after which a job no longer holds up those that came after it
BATCH = 500
BROKER_AWAY = timedelta(seconds=2)
DONE_KEPT = timedelta(days=7)
PURGED = 5000


def due(session: Session, *, now: datetime) -> Sequence[Nudge]:
    """Claim the jobs whose lease has lapsed, to be published after commit; two relays never claim the same row.

    Skips locked rows and never follows a cursor, so that a job which commits late is not passed over. A job that was
    tried before stands for itself alone: if it cannot be done, those of its lane must not wait for it.
    """
    rows = _lapsed_for_update(session, now)
    for job in rows:
        job.lease_until = now + lease_of(job.kind).after(job.published)
        job.leased_by = None
        job.published += 1
    return [Nudge(job.kind, job.id, None if job.attempts else job.lane) for job in rows]


def unpublished(session: Session, job_ids: Collection[int], *, now: datetime) -> None:
    """Take back the leases of jobs that the broker did not accept; they are tried again shortly, without backoff."""
    session.execute(
        update(Job)
        .where(Job.id.in_(ids_for_update(Job.id.in_(job_ids), Job.state == State.READY, Job.leased_by.is_(None))))
        .values(lease_until=now + BROKER_AWAY, published=Job.published - 1)
        .execution_options(synchronize_session=False)
    )


def take(session: Session, job_id: int, worker: str, *, now: datetime) -> Job | None:
    """Lease a job to *worker* and count the attempt, or return None when it is done, dead, not due or another's.

    *worker* is unique to the attempt. Commit this before the work begins: the count is what stops a job that kills
    its worker.
    """
    job = _ready_for_update(session, job_id, Job.run_at <= now, or_(Job.leased_by.is_(None), Job.lease_until <= now))
    if job is None:
        return None
    if job.attempts >= ATTEMPTS:
        job.state, job.finished_at = State.DEAD, now
        return None
    job.attempts += 1
    job.leased_by = worker
    job.lease_until = now + lease_of(job.kind).first
    return job


def failed(session: Session, job_id: int, worker: str, error: str, *, now: datetime) -> None:
    """Keep what went wrong and give the lease back, so that the relay tries again after its backoff.

    So long as *worker* has it still: whoever has it by now is at it, and nobody else is to begin beside them.
    """
    job = _ready_for_update(session, job_id, Job.leased_by == worker)
    if job is not None:
        _noted(job, error, now)


def tried(session: Session, kind: str, ref_id: UUID, *, now: datetime) -> bool:
    """Count an attempt at the open job of *kind* about *ref_id* before it begins, whoever's message led to it.

    Commit this first, as for `take`. False when it has had all its attempts: it is dead.
    """
    job = _open_for_update(session, kind, ref_id)
    if job is None:
        return True
    if job.attempts >= ATTEMPTS:
        job.state, job.finished_at = State.DEAD, now
        return False
    job.attempts += 1
    return True


def blamed(session: Session, kind: str, ref_id: UUID, error: str, *, now: datetime) -> None:
    """Keep what went wrong with the open job of *kind* about *ref_id*; its attempt is counted already."""
    job = _open_for_update(session, kind, ref_id)
    if job is not None:
        _noted(job, error, now)


def is_dead(session: Session, kind: str, ref_id: UUID) -> bool:
    """Tell whether the open job of *kind* about *ref_id* is dead."""
    dead = (Job.ref_id == ref_id, Job.kind == kind, Job.state == State.DEAD)
    return bool(session.scalar(select(exists().where(*dead))))


def postponed(session: Session, job_id: int, worker: str, *, now: datetime) -> None:
    """Give a lease back that *worker* still has, without counting the attempt: the database failed, not the job."""
    job = _ready_for_update(session, job_id, Job.leased_by == worker)
    if job is None:
        return
    job.leased_by = None
    job.attempts -= 1
    job.lease_until = now + BROKER_AWAY


def too_early(session: Session, job_id: int, worker: str, why: str, *, now: datetime) -> None:
    """Give a lease back that *worker* still has, without counting the attempt: what the job is about is not there yet, and nothing is wrong.

    The pauses grow with the publications, which nothing gives up after; who says that it is too early says for how long.
    """
    job = _ready_for_update(session, job_id, Job.leased_by == worker)
    if job is None:
        return
    job.last_error = why[:2000]
    job.leased_by = None
    job.attempts -= 1
    job.lease_until = now + lease_of(job.kind).after(job.published)


def given_back(session: Session, job_id: int, worker: str, *, now: datetime) -> None:
    """Give a lease back that *worker* still has, so that another takes the job at once: this one stops.

    The attempt does not count. That there is none begun has the relay publish the job before its lease would lapse.
    """
    job = _ready_for_update(session, job_id, Job.leased_by == worker)
    if job is None:
        return
    job.leased_by = None
    job.attempts -= 1
    job.lease_until = now


def retried(session: Session, job_ids: Collection[int], *, by: Actor, now: datetime) -> int:
    """Bring dead jobs back with their attempts forgotten; return how many there were."""
    brought = session.scalars(
        update(Job)
        .where(Job.id.in_(ids_for_update(Job.id.in_(job_ids), Job.state == State.DEAD)))
        .values(
            state=State.READY, attempts=0, published=0, lease_until=now, run_at=now, finished_at=None, leased_by=None
        )
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    ).all()
    if brought:
        audit.record(session, by, "job.retried", None, changes={"job_ids": (None, sorted(brought))}, now=now)
    return len(brought)


def listed(session: Session, state: State, *, limit: int) -> Sequence[Job]:
    """Return jobs in a state, the newest first."""
    return session.scalars(select(Job).where(Job.state == state).order_by(Job.id.desc()).limit(limit)).all()


def purged(session: Session, *, now: datetime) -> bool:
    """Delete jobs that were done more than a week ago, a batch of them; tell whether there may be more."""
    old = select(Job.id).where(Job.state == State.DONE, Job.finished_at < now - DONE_KEPT).limit(PURGED)
    gone = session.scalars(delete(Job).where(Job.id.in_(old)).returning(Job.id))
    return len(gone.all()) == PURGED


def _lapsed_for_update(session: Session, now: datetime) -> Sequence[Job]:
    return session.scalars(
        select(Job)
        .where(Job.state == State.READY, Job.lease_until <= now, Job.run_at <= now)
        .order_by(Job.lease_until)
        .limit(BATCH)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()


def _noted(job: Job, error: str, now: datetime) -> None:
    job.last_error = error[:2000]
    job.leased_by = None
    job.lease_until = now + lease_of(job.kind).after(job.attempts)
    if job.attempts >= ATTEMPTS:
        job.state, job.finished_at = State.DEAD, now


def _ready_for_update(session: Session, job_id: int, *further: ColumnElement[bool]) -> Job | None:
    ready = select(Job).where(Job.id == job_id, Job.state == State.READY, *further)
    return session.scalar(ready.with_for_update(key_share=True))


def _open_for_update(session: Session, kind: str, ref_id: UUID) -> Job | None:
    job_id = session.scalar(select(Job.id).where(Job.ref_id == ref_id, Job.kind == kind, Job.state == State.READY))
    return None if job_id is None else _ready_for_update(session, job_id)
