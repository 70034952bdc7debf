"""Reading bookings, scoped to those who may see them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from domain.bookings.tables import Booking, Move


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


def any_of(session: Session, business_id: UUID) -> bool:
    """Tell whether a business has bookings, in whatever status."""
    return bool(session.scalar(select(exists().where(Booking.business_id == business_id))))


def status(session: Session, booking_id: UUID) -> str | None:
    """Return just the status, for those who wait for it."""
    return session.scalar(select(Booking.status).where(Booking.id == booking_id))


def history(session: Session, booking_id: UUID) -> Sequence[Move]:
    """Return what happened to a booking, first things first."""
    return session.scalars(select(Move).where(Move.booking_id == booking_id).order_by(Move.version)).all()
