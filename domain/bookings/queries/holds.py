"""Holds beyond one lane: how many a caller has in a business, and whose time is over."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from domain.bookings.queries.look import made_by
from domain.bookings.rules import PaymentStatus, Status
from domain.bookings.tables import Booking
from domain.catalog.tables import Service
from domain.kernel import locks


def holder_for_update(session: Session, user_id: UUID, business_id: UUID) -> None:
    """Let the requests of one caller in one business come one after another, until the transaction ends.

    Taken before every other lock, and only by requests, which wait for no other.
    """
    name = f"holds:{user_id}:{business_id}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def held(session: Session, user_id: UUID, business_id: UUID, *, now: datetime) -> int:
    """Count a caller's bookings in a business that hold a place at *now*, or will hold one when they are decided.

    One statement, so that a booking which is decided meanwhile counts once, as the one or as the other.
    """
    will_hold = or_(Booking.payment_status == PaymentStatus.UNPAID, Service.requires_approval)
    counted = (
        select(func.count())
        .select_from(Booking)
        .join(Service, Service.id == Booking.service_id)
        .where(made_by(user_id), Booking.business_id == business_id)
        .where(or_(Booking.hold_expires_at > now, and_(Booking.status == Status.PENDING, will_hold)))
    )
    return session.scalars(counted).one()


def ended_for_update(session: Session, *, before: datetime, limit: int) -> Sequence[Booking]:
    """Lock confirmed bookings of any business that ended by *before*; those that somebody else holds are left to them.

    In the order of their index: who waits for no lock cannot deadlock.
    """
    locks.enter(session, Booking.__tablename__)
    return session.scalars(
        select(Booking)
        .where(Booking.status == Status.CONFIRMED, Booking.ends_at <= before)
        .order_by(Booking.ends_at)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
