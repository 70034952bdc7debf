"""Every SQL statement of the bookings room."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select, text
from sqlalchemy.orm import Session

from domain.bookings.rules import DECIDED, Status
from domain.bookings.tables import Booking, Move
from domain.kernel import locks
from domain.kernel.jobs import Job, State
from domain.kernel.leases import SUSPECT
from domain.kernel.plot import ALLOCATE

ANNOUNCED = 200  # hexadecimal ids of 33 bytes each; a notification takes 8000

MOVE = text("""
    WITH change AS (
        SELECT *
          FROM jsonb_to_recordset(CAST(:changes AS jsonb)) AS c (
               booking_id uuid, from_status text, to_status text, hold_expires_at timestamptz, resource_id uuid,
               rejection_code text, rejection_reasons jsonb, actor_id uuid, reason text)),
    moved AS (
        UPDATE bookings AS b
           SET status = c.to_status,
               hold_expires_at = c.hold_expires_at,
               resource_id = coalesce(c.resource_id, b.resource_id),
               rejection_code = c.rejection_code,
               rejection_reasons = c.rejection_reasons,
               version = b.version + 1,
               updated_at = :now
          FROM change AS c
         WHERE b.id = c.booking_id AND b.status = c.from_status
     RETURNING b.id, b.version, c.from_status, c.to_status, c.actor_id, c.reason)
    INSERT INTO booking_history (booking_id, version, from_status, to_status, actor_id, reason, at)
    SELECT id, version, from_status, to_status, actor_id, reason, :now FROM moved
    RETURNING booking_id, version
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One move of one locked booking, with what the booking holds afterwards."""

    booking_id: UUID
    from_status: str
    to_status: Status
    hold_expires_at: datetime | None = None
    resource_id: UUID | None = None
    rejection_code: str | None = None
    rejection_reasons: tuple[str, ...] = ()
    actor_id: UUID | None = None
    reason: str | None = None


def booking(session: Session, booking_id: UUID, *, seen_by: UUID, businesses: Collection[UUID]) -> Booking | None:
    """Return a booking that *seen_by* made, or that is at one of *businesses*; anybody else's is None."""
    return session.scalar(
        select(Booking)
        .where(Booking.id == booking_id)
        .where(
            or_(
                Booking.customer_id == seen_by,
                Booking.booked_by == seen_by,
                Booking.business_id.in_(businesses),
            )
        )
        .execution_options(populate_existing=True)
    )


def status(session: Session, booking_id: UUID) -> str | None:
    """Return just the status, for those who wait for it."""
    return session.scalar(select(Booking.status).where(Booking.id == booking_id))


def pending(
    session: Session, business_id: UUID, *, only: UUID | None, limit: int
) -> Sequence[tuple[UUID, UUID, datetime]]:
    """Return (id, service, time of acceptance) of undecided bookings in order of acceptance; no locks.

    Bookings whose job is dead are left out: they have failed again and again and wait for an operator. So are those
    tried so often that they are suspect, unless asked for by *only*: they may be what stops the others.
    """
    chosen = select(Booking.id, Booking.service_id, Booking.created_at).where(
        Booking.business_id == business_id, Booking.status == Status.PENDING
    )
    if only is None:
        chosen = chosen.where(~_has_open_job(or_(Job.state == State.DEAD, Job.attempts > SUSPECT)))
    else:
        chosen = chosen.where(Booking.id == only, ~_has_open_job(Job.state == State.DEAD))
    return [
        (each, service, accepted_at)
        for each, service, accepted_at in session.execute(chosen.order_by(Booking.accepted_no).limit(limit))
    ]


def lapsed(session: Session, business_id: UUID, *, now: datetime) -> Sequence[UUID]:
    """Return every booking of a business whose hold has run out by *now*; no locks."""
    return session.scalars(
        select(Booking.id).where(Booking.hold_expires_at <= now, Booking.business_id == business_id)
    ).all()


def lapsed_for_update(session: Session, *, now: datetime, limit: int) -> Sequence[Booking]:
    """Lock bookings of any business whose hold has run out by *now*; those that somebody else holds are left to them."""
    locks.enter(session, Booking.__tablename__)
    return session.scalars(
        select(Booking)
        .where(Booking.hold_expires_at <= now)
        .order_by(Booking.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()


def any_tried(session: Session, booking_ids: Collection[UUID]) -> bool:
    """Tell whether any of these undecided bookings was tried before, which is more than being tried now."""
    before = (Job.ref_id.in_(booking_ids), Job.kind == ALLOCATE, Job.state == State.READY, Job.attempts > 1)
    return bool(session.scalar(select(exists().where(*before))))


def bookings_for_update(session: Session, booking_ids: Collection[UUID]) -> Sequence[Booking]:
    """Lock bookings in id order, in one statement, and return them freshly read in order of acceptance."""
    rows = locks.rows_for_update(session, Booking, Booking.id.in_(booking_ids))
    return sorted(rows, key=lambda row: row.accepted_no)


def move(session: Session, changes: Sequence[Change], *, now: datetime) -> Mapping[UUID, int]:
    """Make every move in one guarded statement, with its line of history; return each booking's new version.

    The caller has locked the bookings and read their statuses under the lock, so a guard that fails is a bug.
    """
    locks.require(session, "bookings")
    rows = session.execute(MOVE, {"changes": json.dumps([asdict(each) for each in changes], default=str), "now": now})
    versions: dict[UUID, int] = {row.booking_id: row.version for row in rows}
    if len(versions) != len(changes):
        raise RuntimeError("a locked booking changed its status under the lock")
    return versions


def announce(session: Session, booking_ids: Sequence[UUID]) -> None:
    """Wake those who wait for these bookings, once the transaction has committed."""
    for start in range(0, len(booking_ids), ANNOUNCED):
        told = ",".join(each.hex for each in booking_ids[start : start + ANNOUNCED])
        session.execute(text("SELECT pg_notify(:channel, :told)"), {"channel": DECIDED, "told": told})


def history(session: Session, booking_id: UUID) -> Sequence[Move]:
    """Return what happened to a booking, first things first."""
    return session.scalars(select(Move).where(Move.booking_id == booking_id).order_by(Move.version)).all()


def _has_open_job(such: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = (Job.ref_id == Booking.id, Job.kind == ALLOCATE, Job.state != State.DONE)
    return exists().where(*mine, such)
