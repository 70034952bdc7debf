"""What is offered over HTTP can be booked, and what is not is refused as explained: in worlds like the oracle's."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from config.transaction import transaction
from domain.kernel.ids import Kind, shown
from tests.builders import decide
from tests.elsewhere import standing_in
from tests.flows.sweep import overlaps
from tests.flows.visitors import Visitor, as_moving, is_refused, movable, told, visiting
from tests.oracle.asking import some_probes
from tests.oracle.drawing import worlds
from tests.oracle.oracle import Offer, Oracle
from tests.oracle.places import PLACES
from tests.oracle.world import World

ALL = settings().max_examples
LATE = [place for place in PLACES if place.day.year > 1970]  # instants of before cannot be asked about
MOST = 40  # starts to be booked in one world


def some(found: Sequence[int], count: int, world: World) -> Sequence[int]:
    """Choose a few, for a world the same."""
    return random.Random(world.now).sample([*found], min(count, len(found)))


def alone(world: World) -> World:
    """Return the world for who books: one resource a role will do, and nothing is waived."""
    return replace(world, question=replace(world.question, together=False, waived=()))


def not_offered(world: World, offered: Sequence[Offer]) -> list[int]:
    """Return starts that are not offered, of those at which some rule could turn."""
    free = {start for start, _, _, _ in offered}
    oracle = Oracle(world)
    return [start for start in some_probes(world, offered) if start not in free and is_refused(oracle.choice(start))]


@settings(max_examples=ALL // 4)
@given(worlds(LATE))
def test_what_is_offered_is_what_the_oracle_offers_however_it_is_asked_for(world: World) -> None:
    with visiting(world) as visitor:
        offered = Oracle(visitor.world).slots()
        assert visitor.slots() == offered
        see_the_views(visitor, [start for start, _, _, _ in offered])
        oracle = Oracle(replace(visitor.world, question=replace(visitor.world.question, waived=())))
        for start in some(some_probes(visitor.world, offered), 3, world):
            assert visitor.explained(start) == told(oracle, start)


def see_the_views(visitor: Visitor, starts: Sequence[int]) -> None:
    """See that dates add up to the range, days count them, and the next ones are the first.

    Where the clocks go back over midnight a date has an end after the next one's begin: dates do not follow each other.
    """
    question, asked = visitor.world.question, visitor.question()
    listed = [slot["starts_at"] for slot in visitor.answer(**asked).get_json()["slots"]]
    days = visitor.answer(**asked, view="days").get_json()["days"]
    assert {each["date"]: each["slots"] for each in days} == Counter(start[:10] for start in listed)
    span = (question.last - question.first).days + 1
    dates = [(question.first + timedelta(days=days)).isoformat() for days in range(span)]
    by_day = [visitor.answer(**visitor.question(**{"from": day, "to": day})).get_json()["slots"] for day in dates]
    assert sorted([slot["starts_at"] for each in by_day for slot in each], key=datetime.fromisoformat) == listed
    further = visitor.answer(**visitor.question(to=None), view="next", limit=20).get_json()["slots"]
    in_range = [slot["starts_at"] for slot in further if slot["starts_at"][:10] in dates]
    assert in_range == listed[: len(in_range)]
    assert len(further) == 20 or in_range == listed
    around = {"from": question.first - timedelta(days=2), "to": question.last + timedelta(days=2)}
    seen = visitor.slots(timezone="Pacific/Kiritimati", **{name: day.isoformat() for name, day in around.items()})
    own = ZoneInfo(question.viewer or visitor.world.service.zone)
    in_dates = [start for start, _, _, _ in seen if datetime.fromtimestamp(start, own).date().isoformat() in dates]
    assert in_dates == starts


@settings(max_examples=ALL // 4)
@given(worlds(LATE))
def test_what_is_offered_can_be_booked_and_what_is_not_is_refused_as_explained(world: World) -> None:
    with visiting(alone(world)) as visitor:
        before = visitor.answer(**visitor.question())
        oracle, offered = Oracle(visitor.world), visitor.slots()
        for start in some([start for start, _, _, _ in offered], 2, world):
            assert visitor.explained(start) == told(oracle, start)
            assert visitor.book(start) == oracle.choice(start)
        for start in some(not_offered(visitor.world, offered), 3, world):
            why, *_ = visitor.explained(start)
            assert why == visitor.book(start) == oracle.choice(start)
            waiving = replace(visitor.world, question=replace(visitor.world.question, waived=world.question.waived))
            if world.question.waived:
                assert visitor.book(start, override=world.question.waived) == Oracle(waiving).choice(start)
        see_the_same(visitor, before)


def see_the_same(visitor: Visitor, before: object) -> None:
    """See that an answer is what it was before, to the letter; and that its tag is good."""
    after = visitor.answer(**visitor.question())
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])  # type: ignore[attr-defined]


@settings(max_examples=ALL * 15 // 100)
@given(worlds(LATE))
def test_just_those_resources_that_come_with_a_slot_are_given_to_who_names_them(world: World) -> None:
    with visiting(replace(alone(world), question=replace(alone(world).question, named=()))) as visitor:
        offered = visitor.slots()
        for offer in random.Random(world.now).sample(offered, min(1, len(offered))):
            for place, role in enumerate(visitor.world.roles):
                got = {each.number: visitor.book(offer[0], named=[each.number]) for each in role}
                assert {number for number, found in got.items() if not is_refused(found)} == {*offer[3][place]}
                assert all(is_refused(found) or found[place] == number for number, found in got.items())


def sparse(world: World) -> World:
    """Return the world with not too many places to be booked one after another."""
    service, question = world.service, world.question
    minutes = max(service.minutes, 45)
    return replace(
        alone(world),
        service=replace(
            service, minutes=minutes, interval=max(service.interval, 45), capacity=min(service.capacity, 2)
        ),
        question=replace(alone(world).question, first=question.last),
    )


@settings(max_examples=ALL * 15 // 100)
@given(worlds(LATE), st.randoms(use_true_random=False))
def test_booking_all_there_is_ends_never_overlaps_and_is_undone_by_cancelling(
    world: World, chance: random.Random
) -> None:
    with visiting(sparse(world)) as visitor:
        before, made = visitor.answer(**visitor.question()), list[str]()
        while offered := visitor.slots():
            starts = [start for start, _, _, _ in offered]
            asked = [visitor.ask(start) for start in chance.sample(starts, min(len(starts), MOST))]
            decide(visitor.made.shop)
            won = [each for each in asked if not is_refused(visitor.outcome(each))]
            assert asked[0] in won
            made += won
            assert overlaps(visitor.made.business.id, now=world.now) == []
        for each in chance.sample(made, len(made)):
            visitor.cancel(each)
        see_the_same(visitor, before)


@settings(max_examples=ALL * 25 // 100)
@given(worlds(LATE), st.randoms(use_true_random=False))
def test_a_booking_can_be_moved_to_what_it_is_offered_and_to_nothing_else(world: World, chance: random.Random) -> None:
    with visiting(world) as visitor:
        can_move = movable(visitor.world)
        if not can_move:
            return
        booking = chance.choice(can_move)
        booking_id = shown(Kind.BOOKING, visitor.made.booking_ids[booking.number])
        moving = as_moving(visitor.world, booking)
        oracle, asked = Oracle(moving), visitor.question(moving, reschedule_of=booking_id)
        offered = visitor.slots(**asked)
        assert offered == oracle.slots()
        nothing = dict.fromkeys(("from", "to", "timezone"))
        for start in some(not_offered(moving, offered), 3, world):
            explained = visitor.explained(start, **(asked | nothing))
            assert explained == told(oracle, start)
            assert visitor.move(booking_id, start) == explained[0]
        assert visitor.slots(**asked) == offered
        for start in chance.sample([start for start, _, _, _ in offered], min(1, len(offered))):
            assert visitor.move(booking_id, start) == oracle.choice(start)
            assert overlaps(visitor.made.business.id, now=world.now) == []


def everything(visitor: Visitor) -> object:
    """Return all that is said of a world: what is offered, in each view, and what is said of a few starts."""
    offered, asked = visitor.slots(), visitor.question()
    views = [visitor.answer(**asked, view=view).data for view in ("slots", "days")]
    starts = some(some_probes(visitor.world, offered), 3, visitor.world)
    return (
        offered,
        views,
        visitor.answer(**(asked | {"view": "next", "to": ()})).data,
        [*map(visitor.explained, starts)],
    )


@settings(max_examples=ALL * 10 // 100)
@given(worlds(LATE), st.sampled_from(["Pacific/Apia", "Australia/Lord_Howe", "America/St_Johns"]))
def test_it_matters_neither_where_the_server_stands_nor_what_zone_its_database_keeps(world: World, zone: str) -> None:
    with visiting(alone(world)) as visitor:
        here, offered = everything(visitor), visitor.slots()
        with standing_in(zone):
            assert (datetime.fromtimestamp(world.now).astimezone().utcoffset(), kept_by_the_database()) == (
                datetime.fromtimestamp(world.now, ZoneInfo(zone)).utcoffset(),
                zone,
            )
            assert everything(visitor) == here
            for start in some([start for start, _, _, _ in offered], 1, world):
                assert visitor.book(start) == Oracle(visitor.world).choice(start)


def kept_by_the_database() -> object:
    """Return the zone of a session such as the application's."""
    with transaction() as session:
        return session.scalar(text("SELECT current_setting('timezone')"))
