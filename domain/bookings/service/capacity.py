"""Changing what is booked already: a service's claims go with its capacity, a business keeps its currency."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.availability import service as availability
from domain.bookings import queries
from domain.catalog import queries as places
from domain.catalog import rules
from domain.catalog import service as catalog
from domain.catalog.rules import CurrencyInUse
from domain.catalog.tables import Business, Service


def change_service(
    session: Session,
    service_id: UUID,
    given: Mapping[str, Any],
    *,
    caller: Principal,
    now: datetime,
    versions: catalog.Versions = None,
) -> tuple[Service, str]:
    """Change a service, and with a capacity that comes to one or leaves it, how its live claims meet others.

    Locks, in the one order: the lane, then (only for such a capacity) the resources and the bookings of those claims.
    The bookings, because whoever ends one writes to its claims under that lock alone. Errors: as in the catalog.
    """
    service, currency = catalog.change_service(session, service_id, given, caller=caller, now=now, versions=versions)
    claims = availability.to_reseat(session, service, now=now)
    if claims:
        places.resources_for_update(session, {resource_id for _, resource_id in claims})
        queries.bookings_for_update(session, {booking_id for booking_id, _ in claims})
        availability.reseat(session, service, now=now)
    return service, currency


def change_business(
    session: Session,
    slug_or_id: str,
    given: Mapping[str, Any],
    *,
    caller: Principal,
    now: datetime,
    versions: catalog.Versions = None,
) -> Business:
    """Change a business, which keeps its currency once it has been booked, whatever became of that.

    Locks the lane. Errors: NotFound, MembersOnly, AdminsOnly, Archived, StaleVersion, SlugTaken, CurrencyInUse.
    """
    business = catalog.business_to_change(session, slug_or_id, caller=caller, versions=versions)
    if rules.moves_currency(business.currency, given) and queries.any_of(session, business.id):
        raise CurrencyInUse(currency=business.currency)
    return catalog.change_business(session, business, given, now=now)
