"""The few starts that are wanted first are the first and the nearest of all there are, however time is cut to pieces."""

from dataclasses import replace
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from domain.availability.rules import nearest
from domain.availability.rules.effort import Effort
from domain.availability.rules.limits import bookable
from domain.availability.rules.model import Slot
from domain.availability.rules.nearest import Search
from domain.availability.rules.slots import free_slots
from domain.availability.rules.spans import merged
from domain.availability.rules.zones import DAY
from tests.candidates import laden, slots
from tests.oracle.drawing import worlds
from tests.oracle.engine import Engine, engine
from tests.oracle.world import World

BOUNDLESS = 10**9
LONG_AGO = -(10**12)  # some worlds lie before 1970
anything = worlds()
efforts = st.sampled_from([BOUNDLESS, 1_000, 100, 10, 0])
pieces = st.sampled_from([1, 10, 100, 5_000])


def everything(told: Engine) -> list[Slot]:
    return slots(told.terms, told.requirements, told.query, now=told.now, day_counts=told.day_counts)


def search(told: Engine) -> Search:
    spans = bookable(told.terms, told.query, now=told.now, day_counts=told.day_counts)
    return Search(told.terms, laden(told.terms, told.requirements), spans, told.query)


@given(anything, st.integers(1, 12), pieces, efforts)
def test_the_first_are_the_first_of_all(world: World, count: int, piece: int, most: int) -> None:
    told = engine(world)
    everyone = everything(told)
    with patch.object(nearest, "AT_ONCE", piece), patch.object(nearest, "MOST_AT_ONCE", 4 * piece):
        found = search(told).first(count, Effort(most), least_until=LONG_AGO)
    if found.stopped_at is None:
        assert found.slots == everyone[:count]
    else:
        assert found.slots == [slot for slot in everyone if slot.start < found.stopped_at]
        assert len(found.slots) < count
        assert most < BOUNDLESS


@given(anything, st.integers(-3 * DAY, 12 * DAY), st.integers(1, 12))
def test_the_nearest_are_the_nearest_of_all(world: World, ahead: int, count: int) -> None:
    told = engine(world)
    at = world.now + ahead
    first_to_last = search(told).spans
    center = min(max(at, first_to_last[0][0]), first_to_last[-1][1]) if first_to_last else at
    around = [slot for slot in everything(told) if -nearest.RINGS[-1] <= slot.start - center < nearest.RINGS[-1]]
    wanted = sorted(around, key=lambda slot: (abs(slot.start - center), slot.start))[:count]
    assert list(search(told).nearest(at, count, Effort(BOUNDLESS))) == wanted


@given(anything, st.integers(0, 10 * DAY), st.sampled_from([300, 30, 3]))
def test_with_little_effort_the_nearest_are_some_of_the_nearest(world: World, ahead: int, most: int) -> None:
    told = engine(world)
    found = search(told).nearest(world.now + ahead, 5, Effort(most))
    assert list(found) == list(search(told).nearest(world.now + ahead, 5, Effort(BOUNDLESS)))[: len(found)]


@given(anything)
def test_nothing_is_left_out_that_could_be_booked(world: World) -> None:
    told = engine(world)
    spans = search(told).spans
    assert all(any(begin <= slot.start < end for begin, end in spans) for slot in everything(told))


@given(anything)
def test_what_closes_all_at_once_need_not_be_told_of_each(world: World) -> None:
    of_all = [each for each in world.closures if each.resource is None]
    told = engine(replace(world, closures=tuple(each for each in world.closures if each.resource is not None)))
    found = free_slots(
        told.terms,
        laden(told.terms, told.requirements),
        told.query,
        now=told.now,
        day_counts=told.day_counts,
        closed=merged((each.start, each.end) for each in of_all),
    )
    assert found == everything(engine(world))
