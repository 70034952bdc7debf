"""The engine's answers to an oracle's world: the same case in the engine's nouns, and its answers as plain data."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.availability.rules.decide import all_refusals, choose, narrowed
from domain.availability.rules.diary import Closure, Diary, Occupied
from domain.availability.rules.model import OVERRIDES, Candidate, Code, Hours, Mode, Query, Refusal, Requirement, Terms
from domain.availability.rules.zones import date_of, local_day
from tests.candidates import slots
from tests.oracle.oracle import Offer, Refused
from tests.oracle.world import OURS, Booking, Resource, Schedule, World

SERVICES = {OURS: UUID(int=1)}
ANOTHER = UUID(int=2)
MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class Engine:
    """All that the engine is told of one world."""

    terms: Terms
    requirements: Sequence[Requirement]
    query: Query
    now: int
    day_counts: Counter[date]
    waived: frozenset[Code]

    def slots(self) -> list[Offer]:
        """List the slots."""
        found = slots(self.terms, self.requirements, self.query, now=self.now, day_counts=self.day_counts)
        return [
            (slot.start, slot.end, slot.remaining, tuple(tuple(each.int for each in able) for able in slot.resources))
            for slot in found
        ]

    def asked(self) -> list[list[int]]:
        """Return the numbers of those who could fill each role, for what is asked."""
        return [[each.id.int for each in requirement.candidates] for requirement in self.requirements]

    def refusals(self, number: int, start: int) -> list[Refused]:
        """List every rule that refuses a start on one of the resources."""
        everybody = (each for requirement in self.requirements for each in requirement.candidates)
        (candidate,) = (each for each in everybody if each.id.int == number)
        party, counts = self.query.party, self.day_counts
        found = all_refusals(self.terms, candidate, start, party=party, now=self.now, day_counts=counts)
        return [told(each) for each in found]

    def choice(self, start: int) -> tuple[int, ...] | Refused:
        """Return who gets a booking, or why nobody does."""
        found = choose(
            self.terms,
            self.requirements,
            start,
            party=self.query.party,
            now=self.now,
            day_counts=self.day_counts,
            mode=self.query.mode,
            waived=self.waived,
        )
        return told(found) if isinstance(found, Refusal) else tuple(each.id.int for each in found)


def engine(world: World) -> Engine:
    """Tell the engine of a world; of its bookings those that occupy, as `queries.occupying_claims` would."""
    terms = terms_of(world)
    occupying = [each for each in world.bookings if each.expires_at is None or each.expires_at > world.now]
    question = world.question
    roles = [
        (str(place), tuple(candidate(world, each, occupying, terms.zone) for each in role))
        for place, role in enumerate(world.roles)
    ]
    return Engine(
        terms=terms,
        requirements=[Requirement(*role) for role in narrowed(roles, [UUID(int=each) for each in question.named])],
        query=Query(
            from_day=question.first,
            to_day=question.last,
            zone=ZoneInfo(question.viewer),
            party=question.party,
            mode=Mode.ALL if question.together else Mode.ANY,
        ),
        now=world.now,
        day_counts=counted(occupying, terms.zone),
        waived=frozenset[Code]().union(*(OVERRIDES[name] for name in question.waived)),
    )


def terms_of(world: World) -> Terms:
    """Return how the service is booked."""
    service = world.service
    return Terms(
        service_id=SERVICES[OURS],
        duration=service.minutes * MINUTE,
        interval=service.interval * MINUTE,
        zone=ZoneInfo(service.zone),
        buffer_before=service.minutes_before * MINUTE,
        buffer_after=service.minutes_after * MINUTE,
        notice=service.notice,
        ahead=int(service.held),
        window_days=service.window,
        capacity=service.capacity,
        daily_limit=service.daily_limit,
    )


def candidate(world: World, resource: Resource, occupying: Sequence[Booking], zone: ZoneInfo) -> Candidate:
    """Return a resource with its hours and its diary."""
    claims = [claim(each) for each in occupying if resource.number in each.resources]
    closures = [each for each in world.closures if each.resource in (resource.number, None)]
    return Candidate(
        id=UUID(int=resource.number),
        hours=hours(world.schedules[resource.schedule]),
        diary=Diary(claims, [Closure(start=each.start, end=each.end) for each in closures]),
        priority=resource.priority,
        booked_by_day=Counter(date_of(local_day(each.start, zone)) for each in claims),
    )


def hours(schedule: Schedule) -> Hours:
    """Return a schedule."""
    return Hours(zone=ZoneInfo(schedule.zone), weekly=schedule.week, overrides=schedule.overrides)


def claim(booking: Booking) -> Occupied:
    """Return what a booking occupies on each of its resources."""
    return Occupied(
        start=booking.start,
        end=booking.end,
        footprint_start=booking.start - booking.minutes_before * MINUTE,
        footprint_end=booking.end + booking.minutes_after * MINUTE,
        seats=booking.seats,
        service_id=SERVICES.get(booking.service, ANOTHER),
        booking_id=UUID(int=booking.number),
    )


def counted(occupying: Sequence[Booking], zone: ZoneInfo) -> Counter[date]:
    """Count the service's bookings by the business's date, as `service.offering.booked` does."""
    return Counter(date_of(local_day(each.start, zone)) for each in occupying if each.service == OURS)


def told(refusal: Refusal) -> Refused:
    """Return a refusal as the oracle writes it."""
    return str(refusal.code), tuple(map(str, refusal.reasons))
