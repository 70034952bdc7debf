"""What is offered, read from PostgreSQL into the shapes that the rules decide on."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.availability import queries
from domain.availability.queries import Closed, Moments, Taken
from domain.availability.rules.board import Board, Wish
from domain.availability.rules.decide import inherited, narrowed
from domain.availability.rules.diary import Closure, Diary, Occupied
from domain.availability.rules.errors import AskedForNoMore
from domain.availability.rules.model import Candidate, Hours, Requirement, Terms
from domain.availability.rules.spans import merged
from domain.availability.rules.zones import date_of, local_day, spans_of_days
from domain.availability.service import hours
from domain.catalog import queries as catalog
from domain.catalog.queries import Able, OnOffer, RoleOffer
from domain.catalog.tables import Business, Service
from domain.kernel.errors import NotFound, ResourceNotOffered

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
    _refuse_unable(session, service.business_id, offered.resources, resource_ids)
    return Offers({service.id: narrowed(offered.by_service[service.id], resource_ids)})


def able(
    session: Session, service: OnOffer, *, named: Collection[UUID] | None, before: Mapping[UUID, str | None]
) -> Roles:
    """Return who could fill each role of a service that was read, narrowed to whom `asked_again` asks for.

    Errors: as there.
    """
    roles = [(role, service.able.get(role, ())) for role in service.roles]
    return narrowed(roles, _asked(session, service.business_id, roles, named, before))


def asked_again(
    session: Session, service: Service, *, named: Collection[UUID] | None, before: Mapping[UUID, str | None]
) -> Sequence[UUID]:
    """Return whom a booking that moves asks for: who was asked for *before*, but where others are *named* for a role.

    Nobody named (None) is just as before; an empty name is anybody. Errors: as in `offers_by`; AskedForNoMore.
    """
    roles = offers(session, [service]).by_service[service.id]
    return tuple(_asked(session, service.business_id, roles, named, before))


def _asked(
    session: Session,
    business_id: UUID,
    roles: Roles,
    named: Collection[UUID] | None,
    before: Mapping[UUID, str | None],
) -> Collection[UUID]:
    able_ids = {each.id for _, filling in roles for each in filling}
    _refuse_unable(session, business_id, able_ids, named or ())
    if named is not None and not named:
        return ()
    asked = inherited(roles, named or (), before)
    if not able_ids.issuperset(asked):
        raise AskedForNoMore
    return asked


def _refuse_unable(session: Session, business_id: UUID, able_ids: Collection[UUID], asked: Collection[UUID]) -> None:
    for unable in set(asked).difference(able_ids):
        if catalog.has_resource(session, business_id, unable):
            raise ResourceNotOffered
        raise NotFound(what="resource")


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
    resources = offered.resources
    closed = queries.closures(session, business.id, resources, moments)
    kept = hours.hours(session, business)
    ready = _candidates(resources.values(), kept, claims, closed, ZoneInfo(business.timezone))
    return {service: _filled(roles, ready) for service, roles in offered.by_service.items()}


def written_down(
    service: OnOffer, roles: Roles, claims: Iterable[Taken], closed: Iterable[Closed]
) -> tuple[Requirement, ...]:
    """Return who could fill each role of a service that was read, with hours and diary."""
    resources = {each.id: each for _, filling in roles for each in filling}
    kept = hours.hours_by_resource(service.hours, service.timezone)
    return _filled(roles, _candidates(resources.values(), kept, claims, closed, ZoneInfo(service.timezone)))


def _filled(roles: Roles, ready: Mapping[UUID, Candidate]) -> tuple[Requirement, ...]:
    return tuple(Requirement(role, tuple(ready[each.id] for each in filling)) for role, filling in roles)


def _candidates(
    resources: Iterable[Able],
    kept: Mapping[UUID | None, Hours],
    claims: Iterable[Taken],
    closed: Iterable[Closed],
    zone: ZoneInfo,
) -> Mapping[UUID, Candidate]:
    by_resource: defaultdict[UUID, list[Occupied]] = defaultdict(list)
    for resource_id, claim in claims:
        by_resource[resource_id].append(claim)
    off: defaultdict[UUID | None, list[Closure]] = defaultdict(list)
    for _, owner, closure in closed:
        off[owner].append(closure)
    common = Diary(closures=off[None])
    return {
        each.id: Candidate(
            id=each.id,
            hours=kept.get(each.id, kept[None]),
            diary=Diary(by_resource[each.id], off[each.id], common),
            priority=each.priority,
            booked_by_day=Counter(date_at(claim.start, zone) for claim in by_resource[each.id]),
        )
        for each in resources
    }


def by_day(starts: Iterable[int], zone: ZoneInfo) -> Mapping[date, int]:
    """Count starts by the business's date."""
    return Counter(date_at(start, zone) for start in starts)


def counted(
    session: Session, terms: Terms, moments: Moments, *, besides: UUID | None, now: datetime
) -> Mapping[date, int]:
    """Count what of a service occupies at *now*, if its dates are limited; the booking *besides* is not counted."""
    if terms.daily_limit is None or not moments:
        return {}
    started = queries.starts_of_services(session, [terms.service_id], moments, now=now, besides=besides)
    return by_day((each.start for each in started), terms.zone)


def booked(
    session: Session, service_ids: Iterable[UUID], moments: Moments, zone: ZoneInfo, *, now: datetime
) -> dict[UUID, Counter[date]]:
    """Count the occupying bookings of services by the business's date; no statement when there are none to count."""
    wanted = set(service_ids)
    counts: dict[UUID, Counter[date]] = {service_id: Counter() for service_id in wanted}
    if wanted:
        for service_id, start in queries.starts_of_services(session, wanted, moments, now=now):
            counts[service_id][date_at(start, zone)] += 1
    return counts


def _days_of(wishes: Iterable[Wish], zone: ZoneInfo) -> Moments:
    """Return the business's whole dates on which the wishes start, and their footprints."""
    days = {local_day(wish.start, zone) for wish in wishes}
    whole = (span for day in days for span in spans_of_days(day, day, zone))
    return merged([*whole, *(wish.footprint for wish in wishes)])


def date_at(start: int, zone: ZoneInfo) -> date:
    """Return the local date of an instant."""
    return date_of(local_day(start, zone))
