"""Deciding bookings, one lane at a time."""

from datetime import timedelta

from tests.builders import a_booking, a_shop, decide, look, weekday


def test_the_earlier_of_two_wins_and_the_later_is_told_why() -> None:
    shop, start = a_shop(), weekday()
    first, second = a_booking(shop, start), a_booking(shop, start)

    decided = decide(shop)

    assert list(decided) == [first.id, second.id]
    assert look(first, by=shop.owner).status == "confirmed"
    loser = look(second, by=shop.owner)
    assert (loser.status, loser.rejection_code, loser.rejection_reasons) == ("rejected", "slot_taken", ["busy"])


def test_a_lane_that_is_decided_has_nothing_more_to_decide() -> None:
    shop = a_shop()
    a_booking(shop, weekday())
    decide(shop)

    assert decide(shop) == ()


def test_a_booking_goes_to_the_chair_with_the_least_to_do() -> None:
    shop, start = a_shop(resources=2), weekday()
    bookings = [a_booking(shop, start + timedelta(minutes=30 * turn)) for turn in range(4)]
    decide(shop)

    chairs = [look(each, by=shop.owner).resource_id for each in bookings]
    assert {chairs.count(chair) for chair in shop.resource_ids} == {2}
