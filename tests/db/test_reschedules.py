"""Rescheduling: a place is kept until another is won, and given up at once when it is."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from config.transaction import transaction
from domain.bookings.rules import AlreadyThere
from domain.bookings.tables import Move
from domain.kernel.events import Event
from tests.builders import a_booking, a_reschedule, a_shop, decide, look, weekday
from tests.claims import overbooked
from tests.db.moves import HALF_HOUR, LATER, START, live_starts, outcome, placed, standing


def test_a_booking_moves_and_gives_its_old_place_up() -> None:
    shop = a_shop()
    booking = placed(shop)
    moved = a_reschedule(booking, LATER, by=shop.owner)
    assert standing(booking) == ("confirmed", START), "until it is decided"
    decide(shop)

    assert standing(booking) == ("confirmed", LATER)
    assert outcome(moved) == ("moved", None)
    assert live_starts(booking) == [LATER]
    found = look(booking, by=shop.owner)
    assert (found.sequence, found.ends_at, found.hold_expires_at) == (1, LATER + HALF_HOUR, None)
    assert found.local_start == f"{LATER + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}", "the wall time in Lagos"


def test_the_old_place_is_free_for_the_next_in_the_queue() -> None:
    shop = a_shop()
    a_reschedule(placed(shop), LATER, by=shop.owner)
    heir = a_booking(shop, START)
    decide(shop)

    assert look(heir, by=shop.owner).status == "confirmed"
    assert overbooked() == []


def test_a_move_to_a_taken_place_leaves_everything_as_it_was() -> None:
    shop = a_shop()
    booking, other = placed(shop), placed(shop, LATER)
    version = look(booking, by=shop.owner).version
    refused = a_reschedule(booking, LATER, by=shop.owner)
    decide(shop)

    assert outcome(refused) == ("refused", "slot_taken")
    assert (live_starts(booking), live_starts(other)) == ([START], [LATER])
    found = look(booking, by=shop.owner)
    assert (found.status, found.version, found.sequence) == ("confirmed", version + 2, 0), "asked for, and refused"


def test_a_booking_does_not_stand_in_its_own_way() -> None:
    shop = a_shop(slot_interval_minutes=15, daily_limit=1)
    moved = a_reschedule(placed(shop), START + timedelta(minutes=15), by=shop.owner)
    decide(shop)

    assert outcome(moved) == ("moved", None), "it overlaps its old place, and is the one that the day may have"


def test_a_move_to_where_it_is_is_refused_and_changes_nothing() -> None:
    shop = a_shop(resources=2)
    booking = placed(shop)
    (mine,) = [UUID(each["resource_id"]) for each in look(booking, by=shop.owner).resources]
    version = look(booking, by=shop.owner).version
    for named in (None, (), (mine,)):
        with pytest.raises(AlreadyThere):
            a_reschedule(booking, START, by=shop.owner, resource_ids=named)
    assert look(booking, by=shop.owner).version == version

    (other,) = set(shop.resource_ids) - {mine}
    moved = a_reschedule(booking, START, by=shop.owner, resource_ids=(other,))
    decide(shop)
    assert outcome(moved) == ("moved", None)
    assert live_starts(booking) == [START]


def test_two_that_would_swap_both_stay() -> None:
    shop = a_shop()
    one, two = placed(shop), placed(shop, LATER)
    moves = [a_reschedule(one, LATER, by=shop.owner), a_reschedule(two, START, by=shop.owner)]
    decide(shop)

    assert [outcome(each) for each in moves] == [("refused", "slot_taken")] * 2
    assert (live_starts(one), live_starts(two)) == ([START], [LATER])


def test_a_chain_of_moves_works_in_the_order_of_acceptance() -> None:
    shop = a_shop()
    one, two = placed(shop), placed(shop, LATER)
    a_reschedule(two, LATER + HALF_HOUR, by=shop.owner)
    a_reschedule(one, LATER, by=shop.owner)
    last = a_booking(shop, START)
    decide(shop)

    assert (live_starts(one), live_starts(two), live_starts(last)) == ([LATER], [LATER + HALF_HOUR], [START])


def test_it_waits_in_the_queue_with_the_bookings() -> None:
    shop = a_shop()
    booking = placed(shop)
    earlier = a_booking(shop, LATER)
    late = a_reschedule(booking, LATER, by=shop.owner)
    decide(shop)

    assert look(earlier, by=shop.owner).status == "confirmed"
    assert outcome(late) == ("refused", "slot_taken")


def test_the_day_that_it_leaves_has_room_for_another() -> None:
    shop = a_shop(daily_limit=1)
    a_reschedule(placed(shop), weekday(ahead=10), by=shop.owner)
    heir = a_booking(shop, LATER)
    decide(shop)

    assert look(heir, by=shop.owner).status == "confirmed"


def test_it_stays_with_the_resource_that_was_asked_for() -> None:
    shop = a_shop(resources=2)
    chair = shop.resource_ids[1]
    booking = placed(shop, resource_ids=(chair,))
    a_reschedule(booking, LATER, by=shop.owner)
    decide(shop)

    assert look(booking, by=shop.owner).resource_id == chair


def test_it_may_move_to_another_resource_at_the_same_time() -> None:
    shop = a_shop(resources=2)
    booking = placed(shop, resource_ids=(shop.resource_ids[0],))
    a_reschedule(booking, START, by=shop.owner, resource_ids=(shop.resource_ids[1],))
    decide(shop)

    assert look(booking, by=shop.owner).resource_id == shop.resource_ids[1]
    assert live_starts(booking) == [START]


def test_history_and_events_tell_what_changed() -> None:
    shop = a_shop()
    booking = placed(shop)
    a_reschedule(booking, LATER, by=shop.owner)
    decide(shop)

    with transaction() as session:
        line = session.scalars(select(Move).where(Move.booking_id == booking.id).order_by(Move.version)).all()[-1]
        mine = select(Event).where(Event.subject_id == booking.id).order_by(Event.id)
        told = [(each.kind, each.subject_version) for each in session.scalars(mine)]
    assert (line.version, line.from_status, line.to_status, line.reason) == (4, "confirmed", "confirmed", "rescheduled")
    assert line.actor_id == shop.owner.user_id
    assert [datetime.fromisoformat(each) for each in line.changes["starts_at"]] == [START, LATER]
    assert told == [
        ("booking.requested", 1),
        ("booking.confirmed", 2),
        ("booking.reschedule_requested", 3),
        ("booking.rescheduled", 4),
    ]
