"""Looking at a booking: by those who may see it, while they wait for it, and what else was free."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.availability import service as availability
from domain.bookings import queries
from domain.bookings.rules import Status
from domain.bookings.tables import Booking
from domain.kernel.errors import DomainError, NotFound

AHEAD = timedelta(days=7)


def seen(session: Session, booking_id: UUID, *, caller: Principal) -> Booking:
    """Return a booking that the caller made or serves. Errors: NotFound."""
    found = queries.booking(session, booking_id, seen_by=caller.user_id, businesses=caller.roles.keys())
    if found is None:
        raise NotFound(what="booking")
    return found


def is_decided(session: Session, booking_id: UUID) -> bool:
    """Tell whether a booking is pending no more."""
    return queries.status(session, booking_id) != Status.PENDING


def alternatives(session: Session, booking: Booking, *, now: datetime) -> availability.Offered | None:
    """Return the free starts nearest to the one that a rejected booking asked for, as of *now*.

    Those of its date come first, then those of the week that follows. None when the service is not offered any more.
    """
    zone = ZoneInfo(booking.timezone)
    day: date = max(booking.starts_at, now).astimezone(zone).date()
    asked = availability.Asked(
        service_id=booking.service_id,
        first=day,
        last=day + AHEAD,
        resource_id=booking.wanted_resource_id,
        party=booking.party,
    )
    try:
        return availability.nearest(session, asked, booking.starts_at, now=now)
    except DomainError:
        # Archived, smaller or without that resource by now: the refusal stands, there is just nothing else to offer.
        return None
