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
from domain.availability.service.hours import hours
from domain.availability.tables import Claim
from domain.catalog import queries as catalog
from domain.catalog.tables import Business, Resource, Service, TimeOff


def of_business(session: Session, business_id: UUID, *, now: datetime) -> int:
    """Count every booking to come of a business."""
    return queries.bookings_ahead(session, Resource.business_id == business_id, now=now)


def of_service(session: Session, service_id: UUID, *, now: datetime) -> int:
    """Count every booking to come of a service."""
    return queries.bookings_ahead(session, Claim.service_id == service_id, now=now)


def by_change(session: Session, service: Service, given: Collection[str], *, now: datetime) -> int:
    """Count the bookings to come of a service that a change of the fields *given* has left behind.

    By its capacity: those that are, at some instant, among more seats than it has by now. By what it needs: those that
    have not one place for each of its roles, on a resource that fills it.
    """
    crowd = _over_capacity(session, service, now) if "capacity" in given else frozenset[UUID]()
    return len(crowd | (_unmet(session, [service.id], now) if "requirements" in given else frozenset()))


def _over_capacity(session: Session, service: Service, now: datetime) -> frozenset[UUID]:
    found = queries.claims_of_service(session, service.id, now=now).values()
    full = (each for claims in found for each in crowded(claims, service.capacity))
    return frozenset(each.booking_id for each in full if each.booking_id and each.start > now.timestamp())


def of_resource(session: Session, resource_id: UUID, *, now: datetime) -> int:
    """Count every booking to come on a resource."""
    return queries.bookings_ahead(session, queries.on_resource(resource_id), now=now)


def not_offered(session: Session, service_ids: Collection[UUID], *, now: datetime) -> int:
    """Count the bookings to come of services whose places do not fill the service's roles, one each."""
    return len(_unmet(session, service_ids, now)) if service_ids else 0


def _unmet(session: Session, service_ids: Collection[UUID], now: datetime) -> frozenset[UUID]:
    filled = {(each.service_id, each.resource.id): each.role for each in catalog.offers(session, service_ids)}
    needed = {each.id: sorted(each.roles) for each in catalog.services_by_id(session, service_ids).values()}
    places: defaultdict[tuple[UUID, UUID], list[str]] = defaultdict(list)
    for each in queries.ahead(session, Claim.service_id.in_(service_ids), now=now):
        places[each.booking_id, each.service_id].append(filled.get((each.service_id, each.resource_id), ""))
    return frozenset(booking for (booking, service), roles in places.items() if sorted(roles) != needed[service])


def outside_hours(session: Session, business: Business, resource_id: UUID | None, *, now: datetime) -> int:
    """Count the bookings to come that are not within the opening hours of their resource; (None) of any resource."""
    such = queries.on_resource(resource_id) if resource_id else Resource.business_id == business.id
    kept = hours(session, business)
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
