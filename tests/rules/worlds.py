"""Random worlds around the days when clocks change, for properties that hold in all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from domain.availability.rules.diary import Closure, Diary, Occupied
from domain.availability.rules.model import Block, Candidate, Hours, Mode, Query, Terms
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
    "America/Havana": date(2024, 11, 3),
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


# Strategies stand here once and draw small numbers: making them anew in every world would cost ten times the test.
_quarters = st.lists(st.tuples(st.integers(0, 95), st.integers(0, 96)), max_size=2)
_long = st.tuples(st.integers(0, 40), st.integers(56, 96)).map(lambda block: [block])
_schedules = st.tuples(
    zones, _long | _quarters, _quarters | _long, st.dictionaries(st.integers(-2, 2), _quarters, max_size=2)
)
_claims = st.tuples(
    *(st.integers(-192, 288), st.integers(1, 12), st.integers(0, 2), st.integers(0, 2), st.integers(1, 2)),
    st.sampled_from([SERVICE, SERVICE, OTHER_SERVICE]),
)
_closures = st.tuples(st.integers(-96, 192), st.integers(0, 40))
_resources = st.tuples(_schedules, st.lists(_claims, max_size=6), st.lists(_closures, max_size=1), st.integers(0, 1))
_services = st.builds(
    Terms,
    service_id=st.just(SERVICE),
    duration=st.integers(1, 10).map(lambda number: number * TICK),
    interval=st.integers(1, 6).map(lambda number: number * TICK),
    zone=zones,
    buffer_before=st.integers(0, 2).map(lambda number: number * TICK),
    buffer_after=st.integers(0, 2).map(lambda number: number * TICK),
    notice=st.sampled_from([0, 0, 1, 3600, DAY]),
    window_days=st.sampled_from([0, 3, 60, 60]),
    capacity=st.sampled_from([1, 3, 5]),
    daily_limit=st.sampled_from([None, None, 2]),
)
_queries = st.tuples(st.integers(-2, 1), st.integers(0, 2), zones, st.sampled_from([1, 1, 2]), st.sampled_from(Mode))


def _blocks(quarters: list[tuple[int, int]]) -> tuple[Block, ...]:
    return tuple((start * 15, end * 15) for start, end in quarters)


def _claim(around: int, drawn: tuple[int, int, int, int, int, UUID]) -> Occupied:
    start, length, before, after, seats, service_id = drawn
    start, length = around * DAY + start * TICK, length * TICK
    return Occupied(
        start=start,
        end=start + length,
        footprint_start=start - before * TICK,
        footprint_end=start + length + after * TICK,
        seats=seats,
        service_id=service_id,
    )


def claims(around: int) -> st.SearchStrategy[Occupied]:
    """Draw a booking of ours or of another service within some days of a date."""
    return _claims.map(lambda drawn: _claim(around, drawn))


@st.composite
def _candidates(draw: st.DrawFn, around: int, number: int) -> Candidate:
    (zone, some, other, overrides), written, closures, priority = draw(_resources)
    week = (some, other, some, other, some, some, other)
    starts = [(around * DAY + start * TICK, length * TICK) for start, length in closures]
    return Candidate(
        id=UUID(int=number),
        hours=Hours(
            zone=zone,
            weekly=tuple(map(_blocks, week)),
            overrides={date_of(around + offset): _blocks(quarters) for offset, quarters in overrides.items()},
        ),
        diary=Diary(
            [_claim(around, drawn) for drawn in written],
            [Closure(start=start, end=start + length) for start, length in starts],
        ),
        priority=priority,
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a world whose query lies within some days of a change of clocks."""
    around = day_number(draw(st.sampled_from(sorted(CHANGES.values()))))
    first, days, zone, party, mode = draw(_queries)
    counts = draw(st.tuples(*[st.integers(0, 3)] * 3))
    return World(
        terms=draw(_services),
        candidates=[draw(_candidates(around, number)) for number in range(1, draw(st.integers(1, 3)) + 1)],
        query=Query(
            from_day=date_of(around + first), to_day=date_of(around + first + days), zone=zone, party=party, mode=mode
        ),
        now=around * DAY - draw(st.integers(-DAY, 5 * DAY)),
        day_counts={date_of(around + offset): count for offset, count in zip((-1, 0, 1), counts, strict=True)},
    )
