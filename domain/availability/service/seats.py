"""What a service's capacity means for the claims that it has: above one they share, at one they exclude."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.availability import queries
from domain.availability.service import offering
from domain.catalog.tables import Service


def to_reseat(session: Session, service: Service, *, now: datetime) -> Collection[UUID]:
    """Return the bookings with live claims that do not fit a capacity that came to one, or left it."""
    return queries.mistaken(session, service.id, capacity=service.capacity, now=now)


def apart(session: Session, service: Service, *, now: datetime) -> int:
    """Count the bookings of a service that are not over and have some of its resources, and others beside them.

    Who shares such a resource would meet them in two places at once.
    """
    wanted = offering.offers(session, [service]).resources.keys()
    places: defaultdict[UUID | None, set[UUID]] = defaultdict(set)
    for resource_id, claims in queries.claims_of_service(session, service.id, now=now).items():
        for claim in claims:
            places[claim.booking_id].add(resource_id)
    return sum(bool(each & wanted) and not each <= wanted for each in places.values())


def reseat(session: Session, service: Service, *, now: datetime) -> None:
    """Let the live claims of a service share, or exclude, as its capacity is now; what was over before *now* is left alone.

    Where the capacity came to one, claims that overlap already, or have several seats, stay shared: they keep their
    places, and whoever comes is refused beside them all the same. The caller holds lane, resources and bookings.
    """
    if service.capacity > 1:
        queries.share(session, service.id, now=now)
    else:
        queries.stop_sharing(session, service.id, now=now)
