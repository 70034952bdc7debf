"""The allocator among claims that somebody wrote past it: the next resource or a refusal, never an error."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import Shop, a_booking, a_service, a_shop, decide, look, weekday
from tests.claims import Claim, connected, overbooked

START = weekday()
QUARTER = timedelta(minutes=15)


def _written(claim: Claim) -> Claim:
    with connected() as connection:
        claim.write(connection)
    return claim


def _claim(shop: Shop, chair: int = 0) -> Claim:
    return Claim(
        booking_id=a_booking(shop, START - timedelta(days=30)).id,  # in the past: decided, and refused
        resource_id=shop.resource_ids[chair],
        service_id=shop.service.id,
        start=START,
    )


def _unseen(shop: Shop, chair: int = 0) -> Claim:
    """Write a claim that shuts out the shared service's own parties, which the rules do not know of."""
    return _written(replace(_claim(shop, chair), exclusive=True, minutes=15))


def test_a_claim_that_the_rules_see_sends_the_booking_to_the_next_chair() -> None:
    shop = a_shop(resources=2)
    _written(_claim(shop))
    booking = a_booking(shop, START)
    decide(shop)

    found = look(booking, by=shop.owner)
    assert (found.status, found.resource_id) == ("confirmed", shop.resource_ids[1])


def test_claims_that_only_the_database_sees_send_the_booking_to_the_next_room() -> None:
    shop = a_shop(resources=3, capacity=10)
    _unseen(shop, 0)
    _unseen(shop, 1)
    booking = a_booking(shop, START)
    decide(shop)

    found = look(booking, by=shop.owner)
    assert (found.status, found.resource_id) == ("confirmed", shop.resource_ids[2])
    assert overbooked() == []


def test_where_every_room_is_taken_the_booking_is_rejected() -> None:
    shop = a_shop(resources=2, capacity=10)
    _unseen(shop, 0)
    _unseen(shop, 1)
    booking = a_booking(shop, START)
    decide(shop)

    found = look(booking, by=shop.owner)
    assert (found.status, found.rejection_code) == ("rejected", "slot_taken")


def test_a_refusal_to_one_booking_keeps_no_other_out_of_what_is_free() -> None:
    shop = a_shop(capacity=10, slot_interval_minutes=15)
    _unseen(shop)
    refused, beside = a_booking(shop, START), a_booking(shop, START + QUARTER)
    decide(shop)

    assert look(refused, by=shop.owner).status == "rejected"
    assert look(beside, by=shop.owner).status == "confirmed"
    assert overbooked() == []


@pytest.mark.parametrize("earlier", [-QUARTER, timedelta(), QUARTER])
def test_another_services_claim_closes_the_room(earlier: timedelta) -> None:
    shop = a_shop(capacity=10)
    other, _ = a_service(shop.owner, shop.business.id, capacity=10)
    _written(replace(_claim(shop), service_id=other.id, exclusive=False, start=START + earlier))
    booking = a_booking(shop, START)
    decide(shop)

    assert look(booking, by=shop.owner).rejection_code == "slot_taken"


def test_the_others_of_a_batch_get_their_places_though_one_is_refused_by_the_database() -> None:
    shop = a_shop(capacity=10)
    _unseen(shop)
    bookings = [a_booking(shop, START + timedelta(minutes=30 * turn)) for turn in range(4)]
    decide(shop)

    found = [look(each, by=shop.owner).status for each in bookings]
    assert found == ["rejected", "confirmed", "confirmed", "confirmed"]
