"""What holds in every world: one rulebook, days that add up, and seats that are counted right."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.availability.rules.decide import all_refusals, choose, refusal
from domain.availability.rules.diary import Occupied
from domain.availability.rules.model import Candidate, Code, Mode, Refusal, Slot
from domain.availability.rules.zones import DAY, day_number
from tests.candidates import slots
from tests.rules.builders import anybody
from tests.rules.worlds import TICK, World, claims, worlds


def offered(world: World) -> list[Slot]:
    return slots(world.terms, anybody(*world.candidates), world.query, now=world.now, day_counts=world.day_counts)


def probes(world: World) -> list[int]:
    """List every instant of the query at which a start could lie, by the clocks of the viewer."""
    first, last = day_number(world.query.from_day) - 1, day_number(world.query.to_day) + 2
    return [
        moment
        for moment in range(first * DAY, last * DAY, TICK)
        if world.query.from_day <= datetime.fromtimestamp(moment, world.query.zone).date() <= world.query.to_day
    ]


def refused(world: World, candidate: Candidate, start: int) -> Refusal | None:
    party = world.query.party
    return refusal(world.terms, candidate, start, party=party, now=world.now, day_counts=world.day_counts)


@given(worlds())
def test_a_start_is_offered_on_a_resource_exactly_when_it_is_not_refused(world: World) -> None:
    for candidate in world.candidates:
        alone = replace(world, candidates=[candidate])
        free = [start for start in probes(world) if refused(world, candidate, start) is None]
        assert [slot.start for slot in offered(alone)] == free


@given(worlds())
def test_a_slot_is_offered_exactly_when_somebody_can_be_chosen(world: World) -> None:
    found = {slot.start: slot for slot in offered(world)}
    for start in probes(world):
        chosen = choose(
            world.terms,
            anybody(*world.candidates),
            start,
            party=world.query.party,
            now=world.now,
            day_counts=world.day_counts,
            mode=world.query.mode,
        )
        assert (start in found) is not isinstance(chosen, Refusal)
        if not isinstance(chosen, Refusal):
            assert {candidate.id for candidate in chosen} <= set(found[start].resources[0])


@given(worlds())
def test_the_first_of_all_refusals_is_the_refusal(world: World) -> None:
    for start in probes(world)[::7]:
        candidate = world.candidates[0]
        told = all_refusals(
            world.terms, candidate, start, party=world.query.party, now=world.now, day_counts=world.day_counts
        )
        assert refused(world, candidate, start) == (told[0] if told else None)
        assert [each.code for each in told] == [code for code in Code if code in {each.code for each in told}]


@given(worlds())
def test_a_range_is_the_sum_of_its_days(world: World) -> None:
    days = (world.query.to_day - world.query.from_day).days + 1
    apart = [world.query.from_day + timedelta(days=number) for number in range(days)]
    pieces = [offered(replace(world, query=replace(world.query, from_day=day, to_day=day))) for day in apart]
    assert sorted(slot for piece in pieces for slot in piece) == offered(world)


@given(worlds(), st.data())
def test_one_more_booking_never_adds_a_slot(world: World, data: st.DataObject) -> None:
    before = {slot.start: slot for slot in offered(world)}
    claim = data.draw(claims(day_number(world.query.from_day)))
    world.candidates[0].diary.add(claim)
    for slot in offered(world):
        assert slot.start in before
        assert slot.remaining <= before[slot.start].remaining
        assert set(slot.resources[0]) <= set(before[slot.start].resources[0])


@given(worlds())
def test_what_remains_is_the_count_of_every_instant(world: World) -> None:
    for slot in offered(world):
        left = {candidate.id: counted(world, candidate, slot.start) for candidate in world.candidates}
        best = min if world.query.mode is Mode.ALL else max
        assert slot.remaining == best(left.values())
        assert slot.end == slot.start + world.terms.duration
        open_to_us = {candidate.id for candidate in world.candidates if refused(world, candidate, slot.start) is None}
        assert set(slot.resources[0]) == open_to_us


def counted(world: World, candidate: Candidate, start: int) -> int:
    """Count the seats left tick by tick; a resource that is refused for another cause has none."""
    if refused(world, candidate, start) is not None:
        return 0
    terms = world.terms
    footprint = range(start - terms.buffer_before, start + terms.duration + terms.buffer_after, TICK)
    return min(terms.capacity - sum(seats(claim, at) for claim in candidate.diary.claims()) for at in footprint)


def seats(claim: Occupied, at: int) -> int:
    return claim.seats if claim.footprint_start <= at < claim.footprint_end else 0
