"""Jobs: the queue of record. Messages only nudge; a row here is what gets work done, whatever dies.

A job is inserted in the transaction of its cause and becomes done in the transaction of its effect. In between it is
`ready`, with a lease: until `lease_until` somebody is trusted to bring it on its way (`leased_by` is empty: a message
has been published; else: that worker runs it). When the lease lapses the relay publishes it again. Attempts count
runs, not messages; at the cap the job is `dead`, which an operator sees and can undo.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, Integer, Select, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.kernel import locks
from domain.kernel.plot import ADVANCE, ALLOCATE, APPLY, CLOSE, REPAY
from domain.kernel.tables import Base, Serial


class State(StrEnum):
    """Where a job stands."""

    READY = "ready"
    DONE = "done"
    DEAD = "dead"


class Job(Base):
    """One piece of work that was promised."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("state IN ('ready', 'done', 'dead')", "state"),
        Index("ix_jobs_lease_until", "lease_until", postgresql_where="state = 'ready'"),
        Index("ix_jobs_ref_id", "ref_id", "kind", postgresql_where="state <> 'done'"),
        Index("ix_jobs_open", "state", "kind", "run_at", postgresql_where="state <> 'done'"),
        Index("ix_jobs_finished_at", "finished_at", postgresql_where="state = 'done'"),
    )

    id: Mapped[Serial]
    kind: Mapped[str]
    ref_id: Mapped[UUID]
    lane: Mapped[UUID | None]
    event_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(server_default=State.READY.value, default=State.READY)
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    leased_by: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    published: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    dedupe_key: Mapped[str | None] = mapped_column(unique=True)
    last_error: Mapped[str | None]
    request_id: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


INSERT = text("""
    INSERT INTO jobs (kind, ref_id, lane, event_id, run_at, lease_until, request_id, created_at)
    SELECT kind, ref_id, lane, event_id, run_at, lease_until, request_id, :now
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
           kind text, ref_id uuid, lane uuid, event_id uuid, run_at timestamptz, lease_until timestamptz,
           request_id text)
 RETURNING kind, id, lane, run_at <= created_at
""")


class Lease(NamedTuple):
    """How long a job of a kind is left alone before it is published again, at first and at most."""

    first: timedelta
    most: timedelta

    def after(self, published: int) -> timedelta:
        """Return the lease that follows the *published*th publication: half as long again each time."""
        return min(self.first * 1.5 ** min(published, 20), self.most)


# An allocation is published again at a steady pace: a drain closes all jobs of its lane, so a second nudge costs nothing,
# while a longer pause would be waited for by somebody whose message was lost.
# A call to a provider takes 15 seconds at most. Bringing a payment on, for which somebody waits, makes two, and what is
# about money that has come, a look and perhaps a call.
LEASES = {
    ALLOCATE: Lease(timedelta(seconds=8), timedelta(seconds=8)),
    **dict.fromkeys((ADVANCE, APPLY, REPAY), Lease(timedelta(seconds=40), timedelta(minutes=10))),
    CLOSE: Lease(timedelta(seconds=20), timedelta(minutes=10)),
}
OTHERS = Lease(timedelta(seconds=90), timedelta(hours=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A job to be added: its kind, what it is about, and from when on (None: at once)."""

    kind: str
    ref_id: UUID
    lane: UUID | None = None
    event_id: UUID | None = None
    run_at: datetime | None = None
    request_id: str | None = None


class Nudge(NamedTuple):
    """What a message carries to the broker. Nudges of one kind and lane stand for each other."""

    kind: str
    job_id: int
    lane: UUID | None


def lease_of(kind: str) -> Lease:
    """Return the lease of jobs of this *kind*."""
    return LEASES.get(kind, OTHERS)


def add(session: Session, orders: Sequence[Order], *, now: datetime) -> None:
    """Insert jobs and leave a nudge for each that is due, to be published once the transaction has committed."""
    if not orders:
        return
    rows = [_row(session, order, now) for order in orders]
    added = session.execute(INSERT, {"rows": json.dumps(rows, default=str), "now": now})
    nudges: list[Nudge] = session.info.setdefault("nudges", [])
    nudges.extend(Nudge(kind, job_id, lane) for kind, job_id, lane, is_due in added if is_due)


def _row(session: Session, order: Order, now: datetime) -> dict[str, Any]:
    due = order.run_at or now
    return {
        "kind": order.kind,
        "ref_id": order.ref_id,
        "lane": order.lane,
        "event_id": order.event_id,
        "run_at": due,
        "lease_until": due if due > now else now + lease_of(order.kind).first,
        "request_id": order.request_id or session.info.get("request_id"),
    }


def underway(session: Session, kind: str, ref_ids: Collection[UUID]) -> Collection[UUID]:
    """Return which of *ref_ids* have a job of *kind* that is ready or being done."""
    ready = (Job.kind == kind, Job.ref_id.in_(ref_ids), Job.state == State.READY)
    return frozenset(session.scalars(select(Job.ref_id).where(*ready)))


def finish(session: Session, kind: str, ref_ids: Collection[UUID], *, now: datetime) -> None:
    """Mark the open jobs of *kind* about *ref_ids* done, dead ones too: what they stood for is decided.

    Takes the last lock of the order, by id, in one statement. Leaves word on the session on whose behalf that was.
    """
    session.info["requests"] = _close(session, Job.kind == kind, Job.ref_id.in_(ref_ids), now=now)


def finish_one(session: Session, job_id: int, *, now: datetime) -> None:
    """Mark one job done, whose work turned out to be done already."""
    _close(session, Job.id == job_id, now=now)


def _close(session: Session, *such: ColumnElement[bool], now: datetime) -> Sequence[str]:
    locks.enter(session, Job.__tablename__)
    closed = session.scalars(
        update(Job)
        .where(Job.id.in_(ids_for_update(*such, Job.state != State.DONE)))
        .values(state=State.DONE, finished_at=now, leased_by=None)
        .returning(Job.request_id)
        .execution_options(synchronize_session=False)
    )
    return sorted({each for each in closed if each is not None})


def ids_for_update(*where: ColumnElement[bool]) -> Select[tuple[int]]:
    """Return a query of the ids of the jobs that match, which locks them by id.

    An UPDATE of many jobs takes them from it: one that locks its rows as it meets them deadlocks with `finish`.
    """
    mine = select(Job.id).where(*where).order_by(Job.id).with_for_update(key_share=True).cte("mine")
    return select(mine.c.id)
