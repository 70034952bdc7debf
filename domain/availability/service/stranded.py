"""Stranded bookings: how many to come have a place that today's catalog would not offer them any more.

Each count is of bookings that occupy now and start later; what it counts is never touched.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.availability import queries
from domain.availability.queries import Ahead
from domain.availability.rules.model import Hours
from domain.availability.rules.openings import openings
from domain.availability.rules.seats import crowded
from domain.availability.service import offering
from domain.availability.tables import Claim
from domain.catalog import queries as catalog
from domain.catalog.tables import Business, Resource, Service, TimeOff


def of_business(session: Session, business_id: UUID, *, now: datetime) -> int:
    """Count every booking to come of a business."""
    return queries.bookings_ahead(session, Resource.business_id == business_id, now=now)


def of_service(session: Session, service_id: UUID, *, now: datetime) -> int:
    """Count every booking to come of a service."""
    return queries.bookings_ahead(session, Claim.service_id == service_id, now=now)


def over_capacity(session: Session, service: Service, *, now: datetime) -> int:
    """Count the bookings to come of a service that are, at some instant, among more seats than it has by now."""
    found = queries.claims_of_service(session, service.id, now=now).values()
    full = (each for claims in found for each in crowded(claims, service.capacity))
    return len({each.booking_id for each in full if each.start > now.timestamp()})


def of_resource(session: Session, resource_id: UUID, *, now: datetime) -> int:
    """Count every booking to come on a resource."""
    return queries.bookings_ahead(session, queries.on_resource(resource_id), now=now)


def not_offered(session: Session, service_ids: Collection[UUID], *, now: datetime) -> int:
    """Count the bookings to come of services that are on a resource which does not offer the service."""
    if not service_ids:
        return 0
    offered = {(service_id, resource.id) for service_id, resource in catalog.offers(session, service_ids)}
    found = queries.ahead(session, Claim.service_id.in_(service_ids), now=now)
    return _count(each for each in found if (each.service_id, each.resource_id) not in offered)


def outside_hours(session: Session, business: Business, resource_id: UUID | None, *, now: datetime) -> int:
    """Count the bookings to come that are not within the opening hours of their resource; (None) of any resource."""
    such = queries.on_resource(resource_id) if resource_id else Resource.business_id == business.id
    kept = offering.hours(session, business)
    by_resource: defaultdict[UUID, list[Ahead]] = defaultdict(list)
    for place in queries.ahead(session, such, now=now):
        by_resource[place.resource_id].append(place)
    return _count(
        each for where, places in by_resource.items() for each in _outside(kept.get(where, kept[None]), places)
    )


def during(session: Session, time_off: TimeOff, *, now: datetime) -> int:
    """Count the bookings to come whose footprint meets some time off."""
    mine = queries.on_resource(time_off.resource_id) if time_off.resource_id else None
    such = Resource.business_id == time_off.business_id if mine is None else mine
    return queries.bookings_ahead(session, such, Claim.footprint.overlaps(time_off.during), now=now)


def _outside(hours: Hours, places: Sequence[Ahead]) -> Iterable[Ahead]:
    spans = [(int(place.starts_at.timestamp()), int(place.ends_at.timestamp())) for place in places]
    opened = openings(hours, (min(start for start, _ in spans), max(end for _, end in spans)))
    return [place for place, (start, end) in zip(places, spans, strict=True) if opened.closes(start) < end]


def _count(places: Iterable[Ahead]) -> int:
    return len({place.booking_id for place in places})
