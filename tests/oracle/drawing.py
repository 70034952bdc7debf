"""Worlds drawn around the places where clocks change, so that each rule has something to do in many of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from hypothesis import strategies as st

from tests.oracle import numbers
from tests.oracle.clocks import DAY, jumps, minute_of, number_of, reading
from tests.oracle.places import PLACES, Place
from tests.oracle.world import Blocks, Booking, Closure, Question, Resource, Schedule, Service, World

MINUTE = 60
QUARTER = 15 * MINUTE
HALF_MINUTE = 30
FORMER = 99
"""A resource that offers the service no more: its bookings count for the limit all the same."""
EDGES = (-60, -30, -15, -1, 0, 1, 15, 30, 60)


@st.composite
def worlds(draw: st.DrawFn, places: Sequence[Place] = PLACES) -> World:
    """Draw a world whose question lies within some days of a change of clocks."""
    place = draw(st.sampled_from(places))
    schedules = _twins(draw(numbers.twins), [_schedule(place, each) for each in draw(numbers.schedules)])
    roles = _roles(*draw(numbers.roles), schedules=len(schedules))
    service = _service(place, draw(numbers.services))
    now = _now(place, service, schedules[0], draw(numbers.nows))
    return World(
        service=service,
        schedules=schedules,
        roles=roles,
        bookings=tuple(
            _booking(place, roles, now, number, drawn) for number, drawn in enumerate(draw(numbers.bookings), 1)
        ),
        closures=tuple(_closure(place, roles, drawn) for drawn in draw(numbers.closures)),
        now=now,
        question=_question(place, draw(numbers.questions)),
    )


@lru_cache
def noon_of(place: Place) -> int:
    """Return the instant of noon at a place, or of what noon became where that date was skipped."""
    return minute_of(place.zone, number_of(place.day) * DAY + DAY // 2) * MINUTE


@lru_cache
def edges_of(place: Place) -> tuple[int, ...]:
    """Return the times of day between which clocks jump around a place's date; midnight if they do not."""
    noon = noon_of(place) // MINUTE
    found = [minute for minute, _ in jumps(place.zone, range(noon - DAY, noon + DAY))]
    times = {
        time % DAY for minute in found for time in (reading(place.zone, minute - 1) + 1, reading(place.zone, minute))
    }
    return tuple(sorted(times)) or (0,)


def _schedule(place: Place, drawn: numbers.Schedule) -> Schedule:
    zone, some, other, overrides = drawn
    week = (some, other, some, other, some, some, other)
    return Schedule(
        zone=zone or place.zone,
        week=tuple(_blocks(place, blocks) for blocks in week),
        overrides={place.day + timedelta(days=days): _blocks(place, blocks) for days, blocks in overrides.items()},
    )


def _twins(twin: int, schedules: Sequence[Schedule]) -> tuple[Schedule, ...]:
    """Add one that differs from the first in as little as can be: in its zone, or in an override's hours."""
    first = schedules[0]
    if twin == 1:
        return (*schedules, replace(first, zone="UTC"))
    if twin == 2 and first.overrides:
        day = min(first.overrides)
        return (*schedules, replace(first, overrides={**first.overrides, day: ((600, 900),)}))
    return tuple(schedules)


def _blocks(place: Place, drawn: numbers.Blocks) -> Blocks:
    return tuple((min(_time(place, *start), DAY - 1), _time(place, *end)) for start, end in drawn)


def _time(place: Place, quarters: int, twist: int) -> int:
    """Return a time of day: mostly a quarter of an hour, or one near the edges of a jump."""
    edges = edges_of(place)
    twisted = {
        1: edges[quarters % len(edges)] + EDGES[quarters % len(EDGES)],
        2: edges[quarters % len(edges)],
        3: quarters * 15 + 1,
        4: quarters * 15 - 1,
        5: edges[0] + quarters * 15,
        6: edges[-1] + (quarters - 1) * 15,
    }
    time = twisted.get(twist, quarters * 15)
    return time if time == DAY else time % DAY


def _roles(
    sizes: Sequence[int], kept: Sequence[tuple[int, int]], falling: int, *, schedules: int
) -> tuple[tuple[Resource, ...], ...]:
    total = sum(sizes)
    numbered = range(total, 0, -1) if falling else range(1, total + 1)
    everybody = iter(
        Resource(number=number, schedule=schedule % schedules, priority=priority)
        for number, (schedule, priority) in zip(numbered, kept, strict=False)
    )
    return tuple(tuple(next(everybody) for _ in range(size)) for size in sizes)


def _now(place: Place, service: Service, schedule: Schedule, drawn: numbers.Now) -> int:
    days, quarters, seconds = drawn
    if days is not None:
        return noon_of(place) + (days + quarters) * QUARTER + seconds
    blocks = schedule.overrides.get(place.day, schedule.week[place.day.weekday()])
    opens = blocks[0][0] if blocks else 0
    first = minute_of(schedule.zone, number_of(place.day) * DAY + opens) * MINUTE
    return first + quarters % 8 * service.interval * MINUTE - service.notice + seconds


def _service(place: Place, drawn: numbers.Service) -> Service:
    zone, minutes, interval, (before, after), notice, held, window, capacity, daily_limit = drawn
    return Service(
        zone=zone or place.zone,
        minutes=minutes,
        interval=interval or minutes,
        minutes_before=before,
        minutes_after=after,
        notice=notice,
        held=held,
        window=window,
        capacity=capacity,
        daily_limit=daily_limit,
    )


def _span(place: Place, drawn: numbers.Span) -> tuple[int, int]:
    start, length, odd = drawn
    at = noon_of(place) + start * QUARTER + odd * HALF_MINUTE
    return at, at + length * QUARTER


def _booking(
    place: Place, roles: Sequence[Sequence[Resource]], now: int, number: int, drawn: numbers.Booking
) -> Booking:
    span, (before, after), seats, service, whose, lapses = drawn
    start, end = _span(place, span)
    return Booking(
        number=number,
        resources=_occupied(roles, whose),
        start=start,
        end=end,
        minutes_before=before,
        minutes_after=after,
        seats=seats,
        service=service,
        expires_at=None if lapses is None else now + lapses,
    )


def _occupied(roles: Sequence[Sequence[Resource]], whose: int) -> tuple[int, ...]:
    """Choose whom a booking occupies: one for each role, or just one, or one that is not asked about."""
    if whose == 9:
        return (FORMER,)
    if whose % 2:
        return tuple(role[whose % len(role)].number for role in roles if role)
    everybody = [each.number for role in roles for each in role]
    return (everybody[whose % len(everybody)],)


def _closure(place: Place, roles: Sequence[Sequence[Resource]], drawn: numbers.Closure) -> Closure:
    span, whose, longer = drawn
    start, end = _span(place, span)
    everybody = [None, *(each.number for role in roles for each in role)]
    return Closure(
        resource=everybody[whose % len(everybody)],
        start=start + min(longer, 0) * QUARTER,
        end=end + max(longer, 0) * QUARTER,
    )


def _question(place: Place, drawn: numbers.Question) -> Question:
    (days, length), viewer, party, together, named, waived = drawn
    first: date = place.day + timedelta(days=days)
    return Question(
        first=first,
        last=first + timedelta(days=length - 1),
        viewer=viewer or place.zone,
        party=party,
        together=together,
        named=named,
        waived=waived,
    )
