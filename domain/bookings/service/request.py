"""Accepting a booking: checked for shape, existence, price and local time; whether it gets a place is decided later."""

from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.availability import service as availability
from domain.availability.rules.zones import LocalStart, begin_of
from domain.bookings import queries
from domain.bookings.rules import (
    HELD,
    MAX_HOLDS,
    PaymentStatus,
    Request,
    Status,
    deposit_of,
    first_status,
)
from domain.bookings.service.authority import refuse_unless_theirs_to_waive
from domain.bookings.tables import Booking
from domain.catalog import queries as catalog
from domain.catalog.tables import Business, Service
from domain.kernel import events
from domain.kernel.actors import Actor
from domain.kernel.errors import (
    NotFound,
    PartyAboveCapacity,
    PriceChanged,
    TooManyHolds,
)
from domain.kernel.money import Money

TZDATA = version("tzdata")


def request(
    session: Session, wanted: Request, *, caller: Principal, now: datetime, max_holds: int = MAX_HOLDS
) -> Booking:
    """Write a pending booking with the job that will decide it.

    Who is no member may have *max_holds* bookings in a business that hold a place or are about to.
    Errors: NotFound, PartyAboveCapacity, ResourceNotOffered, MembersOnly, OwnResourcesOnly, PriceChanged,
    NonexistentLocalTime, AmbiguousLocalTime, TooManyHolds.
    """
    business, service = _offered(session, wanted)
    if wanted.overrides:
        refuse_unless_theirs_to_waive(session, service, wanted.resource_ids, caller)
    price = Money(service.price_amount, business.currency).times(wanted.party)
    if wanted.expected_amount not in (None, price.amount):
        raise PriceChanged(amount=price.amount, currency=price.currency)
    booking = Booking(
        **_snapshot(business, service, wanted.start),
        **_said(wanted, caller),
        **_owed(service, price, wanted.party),
        status=Status.PENDING,
        request_id=session.info.get("request_id"),
        created_at=now,
        updated_at=now,
    )
    first = first_status(requires_approval=service.requires_approval, payment_status=booking.payment_status)
    if first in HELD and not caller.is_member(business.id):
        _refuse_beyond(session, max_holds, caller.user_id, business.id, now)
    session.add(booking)
    session.flush()
    _tell(session, booking, caller.actor, now)
    return booking


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


def _owed(service: Service, price: Money, party: int) -> dict[str, Any]:
    is_owed = service.payment_required and price.amount
    return {
        "payment_status": PaymentStatus.UNPAID if is_owed else PaymentStatus.NOT_REQUIRED,
        "price_amount": price.amount,
        "currency": price.currency,
        "deposit_amount": deposit_of(price, party, amount=service.deposit_amount, percent=service.deposit_percent)
        if is_owed
        else None,
    }


def _said(wanted: Request, caller: Principal) -> dict[str, Any]:
    """Return what the booking keeps of the request, and whom it is for: the caller, unless somebody else was named."""
    named = wanted.customer
    return {
        "wanted_resource_ids": [*wanted.resource_ids],
        "party": wanted.party,
        "customer_id": None if named else caller.user_id,
        "booked_by": caller.user_id,
        "by_member": named is not None and caller.is_member(wanted.business_id),
        "customer_name": named.name if named else caller.name,
        "customer_email": named.email if named else caller.email,
        "customer_phone": named.phone if named else None,
        "notes": wanted.notes,
        "attributes": dict(wanted.metadata),
        "overrides": sorted(set(wanted.overrides)),
    }


def _refuse_beyond(session: Session, limit: int, user_id: UUID, business_id: UUID, now: datetime) -> None:
    queries.holder_for_update(session, user_id, business_id)
    held = queries.held(session, user_id, business_id, now=now)
    if held >= limit:
        raise TooManyHolds(held=held, limit=limit)


def local_start(start: LocalStart | datetime, timezone: str) -> dict[str, Any]:
    """Return the columns of a start: its instant, and the wall time that it is by today's rules of the zone.

    Errors: NonexistentLocalTime, AmbiguousLocalTime.
    """
    starts_at = begin_of(start, ZoneInfo(timezone))
    return {
        "starts_at": starts_at,
        "timezone": timezone,
        "local_start": f"{starts_at.astimezone(ZoneInfo(timezone)):%Y-%m-%dT%H:%M:%S}",
        "tzdata_version": TZDATA,
    }


def _offered(session: Session, wanted: Request) -> tuple[Business, Service]:
    found = catalog.offered(session, wanted.service_id)
    if found is None or found[1].id != wanted.business_id:
        raise NotFound(what="service" if catalog.business(session, wanted.business_id) else "business")
    service, business = found
    if wanted.party > service.capacity:
        raise PartyAboveCapacity(party=wanted.party, capacity=service.capacity)
    if wanted.resource_ids:
        availability.offers_by(session, service, wanted.resource_ids)
    return business, service


def _tell(session: Session, booking: Booking, by: Actor, now: datetime) -> None:
    queries.begin_history(session, booking, by=by, now=now)
    fact = events.Fact(
        kind="booking.requested", business_id=booking.business_id, subject_id=booking.id, subject_version=1
    )
    events.record(session, [fact], now=now)
