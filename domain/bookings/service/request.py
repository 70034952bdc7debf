"""Accepting a booking: checked for shape, existence, price and local time; whether it gets a place is decided later."""

from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.availability import service as availability
from domain.availability.rules.zones import resolve
from domain.bookings.rules import LocalStart, PaymentStatus, Request, Status
from domain.bookings.tables import Booking, Move
from domain.catalog import queries as catalog
from domain.catalog.tables import Business, Service
from domain.kernel import events
from domain.kernel.errors import NotFound, PartyAboveCapacity, PriceChanged
from domain.kernel.money import Money

TZDATA = version("tzdata")


def request(session: Session, wanted: Request, *, caller: Principal, now: datetime) -> Booking:
    """Write a pending booking with the job that will decide it.

    Errors: NotFound, PartyAboveCapacity, ResourceNotOffered, PriceChanged, NonexistentLocalTime, AmbiguousLocalTime.
    """
    business, service = _offered(session, wanted)
    price = Money(service.price_amount, business.currency).times(wanted.party)
    if wanted.expected_amount not in (None, price.amount):
        raise PriceChanged(amount=price.amount, currency=price.currency)
    booking = Booking(
        **_snapshot(business, service, wanted.start),
        **_contact(caller),
        wanted_resource_id=wanted.resource_id,
        customer_id=caller.user_id,
        booked_by=caller.user_id,
        status=Status.PENDING,
        payment_status=_payment_status(service, price),
        party=wanted.party,
        price_amount=price.amount,
        currency=price.currency,
        request_id=session.info.get("request_id"),
        created_at=now,
        updated_at=now,
    )
    session.add(booking)
    session.flush()
    _tell(session, booking, caller.user_id, now)
    return booking


def instant_of(start: LocalStart | datetime, timezone: str) -> datetime:
    """Return the instant of a start. Errors: NonexistentLocalTime, AmbiguousLocalTime for a wall time that is not one."""
    if isinstance(start, datetime):
        return start.astimezone(UTC)
    seconds = resolve(start.day, start.at, ZoneInfo(timezone), start.fold)
    return datetime.fromtimestamp(seconds, UTC)


def _snapshot(business: Business, service: Service, wanted: LocalStart | datetime) -> dict[str, Any]:
    """Return what a booking keeps of its service and business as they are now, whatever becomes of them."""
    start = local_start(wanted, business.timezone)
    return {
        "business_id": business.id,
        "service_id": service.id,
        **start,
        "ends_at": start["starts_at"] + timedelta(minutes=service.duration_minutes),
        "buffer_before_minutes": service.buffer_before_minutes,
        "buffer_after_minutes": service.buffer_after_minutes,
        "cancellation_policy": service.cancellation_policy,
    }


def _payment_status(service: Service, price: Money) -> PaymentStatus:
    return PaymentStatus.UNPAID if service.payment_required and price.amount else PaymentStatus.NOT_REQUIRED


def _contact(caller: Principal) -> dict[str, str]:
    return {"customer_name": caller.name, "customer_email": caller.email}


def local_start(start: LocalStart | datetime, timezone: str) -> dict[str, Any]:
    """Return the columns of a start: its instant, and the wall time that it is by today's rules of the zone.

    Errors: NonexistentLocalTime, AmbiguousLocalTime.
    """
    starts_at = instant_of(start, timezone)
    return {
        "starts_at": starts_at,
        "timezone": timezone,
        "local_start": f"{starts_at.astimezone(ZoneInfo(timezone)):%Y-%m-%dT%H:%M:%S}",
        "tzdata_version": TZDATA,
    }


def _offered(session: Session, wanted: Request) -> tuple[Business, Service]:
    business = catalog.business(session, wanted.business_id)
    if business is None:
        raise NotFound(what="business")
    service = catalog.service(session, wanted.service_id)
    if service is None or service.business_id != business.id:
        raise NotFound(what="service")
    if wanted.party > service.capacity:
        raise PartyAboveCapacity(party=wanted.party, capacity=service.capacity)
    if wanted.resource_id is not None:
        availability.offers_by(session, service, wanted.resource_id)
    return business, service


def _tell(session: Session, booking: Booking, actor_id: UUID, now: datetime) -> None:
    session.add(Move(booking_id=booking.id, version=1, to_status=booking.status, actor_id=actor_id, at=now))
    fact = events.Fact(
        kind="booking.requested", business_id=booking.business_id, subject_id=booking.id, subject_version=1
    )
    events.record(session, [fact], now=now)
