"""Random worlds around the days when clocks change, for properties that hold in all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from domain.availability.rules.diary import Closure, Diary, Occupied
from domain.availability.rules.model import Candidate, Hours, Mode, Query, Terms
from domain.availability.rules.zones import DAY, date_of, day_number
from tests.rules.builders import OTHER_SERVICE, SERVICE

TICK = 15 * 60  # every length, offset and edge below is a multiple of it, so that no start hides between two
CHANGES = {
    "UTC": date(2026, 3, 1),
    "Europe/Berlin": date(2026, 3, 29),
    "Europe/Dublin": date(2026, 10, 25),
    "America/New_York": date(2026, 11, 1),
    "Australia/Lord_Howe": date(2026, 4, 5),
    "Africa/Casablanca": date(2026, 3, 22),
    "America/Sao_Paulo": date(2018, 11, 4),
    "America/Havana": date(2026, 11, 1),
    "America/St_Johns": date(2006, 10, 29),
    "Pacific/Apia": date(2011, 12, 30),
    "Asia/Kathmandu": date(1986, 1, 1),
}
zones = st.sampled_from(sorted(CHANGES)).map(ZoneInfo)


@dataclass(frozen=True, kw_only=True)
class World:
    """All that an answer depends on."""

    terms: Terms
    candidates: list[Candidate]
    query: Query
    now: int
    day_counts: Mapping[date, int]


def ticks(low: int, high: int) -> st.SearchStrategy[int]:
    """Draw a length in seconds."""
    return st.integers(low, high).map(lambda number: number * TICK)


def _blocks(most: int) -> st.SearchStrategy[tuple[tuple[int, int], ...]]:
    start = st.integers(0, 95).map(lambda quarter: quarter * 15)
    end = st.integers(0, 96).map(lambda quarter: quarter * 15)
    return st.lists(st.tuples(start, end), max_size=most).map(tuple)


@st.composite
def _hours(draw: st.DrawFn, around: int) -> Hours:
    named = st.integers(around - 2, around + 2).map(date_of)
    return Hours(
        zone=draw(zones),
        weekly=tuple(draw(st.lists(_blocks(2), min_size=7, max_size=7))),
        overrides=draw(st.dictionaries(named, _blocks(2), max_size=2)),
    )


@st.composite
def claims(draw: st.DrawFn, around: int) -> Occupied:
    """Draw a booking of ours or of another service within some days of a date."""
    start = around * DAY + draw(ticks(-192, 288))
    end = start + draw(ticks(1, 12))
    return Occupied(
        start=start,
        end=end,
        footprint_start=start - draw(ticks(0, 2)),
        footprint_end=end + draw(ticks(0, 2)),
        seats=draw(st.integers(1, 3)),
        service_id=draw(st.sampled_from([SERVICE, SERVICE, SERVICE, OTHER_SERVICE])),
    )


@st.composite
def _closures(draw: st.DrawFn, around: int) -> Closure:
    start = around * DAY + draw(ticks(-192, 192))
    return Closure(start=start, end=start + draw(ticks(0, 96)))


@st.composite
def _candidates(draw: st.DrawFn, around: int, number: int) -> Candidate:
    return Candidate(
        id=UUID(int=number),
        hours=draw(_hours(around)),
        diary=Diary(draw(st.lists(claims(around), max_size=8)), draw(st.lists(_closures(around), max_size=2))),
        priority=draw(st.integers(0, 1)),
    )


@st.composite
def _terms(draw: st.DrawFn) -> Terms:
    return Terms(
        service_id=SERVICE,
        duration=draw(ticks(1, 16)),
        interval=draw(ticks(1, 8)),
        zone=draw(zones),
        buffer_before=draw(ticks(0, 2)),
        buffer_after=draw(ticks(0, 2)),
        notice=draw(st.integers(0, 2 * DAY)),
        window_days=draw(st.integers(0, 4)),
        capacity=draw(st.sampled_from([1, 1, 3, 5])),
        daily_limit=draw(st.none() | st.integers(1, 2)),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a world whose query lies within two days of a change of clocks."""
    around = day_number(draw(st.sampled_from(sorted(CHANGES.values()))))
    first = date_of(around + draw(st.integers(-2, 1)))
    count = draw(st.integers(1, 3))
    return World(
        terms=draw(_terms()),
        candidates=[draw(_candidates(around, number)) for number in range(1, count + 1)],
        query=Query(
            from_day=first,
            to_day=first + timedelta(days=draw(st.integers(0, 2))),
            zone=draw(zones),
            party=draw(st.integers(1, 3)),
            mode=draw(st.sampled_from(Mode)),
        ),
        now=around * DAY + draw(st.integers(-3 * DAY, DAY)),
        day_counts={date_of(around + offset): draw(st.integers(0, 3)) for offset in (-1, 0, 1)},
    )
