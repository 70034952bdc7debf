"""Looking at a booking: by those who may see it, while they wait for it, and what else was free."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.availability import service as availability
from domain.bookings import queries
from domain.bookings.rules import Sought, Status
from domain.bookings.tables import Booking, Move
from domain.catalog import queries as catalog
from domain.kernel.errors import DomainError, NotFound

BEFORE, AFTER = timedelta(days=7), timedelta(days=7)


def seen(session: Session, booking_id: UUID, *, caller: Principal) -> Booking:
    """Return a booking that the caller made or serves. Errors: NotFound."""
    found = queries.booking(session, booking_id, seen_by=caller.user_id, businesses=caller.roles.keys())
    if found is None:
        raise NotFound(what="booking")
    return found


def found(
    session: Session, sought: Sought, *, caller: Principal, after: UUID | None, limit: int, now: datetime
) -> Sequence[Booking]:
    """Return a page of the bookings sought that the caller made, is the customer of, or serves: the newest first.

    What the caller may not see is left out, and not refused: a filter does not tell what there is.
    """
    theirs = caller.roles.keys() if sought.business_id is None else caller.roles.keys() & {sought.business_id}
    return queries.bookings(
        session, sought, seen_by=caller.user_id, businesses=theirs, after=after, limit=limit, now=now
    )


def history(session: Session, booking_id: UUID, *, caller: Principal, after: int, limit: int) -> Sequence[Move]:
    """Return what happened to a booking that the caller may see, after the version *after*. Errors: NotFound."""
    return queries.history(session, seen(session, booking_id, caller=caller).id, after=after, limit=limit)


def is_decided(session: Session, booking_id: UUID) -> bool:
    """Tell whether a booking is pending no more."""
    return queries.status(session, booking_id) != Status.PENDING


def alternatives(session: Session, booking: Booking, *, now: datetime) -> availability.Offered | None:
    """Return the free starts nearest to the one that a rejected booking asked for, as of *now*.

    Those of its date come first, then those of the days around it that can be booked. None when the service is not
    offered any more.
    """
    try:
        for first, last in _around(session, booking, now):
            asked = availability.Asked(
                service_id=booking.service_id,
                first=first,
                last=last,
                resource_id=booking.wanted_resource_id,
                party=booking.party,
            )
            found = availability.nearest(session, asked, booking.starts_at, now=now)
            if len(found.slots) == availability.NEAREST:
                break
    except DomainError:
        # Archived, smaller or without that resource by now: the refusal stands, there is just nothing else to offer.
        return None
    return found


def _around(session: Session, booking: Booking, now: datetime) -> Iterable[tuple[date, date]]:
    """Return the dates to look at: the one asked for, then a week around it, within the booking window.

    In a rush nearly everybody is told of the same date, and a week costs ten times as much.
    """
    zone = ZoneInfo(booking.timezone)
    today = now.astimezone(zone).date()
    service = catalog.services_by_id(session, [booking.service_id])[booking.service_id]
    window_end = today + timedelta(days=service.max_advance_days)
    wanted = min(max(booking.starts_at.astimezone(zone).date(), today), window_end)
    return (wanted, wanted), (max(wanted - BEFORE, today), min(wanted + AFTER, window_end))
