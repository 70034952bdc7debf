"""The numbers that worlds are made of: small, so that they are drawn fast and shrink well.

Strategies stand here once; making them anew in every world would cost ten times the test.
"""

from typing import TypeVar

from hypothesis import strategies as st

from tests.oracle.places import AFAR
from tests.oracle.world import OURS

Time = tuple[int, int]
"""Quarters of an hour after midnight, and a twist, which puts it near a change of clocks or a minute off."""
Blocks = list[tuple[Time, Time]]
Schedule = tuple[str | None, Blocks, Blocks, dict[int, Blocks]]
"""Zone (None: the place's), the hours of some weekdays and of the others, and those of days from the place's date."""
Span = tuple[int, int, int]
"""Start in quarters from noon, length in quarters, and half minutes by which the start is off."""
Booking = tuple[Span, tuple[int, int], int, str, int, int | None]
"""Span, buffers, seats, service, whose resource, and when its hold ends, counted from now."""
Closure = tuple[Span, int, int]
"""Span, whose resource, and quarters by which it is longer, or begins sooner."""
Service = tuple[str | None, int, int | None, tuple[int, int], int, bool, int, int, int | None]
"""Zone, minutes, interval, buffers, notice in seconds, whether held, window, capacity, limit."""
Question = tuple[tuple[int, int], str | None, int, bool, tuple[int, ...], tuple[str, ...]]
"""First date from the place's and how many, viewer's zone, party, whether together, who is named, what is waived."""
Roles = tuple[tuple[int, ...], list[tuple[int, int]], int]
"""How many fill each role; a schedule and a priority for each of them; whether (1) those listed first have higher ids."""
Now = tuple[int | None, int, int]
"""Quarters from noon, twice, and seconds; None makes it the time at which a start is about to be too late."""

T = TypeVar("T")


def often(usual: T, *rare: T, times: int = 3) -> st.SearchStrategy[T]:
    """Draw mostly the usual."""
    return st.sampled_from([*[usual] * times, *rare])


def _one(start: int, end: int) -> Blocks:
    return [((start, 0), (end, 0))]


def _two(start: int, middle: int, end: int, overlap: int) -> Blocks:
    return [((start, 0), (middle + overlap, 0)), ((middle, 0), (end, 0))]


def _until(start: int, twist: int) -> Blocks:
    return [((start, 0), (96, twist))]


def _within(start: int, end: int) -> Blocks:
    return [((start, 5), (end, 6))]


_zones = st.sampled_from([*[None] * 12, *AFAR])
_rarely = st.sampled_from([False, False, False, True])
_viewers = st.sampled_from([*[None] * 5, *AFAR])
_times = st.tuples(st.integers(0, 96), st.integers(0, 8))
_blocks = st.lists(st.tuples(_times, _times), max_size=3)
_long = st.builds(_one, st.integers(0, 40), st.integers(56, 96))
_late = st.builds(_until, st.integers(64, 92), st.sampled_from([0, 4]))
_pair = st.builds(_two, st.integers(20, 40), st.integers(41, 60), st.integers(64, 96), st.integers(0, 3))
_near = st.lists(st.tuples(*[st.tuples(st.integers(0, 17), st.just(1))] * 2), min_size=1, max_size=2)
_gone = st.builds(_within, st.integers(0, 3), st.integers(0, 3))
_night = st.builds(_one, st.integers(68, 95), st.integers(0, 40))
_weekday = st.one_of(_blocks, _near, _gone, _long, _pair, _night, _late, st.just(_one(0, 96)))
_overrides = st.dictionaries(
    st.sampled_from([0, 0, 0, -1, 1, -2, 2]),
    st.one_of(st.just([]), _blocks, _near, _gone, _night, _long, _pair),
    max_size=2,
)
_spans = st.tuples(st.integers(-110, 240), st.integers(1, 14), often(0, 1, -1, 10, -10, times=6))
_zero_to_hour = st.sampled_from([0, 0, 0, 0, 1, 5, 15, 15, 30, 60])

schedules = st.lists(st.tuples(_zones, _weekday, _weekday, _overrides), min_size=1, max_size=2)
twins = st.integers(0, 5)
roles = st.tuples(
    st.sampled_from(
        [(1,), (1,), (2,), (2,), (3,), (1, 1), (1, 1), (2, 1), (1, 2), (2, 2), (3,), (2,), (1, 1, 1), (1, 0)]
    ),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1)), min_size=4, max_size=4),
    st.integers(0, 1),
)
services = st.tuples(
    _zones,
    st.sampled_from([15, 20, 30, 30, 45, 60, 60, 75, 90, 120, 240, 480, 1500]),
    st.sampled_from([None, 10, 15, 20, 25, 30, 30, 45, 60, 75, 90, 240]),
    st.tuples(_zero_to_hour, _zero_to_hour),
    often(0, 1, 900, 3600, 5400, 86_400, times=6),
    _rarely,
    often(60, 0, 1, 2, 3, 5, times=10),
    st.sampled_from([1, 1, 2, 3, 5]),
    often(None, 1, 2, 3),
)
bookings = st.lists(
    st.tuples(
        _spans,
        st.tuples(_zero_to_hour, _zero_to_hour),
        st.sampled_from([1, 1, 1, 2, 3]),
        often(OURS, "theirs"),
        st.integers(0, 9),
        often(None, -1, 0, 1, 600, times=5),
    ),
    max_size=8,
)
closures = st.lists(st.tuples(_spans, st.integers(0, 5), often(0, 9_000, -9_000, times=9)), max_size=2)
questions = st.tuples(
    st.sampled_from([(0, 1), (-1, 2), (-1, 2), (-1, 3), (-1, 3), (0, 2), (0, 1), (-1, 1), (1, 1), (0, 3), (-2, 4)]),
    _viewers,
    often(1, 2, 3, times=8),
    _rarely,
    often((), (1,), (2,), (1, 2), (1, 98), (98,), times=25),
    often((), ("notice",), ("window",), ("hours",), ("notice", "window", "hours"), times=2),
)
nows = st.tuples(st.sampled_from([-400, -200, -100, 0, None, None]), st.integers(-60, 60), often(0, 1, -1, 30, times=8))
