"""The slots of a service: what a reader is offered, by the rules on which the allocator decides.

First everything is read (`prepared`: two or three statements, however long the question), then the answer is thought
about without the database; or not at all, where the reader has one already that depends on the same things.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.availability import queries
from domain.availability.queries import Moments
from domain.availability.rules import slots as rules
from domain.availability.rules.freshness import changes_at, fingerprint
from domain.availability.rules.limits import bookable
from domain.availability.rules.model import Mode, Query, Slot, Terms
from domain.availability.rules.nearest import Search
from domain.availability.rules.seats import NOTHING_TAKEN
from domain.availability.rules.slots import Offerable
from domain.availability.rules.spans import Span, outside
from domain.availability.rules.zones import day_number, spans_of_days
from domain.availability.service import offering
from domain.availability.service.hours import hours_by_resource
from domain.availability.service.terms import Lengths, terms_of
from domain.catalog import queries as catalog
from domain.catalog.queries import OnOffer
from domain.kernel.errors import NotFound, PartyAboveCapacity

Dates = tuple[date, date]
"""The first and the last of some dates, both included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a reader asks, but for the dates, which are those of *timezone* (None: the business's).

    Of *resource_ids* each narrows the role that it could fill. A booking that would move keeps its *lengths* (None: the
    service's of today) and its hold (*is_held*; None: as the service's are held at first), what it takes itself
    (*besides*) counts as free, for it would be given up, and whom it asked for *before*, in which role (None: that is
    not known), is asked for again where nobody else is named (None: nobody is; empty: anybody will do).
    """

    service_id: UUID
    timezone: str | None = None
    resource_ids: Collection[UUID] | None = None
    before: Mapping[UUID, str | None] = field(default_factory=dict)
    party: int = 1
    mode: Mode = Mode.ANY
    lengths: Lengths | None = None
    is_held: bool | None = None
    besides: UUID | None = None

    def terms(self, service: OnOffer) -> Terms:
        """Return how the service is booked by whoever asks."""
        terms = terms_of(service, ZoneInfo(service.timezone), self.lengths)
        return terms if self.is_held is None else replace(terms, ahead=int(self.is_held))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """The answer: slots in ascending order, to be shown in *zone*, with the roles that their resources fill.

    Where it would have been too much to look for all that were asked for, there are more to be found *next_from* a date
    on.
    """

    service_id: UUID
    roles: Sequence[str]
    zone: ZoneInfo
    slots: Sequence[Slot]
    next_from: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """All that an answer depends on, as of *now*: what remains is work without the database.

    All of the business is *closed* at some time; the first of the holds that count *lapses_at* then.
    """

    terms: Terms
    roles: Mapping[str, Sequence[Offerable]]
    closed: Sequence[Span]
    query: Query
    day_counts: Mapping[date, int]
    now: int
    lapses_at: int | None

    def offered(self) -> Offered:
        """Return the answer. Errors: TooManySlots."""
        found = rules.free_slots(
            self.terms, [*self.roles.values()], self.query, now=self.now, day_counts=self.day_counts, closed=self.closed
        )
        return replace(self.none(), slots=found)

    def search(self, besides: Sequence[Span] = ()) -> Search:
        """Return what looks for the nearest slots in this, *besides* where that has been done."""
        spans = bookable(self.terms, self.query, now=self.now, day_counts=self.day_counts, closed=self.closed)
        return Search(self.terms, [*self.roles.values()], outside(spans, besides), self.query)

    @property
    def crowd(self) -> int:
        """Return how much was read of what takes the resources."""
        return sum(len(each.load.closed) + len(each.load.shared) for role in self.roles.values() for each in role)

    def none(self) -> Offered:
        """Return an answer without slots."""
        return Offered(service_id=self.terms.service_id, roles=[*self.roles], zone=self.query.zone, slots=())

    def fingerprint(self) -> str:
        """Return what stands for all that the answer depends on but the clock: another whenever any of that changes."""
        return fingerprint(self.terms, self.roles, self.query, self.day_counts, self.closed)

    def good_until(self, offered: Offered) -> int | None:
        """Return the first second at which the clock alone may change the answer; None: it will not."""
        return changes_at(self.terms, self.query, offered.slots, now=self.now, lapses_at=self.lapses_at)


def prepared(session: Session, asked: Asked, dates: Dates, *, now: datetime) -> Prepared:
    """Read what could be booked at *now* on some dates.

    Errors: NotFound for the service or a resource, ResourceNotOffered, PartyAboveCapacity.
    """
    service = on_offer(session, asked.service_id, asked.party)
    return reading(session, service, asked, dates, now=now)


def on_offer(session: Session, service_id: UUID, party: int) -> OnOffer:
    """Read how a service is booked, and by whom. Errors: NotFound, PartyAboveCapacity."""
    service = catalog.on_offer(session, service_id)
    if service is None:
        raise NotFound(what="service")
    if party > service.capacity:
        raise PartyAboveCapacity(party=party, capacity=service.capacity)
    return service


def reading(session: Session, service: OnOffer, asked: Asked, dates: Dates, *, now: datetime) -> Prepared:
    """Read what is taken of a service on some dates. Errors: NotFound for a resource, ResourceNotOffered."""
    terms = asked.terms(service)
    query = Query(
        from_day=dates[0],
        to_day=dates[1],
        zone=ZoneInfo(asked.timezone or service.timezone),
        party=asked.party,
        mode=asked.mode,
    )
    able = offering.able(session, service, named=asked.resource_ids, before=asked.before)
    moments = _around(terms, query)
    taken = _taken(session, service, able, moments, asked, now)
    return Prepared(
        terms=terms,
        roles=_laden(service, able, taken),
        closed=taken.closed,
        query=query,
        day_counts=offering.by_day(taken.starts, terms.zone),
        now=int(now.timestamp()),
        lapses_at=None if taken.lapses_at is None else int(taken.lapses_at.timestamp()),
    )


def _taken(
    session: Session, service: OnOffer, able: offering.Roles, moments: Moments, asked: Asked, now: datetime
) -> queries.Loads:
    """Return what of some time is taken, of whoever could fill a role; where nobody could it does not matter."""
    resource_ids = {each.id for _, filling in able for each in filling}
    if not moments or not resource_ids:
        return queries.Loads({}, (), (), None)
    return queries.loads(
        session,
        service.business_id,
        resource_ids,
        moments,
        shared_by=service.id if service.capacity > 1 else None,
        limited=None if service.daily_limit is None else service.id,
        now=now,
        besides=asked.besides,
    )


def _laden(service: OnOffer, able: offering.Roles, taken: queries.Loads) -> Mapping[str, Sequence[Offerable]]:
    """Return who could fill each role, with hours and what takes them."""
    hours = hours_by_resource(service.hours, service.timezone)
    return {
        role: [
            Offerable(
                each.id, each.priority, hours.get(each.id, hours[None]), taken.by_resource.get(each.id, NOTHING_TAKEN)
            )
            for each in filling
        ]
        for role, filling in able
    }


def _around(terms: Terms, query: Query) -> Moments:
    """Return the time that the answer depends on.

    That is what a footprint on these dates can meet, and all of the business's dates that share an instant with them.
    """
    spans = spans_of_days(day_number(query.from_day) - 2, day_number(query.to_day) + 2, query.zone)
    if not spans:
        return ()
    return ((spans[0][0] - terms.buffer_before, spans[-1][1] + terms.duration + terms.buffer_after),)
