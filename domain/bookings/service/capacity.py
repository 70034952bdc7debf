"""Changing what is booked already: a service's claims go with its capacity, a business keeps its currency."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.availability import service as availability
from domain.bookings import queries
from domain.catalog import rules
from domain.catalog import service as catalog
from domain.catalog.rules import BookedElsewhere, CurrencyInUse
from domain.catalog.tables import Business


def change_service(
    session: Session,
    service_id: UUID,
    given: Mapping[str, Any],
    *,
    caller: Principal,
    now: datetime,
    versions: catalog.Versions = None,
) -> catalog.Sold:
    """Change a service, and with a capacity that comes to one or leaves it, how its live claims meet others.

    Locks, in the one order: the lane and the resources of the business, in the catalog; then the bookings of those
    claims, because whoever ends one writes to its claims under that lock alone.
    Errors: as in the catalog; BookedElsewhere.
    """
    changed = catalog.change_service(session, service_id, given, caller=caller, now=now, versions=versions)
    service = changed.service
    if service.capacity > 1 and len(service.roles) > 1 and given.keys() & {"capacity", "requirements"}:
        elsewhere = availability.apart(session, service, now=now)
        if elsewhere:
            raise BookedElsewhere(count=elsewhere)
    booking_ids = availability.to_reseat(session, service, now=now)
    if booking_ids:
        queries.bookings_for_update(session, booking_ids)
        availability.reseat(session, service, now=now)
    return changed


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
    return catalog.change_business(session, business, given, caller=caller, now=now)
