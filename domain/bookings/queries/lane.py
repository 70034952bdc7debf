"""The queue of a lane: what waits in it, the locks to decide it, and the word that goes out."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select, text
from sqlalchemy.orm import Session

from domain.bookings.rules import DECIDED, Status
from domain.bookings.tables import Booking
from domain.kernel import locks
from domain.kernel.jobs import Job, State
from domain.kernel.leases import SUSPECT
from domain.kernel.plot import ALLOCATE

ANNOUNCED = 200  # hexadecimal ids of 33 bytes each; a notification takes 8000


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


def announce(session: Session, booking_ids: Sequence[UUID]) -> None:
    """Wake those who wait for these bookings, once the transaction has committed."""
    for start in range(0, len(booking_ids), ANNOUNCED):
        told = ",".join(each.hex for each in booking_ids[start : start + ANNOUNCED])
        session.execute(text("SELECT pg_notify(:channel, :told)"), {"channel": DECIDED, "told": told})


def _has_open_job(such: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = (Job.ref_id == Booking.id, Job.kind == ALLOCATE, Job.state != State.DONE)
    return exists().where(*mine, such)
