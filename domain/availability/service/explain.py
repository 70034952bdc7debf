"""Why a start is not offered: on each resource every rule that refuses it, and what stands in its way."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.availability import queries
from domain.availability.queries import Closed
from domain.availability.rules.decide import all_refusals, choose, waivers
from domain.availability.rules.diary import Occupied
from domain.availability.rules.limits import last_day
from domain.availability.rules.model import Candidate, Code, Reason, Refusal, Requirement, Terms
from domain.availability.rules.openings import openings
from domain.availability.rules.seats import footprint, load_of, seats_left, shares
from domain.availability.rules.spans import Span, intersection, overlap
from domain.availability.rules.zones import LocalStart, begin_of, date_of, local_day, spans_of_days
from domain.availability.service import offering
from domain.availability.service.slots import Asked, on_offer
from domain.catalog.queries import OnOffer

Off = defaultdict[UUID | None, list[Closed]]
"""The time off of each resource, and (None) of the whole business, as it follows on each other."""


class Why(NamedTuple):
    """A rule that refuses a start, with the bookings or the time off that it refuses it for, as they follow on each other."""

    refusal: Refusal
    bookings: Sequence[Occupied] = ()
    time_off: Sequence[Closed] = ()


class OnResource(NamedTuple):
    """What a resource has against a start; when it is *opened* on that date, and what seats are left at the start."""

    resource_id: UUID
    opened: Sequence[Span]
    remaining: int
    against: Sequence[Why]


class OnRole(NamedTuple):
    """What those have against a start who could fill a role; it can be filled if one of them has nothing."""

    role: str
    resources: Sequence[OnResource]


class Explained(NamedTuple):
    """Whether a start can be booked (no *refusal*), and what each resource has against it.

    The booking window ends with *last_date*; *booked* bookings of the service are on the start's date, if that counts.
    """

    service: OnOffer
    last_date: date
    booked: int
    starts_at: datetime
    ends_at: datetime
    refusal: Refusal | None
    roles: Sequence[OnRole]

    @property
    def booking_ids(self) -> Collection[UUID]:
        """Return all the bookings that are in the way."""
        return {each.booking_id for why in self._against for each in why.bookings if each.booking_id}

    @property
    def time_off_ids(self) -> Collection[UUID]:
        """Return all the time off that is in the way."""
        return {each.time_off_id for why in self._against for each in why.time_off}

    @property
    def _against(self) -> Iterator[Why]:
        return (why for role in self.roles for resource in role.resources for why in resource.against)


def explain(session: Session, asked: Asked, at: LocalStart | datetime, *, now: datetime) -> Explained:
    """Explain a start, as if it were asked for at *now*: the refusal is the one that a booking would get.

    Errors: NotFound for the service or a resource, ResourceNotOffered, PartyAboveCapacity, NonexistentLocalTime,
    AmbiguousLocalTime.
    """
    service = on_offer(session, asked.service_id, asked.party)
    terms = asked.terms(service)
    start = int(begin_of(at, terms.zone).timestamp())
    needs, closed = _read(session, service, terms, asked, start, now)
    day = local_day(start, terms.zone)
    by_day = offering.counted(session, terms, spans_of_days(day, day, terms.zone), besides=asked.besides, now=now)
    moment = int(now.timestamp())
    outcome = choose(terms, needs, start, party=asked.party, now=moment, day_counts=by_day, mode=asked.mode)
    refusals = partial(all_refusals, terms, start=start, party=asked.party, now=moment, day_counts=by_day)
    return Explained(
        service=service,
        last_date=date_of(last_day(terms, moment)),
        booked=by_day.get(date_of(day), 0),
        starts_at=datetime.fromtimestamp(start, terms.zone),
        ends_at=datetime.fromtimestamp(start + terms.duration, terms.zone),
        refusal=outcome if isinstance(outcome, Refusal) else None,
        roles=[
            OnRole(
                role,
                [_on_resource(terms, start, closed, each, refusals(each, waived=waived)) for each in _ranked(able)],
            )
            for (role, able), waived in zip(needs, waivers(), strict=False)
        ],
    )


def _ranked(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    return sorted(candidates, key=lambda each: (each.priority, each.id))


def _read(
    session: Session, service: OnOffer, terms: Terms, asked: Asked, start: int, now: datetime
) -> tuple[Sequence[Requirement], Off]:
    """Return who could serve, with what is written down for them around a start, and the time off among that."""
    able = offering.able(session, service, named=asked.resource_ids, before=asked.before)
    moments = (footprint(terms, start),)
    ids = {each.id for _, filling in able for each in filling}
    claims = queries.occupying_claims(session, ids, moments, now=now, besides=asked.besides) if ids else ()
    closed = queries.closures(session, service.business_id, ids, moments) if ids else ()
    off: Off = defaultdict(list)
    for each in sorted(closed, key=lambda each: each.closure.start):
        if overlap((each.closure.start, each.closure.end), moments[0]):
            off[each.resource_id].append(each)
    return offering.written_down(service, able, claims, closed), off


def _on_resource(
    terms: Terms, start: int, closed: Off, candidate: Candidate, refusals: Sequence[Refusal]
) -> OnResource:
    met = sorted(candidate.diary.claims_in(footprint(terms, start)), key=lambda each: each.start)
    off = [*closed[None], *closed[candidate.id]]
    left = 0 if off else seats_left(terms, load_of(terms, met, ()), (start,))[0]
    return OnResource(
        resource_id=candidate.id,
        opened=_opened(terms, candidate, start),
        remaining=max(0, left),  # more may be taken than there is room for by now
        against=[
            Why(
                each,
                bookings=_in_the_way(terms, met, each) if each.code is Code.SLOT_TAKEN else (),
                time_off=off if each.code is Code.TIME_OFF else (),
            )
            for each in refusals
        ],
    )


def _in_the_way(terms: Terms, met: Sequence[Occupied], refusal: Refusal) -> Sequence[Occupied]:
    """Return those of the bookings met that take the slot: who shares its seats does so only where they are too few."""
    return [each for each in met if Reason.CAPACITY in refusal.reasons or not shares(terms, each)]


def _opened(terms: Terms, candidate: Candidate, start: int) -> Sequence[Span]:
    """Return the opening time of the start's date, in the business's zone; a night's shift is cut at midnight."""
    day = local_day(start, terms.zone)
    dates = spans_of_days(day, day, terms.zone)
    return intersection(openings(candidate.hours, (dates[0][0], dates[-1][1])).stretches, dates)
