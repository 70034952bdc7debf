"""SQL about manage links: which booking one opens, and taking all of them back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.bookings.tables import Booking
from domain.kernel import locks


def linked(session: Session, booking_id: UUID, *, ended_after: datetime) -> Booking | None:
    """Return a booking that ended, or will end, after *ended_after*, for what a guest shows to be checked against it."""
    return session.scalar(
        select(Booking)
        .where(Booking.id == booking_id, Booking.ends_at > ended_after)
        .execution_options(populate_existing=True)
    )


def revoke_links(session: Session, booking_id: UUID) -> None:
    """Give a locked booking the next number for its manage links; those of before are good for nothing."""
    locks.require(session, "bookings")
    session.execute(
        update(Booking)
        .where(Booking.id == booking_id)
        .values(manage_no=Booking.manage_no + 1, updated_at=Booking.updated_at)
        .execution_options(synchronize_session=False)
    )
