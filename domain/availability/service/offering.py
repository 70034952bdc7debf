"""What is offered, read from PostgreSQL into the shapes that the rules decide on."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.availability import queries
from domain.availability.queries import Moments, Taken
from domain.availability.rules.board import Board, Wish
from domain.availability.rules.decide import inherited, narrowed
from domain.availability.rules.diary import Closure, Diary, Occupied
from domain.availability.rules.model import Candidate, Hours, Requirement, Terms
from domain.availability.rules.spans import merged
from domain.availability.rules.zones import date_of, local_day, spans_of_days
from domain.catalog import queries as catalog
from domain.catalog.queries import Able, RoleOffer
from domain.catalog.tables import Business, Schedule, Service
from domain.kernel.errors import NotFound, ResourceNotOffered

MINUTE = 60
CLOSED: tuple[tuple[tuple[int, int], ...], ...] = ((),) * 7


Roles = Sequence[tuple[str, tuple[Able, ...]]]
"""Who could fill each role of a service, in the order of its roles."""


class Offers(NamedTuple):
    """Which resources offer each service, and in which role."""

    by_service: Mapping[UUID, Roles]

    @property
    def resources(self) -> dict[UUID, Able]:
        """Return every resource among them, once."""
        return {each.id: each for roles in self.by_service.values() for _, able in roles for each in able}


def offers(session: Session, services: Iterable[Service]) -> Offers:
    """Read who offers *services*."""
    asked = {service.id: service for service in services}
    return _offers(asked.values(), catalog.offers(session, asked.keys()))


def offers_for_update(session: Session, services: Iterable[Service]) -> Offers:
    """Read who offers *services*, and lock those resources by id. The caller holds the lane."""
    asked = {service.id: service for service in services}
    return _offers(asked.values(), catalog.offers_for_update(session, asked.keys()))


def _offers(services: Iterable[Service], found: Iterable[RoleOffer]) -> Offers:
    able: defaultdict[tuple[UUID, str], list[Able]] = defaultdict(list)
    for service_id, role, resource in found:
        able[service_id, role].append(resource)
    return Offers({each.id: [(role, tuple(able[each.id, role])) for role in each.roles] for each in services})


def offers_by(session: Session, service: Service, resource_ids: Collection[UUID]) -> Offers:
    """Read who offers *service*; those of *resource_ids* only, role by role, where any is named for a role.

    Errors: NotFound when one is none of the business's, ResourceNotOffered when it is but does not offer the service.
    """
    offered = offers(session, [service])
    _refuse_unable(session, service, offered, resource_ids)
    return Offers({service.id: narrowed(offered.by_service[service.id], resource_ids)})


def _refuse_unable(session: Session, service: Service, offered: Offers, resource_ids: Collection[UUID]) -> None:
    for unable in set(resource_ids).difference(offered.resources):
        if catalog.has_resource(session, service.business_id, unable):
            raise ResourceNotOffered
        raise NotFound(what="resource")


def asked_again(
    session: Session, service: Service, *, named: Collection[UUID] | None, before: Collection[UUID]
) -> Sequence[UUID]:
    """Return whom a booking that moves asks for: who was asked for *before*, but where others are *named* for a role.

    Nobody named (None) is just as before; an empty name is anybody. Errors: as in `offers_by`.
    """
    offered = offers(session, [service])
    asked = inherited(offered.by_service[service.id], named, before) if named else before if named is None else named
    _refuse_unable(session, service, offered, asked)
    return tuple(asked)


class Lengths(NamedTuple):
    """How long a booking takes, and what it keeps free before and after, in seconds."""

    duration: int
    buffer_before: int
    buffer_after: int


def terms_of(service: Service, zone: ZoneInfo, lengths: Lengths | None = None) -> Terms:
    """Return how a service is booked today; a booking keeps the *lengths* that it was made with."""
    taken = lengths or Lengths(
        service.duration_minutes * MINUTE, service.buffer_before_minutes * MINUTE, service.buffer_after_minutes * MINUTE
    )
    return Terms(
        service_id=service.id,
        duration=taken.duration,
        interval=(service.slot_interval_minutes or service.duration_minutes) * MINUTE,
        zone=zone,
        buffer_before=taken.buffer_before,
        buffer_after=taken.buffer_after,
        notice=service.min_notice_minutes * MINUTE,
        ahead=int(service.holds_at_first),
        window_days=service.max_advance_days,
        capacity=service.capacity,
        daily_limit=service.daily_limit,
    )


def board(session: Session, business: Business, offered: Offers, wishes: Sequence[Wish], *, now: datetime) -> Board:
    """Read what is taken around *wishes*. The caller holds the lane and the resources, so that it stays true."""
    zone = ZoneInfo(business.timezone)
    moments = _days_of(wishes, zone)
    claims = queries.live_claims(session, offered.resources.keys(), moments)
    seen = requirements(session, business, offered, claims, moments)
    limited = {wish.terms.service_id for wish in wishes if wish.terms.daily_limit is not None}
    return Board(seen, booked(session, limited, moments, zone, now=now))


def requirements(
    session: Session, business: Business, offered: Offers, claims: Iterable[Taken], moments: Moments
) -> dict[UUID, tuple[Requirement, ...]]:
    """Return who could serve each service, with hours and diary; one candidate a resource, shared by its services."""
    zone = ZoneInfo(business.timezone)
    resources = offered.resources
    kept = hours(session, business)
    by_resource: defaultdict[UUID, list[Occupied]] = defaultdict(list)
    for resource_id, claim in claims:
        by_resource[resource_id].append(claim)
    closed = _closures(session, business.id, resources, moments)
    ready = {
        each.id: Candidate(
            id=each.id,
            hours=kept.get(each.id, kept[None]),
            diary=Diary(by_resource[each.id], closed[each.id]),
            priority=each.priority,
            booked_by_day=Counter(_date(claim.start, zone) for claim in by_resource[each.id]),
        )
        for each in resources.values()
    }
    return {
        service: tuple(Requirement(role, tuple(ready[each.id] for each in able)) for role, able in roles)
        for service, roles in offered.by_service.items()
    }


def booked(
    session: Session,
    service_ids: Iterable[UUID],
    moments: Moments,
    zone: ZoneInfo,
    *,
    now: datetime,
    besides: UUID | None = None,
) -> dict[UUID, Counter[date]]:
    """Count the occupying bookings of services by the business's date; no statement when there are none to count.

    The booking *besides* is not counted.
    """
    wanted = set(service_ids)
    counts: dict[UUID, Counter[date]] = {service_id: Counter() for service_id in wanted}
    if wanted:
        for service_id, start in queries.starts_of_services(session, wanted, moments, now=now, besides=besides):
            counts[service_id][_date(start, zone)] += 1
    return counts


def _days_of(wishes: Iterable[Wish], zone: ZoneInfo) -> Moments:
    """Return the business's whole dates on which the wishes start, and their footprints."""
    days = {local_day(wish.start, zone) for wish in wishes}
    whole = (span for day in days for span in spans_of_days(day, day, zone))
    return merged([*whole, *(wish.footprint for wish in wishes)])


def hours(session: Session, business: Business) -> dict[UUID | None, Hours]:
    """Return the hours of each resource that has its own, and under None the business's."""
    default = Hours(zone=ZoneInfo(business.timezone), weekly=CLOSED)
    return {None: default} | {
        row.resource_id: _hours_of(row, business.timezone) for row in catalog.schedules(session, [business.id])
    }


def _hours_of(schedule: Schedule, zone: str) -> Hours:
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for weekday, start, end in schedule.weekly:
        week[weekday].append((start, end))
    return Hours(
        zone=ZoneInfo(schedule.timezone or zone),
        weekly=tuple(map(tuple, week)),
        overrides={
            date.fromisoformat(day): tuple((start, end) for start, end in blocks)
            for day, blocks in schedule.overrides.items()
        },
    )


def _closures(
    session: Session, business_id: UUID, resource_ids: Iterable[UUID], moments: Moments
) -> dict[UUID, list[Closure]]:
    closed: dict[UUID, list[Closure]] = {each: [] for each in resource_ids}
    for resource_id, closure in queries.closures(session, business_id, closed.keys(), moments):
        for each in [resource_id] if resource_id else closed:
            closed[each].append(closure)
    return closed


def _date(start: int, zone: ZoneInfo) -> date:
    return date_of(local_day(start, zone))
