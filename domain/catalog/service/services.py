"""Services: offer, find, change, archive."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.catalog import queries, rules
from domain.catalog.rules import Archived, DepositAbovePrice, NewService, Pricing
from domain.catalog.service.authority import active_for_update, business_seen, require_admin
from domain.catalog.service.changes import Versions, apply, expect, tell
from domain.catalog.tables import Service
from domain.kernel.errors import CurrencyMismatch, NotFound


def create_service(
    session: Session, business_id: UUID, new: NewService, *, caller: Principal, now: datetime
) -> tuple[Service, str]:
    """Offer a service, under the lane: its price is in the currency of then; return it with that currency.

    Errors: NotFound, MembersOnly, AdminsOnly, Archived, CurrencyMismatch, DepositAbovePrice.
    """
    business_seen(session, business_id, caller.roles)
    require_admin(caller, business_id)
    business = active_for_update(session, business_id)
    service = Service(business_id=business_id, **_columns(rules.FREE, new.given(), business.currency))
    session.add(service)
    tell(session, "service.created", service, business_id, now=now)
    session.refresh(service)
    return service, business.currency


def service_of(session: Session, service_id: UUID, *, member_of: Collection[UUID] = ()) -> tuple[Service, str]:
    """Return a service with its currency: an active one, or one of the businesses *member_of*. Errors: NotFound."""
    service = queries.service(session, service_id, member_of=member_of)
    if service is None:
        raise NotFound(what="service")
    return service, business_seen(session, service.business_id, member_of).currency


def list_services(
    session: Session, business_id: UUID, *, member_of: Collection[UUID] = (), after: UUID | None, limit: int
) -> tuple[Sequence[Service], str]:
    """Return a page of a business's active services, with their currency. Errors: NotFound."""
    business = business_seen(session, business_id, member_of)
    return queries.services(session, business_id, after=after, limit=limit), business.currency


def change_service(
    session: Session,
    service_id: UUID,
    given: Mapping[str, Any],
    *,
    caller: Principal,
    now: datetime,
    versions: Versions = None,
) -> tuple[Service, str]:
    """Change the fields *given* of a service, under its lane; return it with its currency.

    A change of the capacity has to be followed by one of the claims: see `bookings.service.change_service`.
    Errors: NotFound, MembersOnly, AdminsOnly, Archived, StaleVersion, CurrencyMismatch, DepositAbovePrice.
    """
    service, _ = service_of(session, service_id, member_of=caller.roles)
    require_admin(caller, service.business_id)
    business = active_for_update(session, service.business_id)
    session.refresh(service)
    if service.archived_at is not None:
        raise Archived(what="service")
    expect(service.version, versions)
    columns = _columns(_pricing(service), given, business.currency)
    if columns.get("capacity", service.capacity) != service.capacity:
        columns["capacity_changed_at"] = now
    if apply(service, columns, now=now):
        tell(session, "service.updated", service, business.id, now=now)
    return service, business.currency


def archive_service(
    session: Session, service_id: UUID, *, caller: Principal, now: datetime, versions: Versions = None
) -> tuple[Service, str]:
    """Offer a service no more; its bookings stay as they are. One that is archived already is left alone.

    Errors: NotFound, MembersOnly, AdminsOnly, StaleVersion.
    """
    service, currency = service_of(session, service_id, member_of=caller.roles)
    require_admin(caller, service.business_id)
    queries.lane_for_update(session, service.business_id)
    session.refresh(service)
    if service.archived_at is None:
        expect(service.version, versions)
        apply(service, {"archived_at": now}, now=now)
        tell(session, "service.archived", service, service.business_id, now=now)
    return service, currency


def _pricing(service: Service) -> Pricing:
    return Pricing(
        price_amount=service.price_amount,
        deposit_amount=service.deposit_amount,
        deposit_percent=service.deposit_percent,
        payment_required=service.payment_required,
    )


def _columns(before: Pricing, given: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Return the columns that *given* means, of a service that costs *before* so far."""
    _require_currency(given, currency)
    after = rules.repriced(before, given)
    if not after.is_sound:
        raise DepositAbovePrice(deposit=after.deposit_amount, price=after.price_amount)
    return rules.plain(given) | asdict(after)


def _require_currency(given: Mapping[str, Any], currency: str) -> None:
    price, deposit = given.get("price"), given.get("deposit")
    if price and price.currency != currency:
        raise CurrencyMismatch(currency=currency)
    if deposit and deposit.amount and deposit.amount.currency != currency:
        raise CurrencyMismatch(currency=currency).at("/deposit/currency")
