"""How two answers of the engine hang together when one thing is changed, whatever the right answer is."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.oracle.asking import answers, some_probes
from tests.oracle.changing import (
    asked,
    blocks_split,
    halves,
    in_zone,
    offers,
    served,
    starts,
    turned_round,
    weeks_later,
    with_role,
    without,
)
from tests.oracle.drawing import worlds
from tests.oracle.engine import claim, engine
from tests.oracle.oracle import Offer
from tests.oracle.world import Schedule, World

ALWAYS = Schedule(zone="UTC", week=(((0, 1440),),) * 7)
EVERYBODY = 4  # as many as a world has at most
anything = worlds()
unnamed = worlds().map(lambda world: asked(world, named=()))


def same_answers(one: World, other: World) -> None:
    probes = some_probes(one, offers(one))
    assert answers(engine(other), probes)._replace(asked=[]) == answers(engine(one), probes)._replace(asked=[])


def never_more(less: World, more: World) -> None:
    """Every offer of *less* is one of *more*, where no fewer remain and nobody is missing."""
    all_of_more = {offer[0]: offer for offer in offers(more)}
    for start, end, remaining, able in offers(less):
        _, other_end, most, others = all_of_more[start]
        assert (end, max(remaining, most)) == (other_end, most)
        assert all(set(mine) <= set(theirs) for mine, theirs in zip(able, others, strict=True))


def seen_on(offer: Offer, zone: str) -> date:
    return datetime.fromtimestamp(offer[0], ZoneInfo(zone)).date()


@given(anything, st.integers(0, 7))
def test_more_busy_never_adds_a_slot(world: World, kept: int) -> None:
    never_more(world, replace(world, bookings=world.bookings[:kept]))


@given(anything)
def test_more_time_off_never_adds_a_slot(world: World) -> None:
    never_more(world, replace(world, closures=world.closures[1:]))


@given(anything)
def test_cancelling_restores_exactly_the_old_answer(world: World) -> None:
    assume(world.bookings)
    before = replace(world, bookings=world.bookings[1:])
    told = engine(before)
    probes = some_probes(world, told.slots())
    old = answers(told, probes)
    diaries = [each.diary for requirement in told.requirements for each in requirement.candidates]
    for diary in diaries:
        diary.add(claim(world.bookings[0]))
    for diary in diaries:
        diary.remove(UUID(int=world.bookings[0].number))
    assert answers(told, probes) == old


@given(anything)
def test_a_range_is_the_sum_of_its_days(world: World) -> None:
    first, last = world.question.first, world.question.last
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    assert sorted(offer for day in days for offer in offers(asked(world, first=day, last=day))) == offers(world)


@given(anything, st.sampled_from(["UTC", "Pacific/Kiritimati", "Pacific/Niue", "America/St_Johns", "Pacific/Apia"]))
def test_the_instants_do_not_depend_on_the_viewer_s_zone(world: World, elsewhere: str) -> None:
    question = world.question
    first, last = question.first - timedelta(days=2), question.last + timedelta(days=2)
    around = offers(asked(world, viewer=elsewhere, first=first, last=last))
    inside = [offer for offer in around if question.first <= seen_on(offer, question.viewer) <= question.last]
    assert inside == offers(world)


@given(unnamed, st.integers(1, EVERYBODY))
def test_without_a_resource_any_has_never_more_and_all_never_less(world: World, number: int) -> None:
    fewer = without(world, number)
    never_more(asked(fewer, together=False), asked(world, together=False))
    if all(fewer.roles):
        assert starts(asked(world, together=True)) <= starts(asked(fewer, together=True))


@given(unnamed)
def test_all_together_are_never_free_where_not_any_is(world: World) -> None:
    assert starts(asked(world, together=True)) <= starts(asked(world, together=False))


@given(anything, st.sampled_from(["UTC", "Asia/Kolkata", "Etc/GMT-14", "Etc/GMT+12"]), st.integers(-60, 600))
def test_without_changes_of_clocks_every_week_is_alike(world: World, zone: str, weeks: int) -> None:
    here = in_zone(world, zone)
    by = weeks * 7 * 86_400
    moved = [(start + by, end + by, *rest) for start, end, *rest in offers(here)]
    assert offers(weeks_later(here, weeks)) == moved


@given(anything, st.integers(1, 3))
def test_a_larger_party_never_adds_a_slot(world: World, more: int) -> None:
    never_more(asked(world, party=world.question.party + more), world)


@given(anything, st.sampled_from([1, 60, 3600, 86_400]))
def test_more_notice_never_adds_a_slot(world: World, more: int) -> None:
    never_more(served(world, notice=world.service.notice + more), world)


@given(anything, st.integers(1, 4))
def test_a_longer_window_never_removes_a_slot(world: World, more: int) -> None:
    never_more(world, served(world, window=world.service.window + more))


@given(anything)
def test_a_higher_limit_never_removes_a_slot_and_none_is_the_highest(world: World) -> None:
    limited = served(world, daily_limit=2)
    never_more(limited, served(world, daily_limit=3))
    never_more(limited, served(world, daily_limit=None))


@pytest.mark.parametrize("length", ["minutes", "minutes_before", "minutes_after"])
@given(world=anything, more=st.integers(1, 60))
def test_a_longer_footprint_never_adds_a_slot(length: str, world: World, more: int) -> None:
    longer = served(world, **{length: getattr(world.service, length) + more})
    assert starts(longer) <= starts(world)


@given(anything)
def test_half_the_interval_never_removes_a_slot(world: World) -> None:
    twice = served(world, interval=world.service.interval * 2)
    never_more(twice, world)


@given(anything)
def test_a_busy_span_in_two_halves_is_the_same(world: World) -> None:
    plain = served(world, daily_limit=None)
    whole = [replace(each, minutes_before=0, minutes_after=0) for each in world.bookings]
    split = replace(
        plain,
        bookings=tuple(half for each in whole for half in halves(each)),
        closures=tuple(half for each in world.closures for half in halves(each)),
    )
    assert offers(split) == offers(replace(plain, bookings=tuple(whole)))


@given(anything)
def test_opening_hours_in_two_halves_are_the_same(world: World) -> None:
    same_answers(world, blocks_split(world))


@given(anything)
def test_the_order_of_the_input_changes_nothing(world: World) -> None:
    same_answers(world, turned_round(world))


@given(anything, st.integers(2, 4))
def test_when_every_seat_is_several_so_is_what_remains(world: World, times: int) -> None:
    wide = replace(world, bookings=tuple(replace(each, seats=each.seats * times) for each in world.bookings))
    wide = asked(served(wide, capacity=world.service.capacity * times), party=world.question.party * times)
    assert offers(wide) == [(start, end, left * times, able) for start, end, left, able in offers(world)]


@given(unnamed)
def test_one_more_role_never_adds_a_slot(world: World) -> None:
    assert starts(with_role(world)) <= starts(world)


@given(unnamed)
def test_a_role_that_is_always_open_and_free_changes_nothing_but_the_resources(world: World) -> None:
    own = replace(world, closures=tuple(each for each in world.closures if each.resource is not None))
    found = offers(with_role(own, ALWAYS))
    assert [(*offer[:3], offer[3][:-1]) for offer in found] == offers(own)
    assert {offer[3][-1] for offer in found} <= {(50,)}


@given(unnamed)
def test_the_order_of_the_roles_that_follow_changes_nothing_but_the_resources(world: World) -> None:
    more = with_role(world)
    first, *others = more.roles
    turned = replace(more, roles=(first, *others[::-1]))
    swapped = [(*offer[:3], (offer[3][0], *offer[3][:0:-1])) for offer in offers(turned)]
    assert swapped == offers(more)


@given(anything)
def test_a_hold_that_lapsed_is_as_none(world: World) -> None:
    live = [each for each in world.bookings if each.expires_at is None or each.expires_at > world.now]
    same_answers(world, replace(world, bookings=tuple(live)))


@given(anything)
def test_later_the_same_day_nothing_is_added(world: World) -> None:
    later = replace(world, now=world.now + 3600)
    zone = ZoneInfo(world.service.zone)
    assume(len({datetime.fromtimestamp(each.now, zone).date() for each in (world, later)}) == 1)
    holds = [replace(each, expires_at=None) for each in world.bookings]
    never_more(replace(later, bookings=tuple(holds)), replace(world, bookings=tuple(holds)))


@given(anything)
def test_what_is_offered_is_granted_to_one_of_those_named_in_the_offer(world: World) -> None:
    told = engine(asked(world, waived=()))
    for start, _, _, able in told.slots():
        chosen = told.choice(start)
        everybody = {number for role in able for number in role}
        assert set(chosen) <= everybody
        assert len(chosen) == (len(everybody) if world.question.together else len(able))
