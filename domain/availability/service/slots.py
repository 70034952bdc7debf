"""The slots of a service: what a reader is offered, by the rules on which the allocator decides."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.availability import queries
from domain.availability.queries import Moments
from domain.availability.rules import slots as rules
from domain.availability.rules.model import Query, Requirement, Slot, Terms
from domain.availability.rules.zones import day_number, local_day, spans_of_days
from domain.availability.service import offering
from domain.availability.service.offering import Lengths
from domain.catalog import queries as catalog
from domain.catalog.tables import Business, Service
from domain.kernel.errors import NotFound, PartyAboveCapacity

NEAREST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a reader asks: starts on the dates of *timezone* (None: the business's) from *first* to *last*, inclusive.

    A booking that would move keeps its *lengths* (None: the service's of today), and what it takes itself
    (*besides*) counts as free, for it would be given up. Of *resource_ids* each narrows the role that it could fill.
    """

    service_id: UUID
    first: date
    last: date
    timezone: str | None = None
    resource_ids: Collection[UUID] = ()
    party: int = 1
    lengths: Lengths | None = None
    besides: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """The answer: slots in ascending order, to be shown in *zone*."""

    service: Service
    zone: ZoneInfo
    slots: Sequence[Slot]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """All that an answer depends on, as of *now*: what remains is work without the database."""

    service: Service
    query: Query
    terms: Terms
    requirements: Sequence[Requirement]
    day_counts: Mapping[date, int]
    now: int

    def offered(self) -> Offered:
        """Return the answer. Errors: TooManySlots."""
        found = rules.slots(self.terms, self.requirements, self.query, now=self.now, day_counts=self.day_counts)
        return Offered(service=self.service, zone=self.query.zone, slots=found)


def prepared(session: Session, asked: Asked, *, now: datetime) -> Prepared:
    """Read what could be booked at *now*.

    Errors: NotFound for the service or the resource, ResourceNotOffered, PartyAboveCapacity.
    """
    found = catalog.offered(session, asked.service_id)
    if found is None:
        raise NotFound(what="service")
    service, business = found
    if asked.party > service.capacity:
        raise PartyAboveCapacity(party=asked.party, capacity=service.capacity)
    zone = ZoneInfo(asked.timezone or business.timezone)
    query = Query(from_day=asked.first, to_day=asked.last, zone=zone, party=asked.party)
    terms = offering.terms_of(service, ZoneInfo(business.timezone), asked.lengths)
    needs, counts = _read(session, service, business, terms, query, asked, now)
    return Prepared(
        service=service, query=query, terms=terms, requirements=needs, day_counts=counts, now=int(now.timestamp())
    )


def slots(session: Session, asked: Asked, *, now: datetime) -> Offered:
    """Return what could be booked at *now*. Errors: those of `prepared`, TooManySlots."""
    return prepared(session, asked, now=now).offered()


def nearest(session: Session, asked: Asked, at: datetime, *, now: datetime) -> Offered:
    """Return the few free starts nearest to *at*: those of its date first, then those of the dates asked about."""
    offered = slots(session, asked, now=now)
    wanted = int(at.timestamp())
    day = local_day(wanted, offered.zone)

    def distance(slot: Slot) -> tuple[bool, int]:
        return local_day(slot.start, offered.zone) != day, abs(slot.start - wanted)

    return replace(offered, slots=sorted(sorted(offered.slots, key=distance)[:NEAREST]))


def _read(
    session: Session, service: Service, business: Business, terms: Terms, query: Query, asked: Asked, now: datetime
) -> tuple[Sequence[Requirement], Mapping[date, int]]:
    """Return who could serve, with hours and diary, and how many bookings each date has."""
    offered = offering.offers_by(session, service, asked.resource_ids)
    moments = _around(terms, query)
    if not moments or not offered.resources:
        return [Requirement(role, ()) for role in service.roles], {}
    occupying = queries.occupying_claims(session, offered.resources.keys(), moments, now=now)
    claims = [each for each in occupying if each.claim.booking_id != asked.besides]
    needs = offering.requirements(session, business, offered, claims, moments)[service.id]
    limited = [service.id] if service.daily_limit is not None else []
    counts = offering.booked(session, limited, moments, terms.zone, now=now, besides=asked.besides)
    return needs, counts.get(service.id, {})


def _around(terms: Terms, query: Query) -> Moments:
    """Return the time that the answer depends on.

    That is what a footprint on these dates can meet, and all of the business's dates that share an instant with them.
    """
    spans = spans_of_days(day_number(query.from_day) - 2, day_number(query.to_day) + 2, query.zone)
    if not spans:
        return ()
    return ((spans[0][0] - terms.buffer_before, spans[-1][1] + terms.duration + terms.buffer_after),)
