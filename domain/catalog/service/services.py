"""Services: offer, find, change, archive."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.catalog import queries, rules
from domain.catalog.rules import Archived, CurrencyMismatch, DepositAbovePrice, NewService, OneResourceEach, Pricing
from domain.catalog.service.authority import active_for_update, business_seen, require_admin
from domain.catalog.service.changes import Versions, apply, expect, tell, touch, touch_all
from domain.catalog.service.requirements import by_role, require
from domain.catalog.tables import Service
from domain.kernel.changes import fresh
from domain.kernel.errors import NotFound


class Sold(NamedTuple):
    """A service, the currency of its business, and (role, resource ids) for each of its roles: who is said to fill it."""

    service: Service
    currency: str
    requirements: Sequence[tuple[str, Sequence[UUID]]]

    @property
    def is_sound(self) -> bool:
        """Tell whether parties that share a resource share all: who meets in two places would be in two at once."""
        is_single = self.service.capacity == 1 or len(self.requirements) == 1
        return is_single or all(len(resource_ids) <= 1 for _, resource_ids in self.requirements)


def create_service(session: Session, business_id: UUID, new: NewService, *, caller: Principal, now: datetime) -> Sold:
    """Offer a service, under the lane: its price is in the currency of then.

    Errors: NotFound for the business or a resource, MembersOnly, AdminsOnly, Archived, CurrencyMismatch,
    DepositAbovePrice, ResourceInTwoRoles, OneResourceEach.
    """
    business_seen(session, business_id, caller.roles)
    require_admin(caller, business_id)
    business = active_for_update(session, business_id)
    columns = _columns(rules.FREE, new.given(), business.currency)
    service = Service(business_id=business_id, **columns)
    session.add(service)
    session.flush()
    queries.all_resources_for_update(session, business_id)
    needs = require(session, service, new.requirements)
    made = {**fresh(columns), **(needs.changes if needs else {})}
    tell(session, "service.created", service, business_id, by=caller.actor, changes=made, now=now)
    touch_all(session, "resource.updated", needs.others if needs else (), business_id, now=now)
    session.refresh(service)
    return _sound(_sold(session, service, business.currency), "requirements")


def service_of(session: Session, service_id: UUID, *, member_of: Collection[UUID] = ()) -> Sold:
    """Return a service: an active one, or one of the businesses *member_of*. Errors: NotFound."""
    service = _seen(session, service_id, member_of)
    return _sold(session, service, business_seen(session, service.business_id, member_of).currency)


def list_services(
    session: Session, business_id: UUID, *, member_of: Collection[UUID] = (), after: UUID | None, limit: int
) -> Sequence[Sold]:
    """Return a page of a business's active services. Errors: NotFound."""
    business = business_seen(session, business_id, member_of)
    found = queries.services(session, business_id, after=after, limit=limit)
    said = queries.said_of(session, [each.id for each in found])
    return [Sold(each, business.currency, by_role(each, said.get(each.id, {}))) for each in found]


def change_service(
    session: Session,
    service_id: UUID,
    given: Mapping[str, Any],
    *,
    caller: Principal,
    now: datetime,
    versions: Versions = None,
) -> Sold:
    """Change the fields *given* of a service, under its lane; `requirements` are replaced as a whole.

    Every resource of the business is locked. A change of the capacity has to be followed by one of the claims: see
    `bookings.service.change_service`.
    Errors: NotFound for the service or a resource, MembersOnly, AdminsOnly, Archived, StaleVersion, CurrencyMismatch,
    DepositAbovePrice, ResourceInTwoRoles, OneResourceEach.
    """
    seen = _seen(session, service_id, caller.roles)
    require_admin(caller, seen.business_id)
    business = active_for_update(session, seen.business_id)
    queries.all_resources_for_update(session, business.id)
    service = queries.services_by_id(session, [service_id])[service_id]
    if service.archived_at is not None:
        raise Archived(what="service")
    expect(service.version, versions)
    columns = _columns(_pricing(service), given, business.currency)
    if columns.get("capacity", service.capacity) != service.capacity:
        columns["capacity_changed_at"] = now
    needs = require(session, service, given["requirements"]) if "requirements" in given else None
    changed = apply(service, columns, now=now)
    sold = _sound(_sold(session, service, business.currency), "requirements" if "requirements" in given else "capacity")
    if needs is not None and not changed:
        touch(service, now=now)
    changes = {**changed, **(needs.changes if needs else {})}
    changes.pop("capacity_changed_at", None)
    if changes:
        tell(session, "service.updated", service, business.id, by=caller.actor, changes=changes, now=now)
    touch_all(session, "resource.updated", needs.others if needs else (), business.id, now=now)
    return sold


def archive_service(
    session: Session, service_id: UUID, *, caller: Principal, now: datetime, versions: Versions = None
) -> Sold:
    """Offer a service no more; its bookings stay as they are. One that is archived already is left alone.

    Errors: NotFound, MembersOnly, AdminsOnly, StaleVersion.
    """
    seen = _seen(session, service_id, caller.roles)
    require_admin(caller, seen.business_id)
    business = queries.lane_for_update(session, seen.business_id)
    service = queries.services_by_id(session, [service_id])[service_id]
    if service.archived_at is None:
        expect(service.version, versions)
        changes = apply(service, {"archived_at": now}, now=now)
        offering = queries.resources_for_update(session, queries.said_of(session, [service_id]).get(service_id, ()))
        tell(session, "service.archived", service, business.id, by=caller.actor, changes=changes, now=now)
        touch_all(session, "resource.updated", offering, business.id, now=now)
    return _sold(session, service, business.currency)


def _sound(sold: Sold, field: str) -> Sold:
    """Return a service, if it is sound after *field* was given. Errors: OneResourceEach."""
    if not sold.is_sound:
        raise OneResourceEach().at(f"/{field}")
    return sold


def _seen(session: Session, service_id: UUID, member_of: Collection[UUID]) -> Service:
    service = queries.service(session, service_id, member_of=member_of)
    if service is None:
        raise NotFound(what="service")
    return service


def _sold(session: Session, service: Service, currency: str) -> Sold:
    said = queries.said_of(session, [service.id]).get(service.id, {})
    return Sold(service, currency, by_role(service, said))


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
