"""What tests of rescheduling share: a booking in its place, and what became of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from config.clock import clock
from config.transaction import transaction
from domain.availability.tables import Claim
from domain.bookings import queries
from domain.bookings import service as bookings
from domain.bookings.tables import Booking, Reschedule
from domain.catalog.tables import Business
from tests.builders import Shop, a_booking, decide, look, weekday

HALF_HOUR = timedelta(minutes=30)
START = weekday()
LATER = START + HALF_HOUR


def placed(shop: Shop, start: datetime = START, **more: Any) -> Booking:  # noqa: ANN401
    booking = a_booking(shop, start, **more)
    decide(shop)
    assert look(booking, by=shop.owner).status in {"confirmed", "awaiting_approval"}
    return booking


def standing(booking: Booking) -> tuple[str, datetime]:
    with transaction() as session:
        found = session.get_one(Booking, booking.id)
        return found.status, found.starts_at


def live_starts(booking: Booking) -> Sequence[datetime]:
    with transaction() as session:
        mine = select(Claim.starts_at).where(Claim.booking_id == booking.id, Claim.released_at.is_(None))
        return session.scalars(mine).all()


def outcome(row: Reschedule) -> tuple[str, str | None]:
    with transaction() as session:
        found = queries.reschedule(session, row.id)
        return found.status, found.rejection_code


def cancel(booking: Booking, shop: Shop) -> None:
    with transaction() as session:
        bookings.cancel(session, booking.id, caller=shop.owner, now=clock())


def change(row: Booking | Reschedule | Business, **values: Any) -> None:  # noqa: ANN401
    """Let time have passed over a row."""
    kind = type(row)
    with transaction() as session:
        session.execute(update(kind).where(kind.id == row.id).values(**values))
