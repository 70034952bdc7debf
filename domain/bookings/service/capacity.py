"""Changing a service that is booked already: its claims go with its capacity."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.availability import service as availability
from domain.bookings import queries
from domain.catalog import queries as places
from domain.catalog import service as catalog
from domain.catalog.tables import Service


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


def is_booked(session: Session, business_id: UUID) -> bool:
    """Tell whether a business ever had a booking, whatever became of it."""
    return queries.any_of(session, business_id)
