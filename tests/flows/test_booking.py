"""Asking for a booking: what is accepted, what is decided, what is refused at once."""

from datetime import timedelta
from typing import Any

import pytest

from domain.kernel.ids import Kind, new_id, shown
from domain.kernel.money import Money
from tests.builders import Shop, a_service, a_shop, a_user, decide, weekday
from tests.flows.desk import a_wish, desk

WAIT = "wait=5"


def without_start(shop: Shop, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    wish = a_wish(shop, **more)
    del wish["starts_at"]
    return wish


def test_a_booking_is_accepted_as_pending_and_decided_later() -> None:
    shop = a_shop()
    mine = desk(a_user())

    answer = mine.book(a_wish(shop))

    booking = answer.get_json()
    assert (answer.status_code, booking["status"], booking["resource_id"]) == (202, "pending", None)
    assert answer.headers["Location"] == f"/api/bookings/{booking['id']}"
    decide(shop)
    decided = mine.look(booking)
    assert decided.get_json()["status"] == "confirmed"
    assert decided.get_json()["resource_id"] == shown(Kind.RESOURCE, shop.resource_ids[0])
    assert decided.headers["ETag"].partition("-")[0] == '"v2'


def test_a_wall_time_and_an_instant_are_the_same_start() -> None:
    shop, day = a_shop(), weekday().date().isoformat()
    mine = desk(a_user())

    answers = [mine.book(without_start(shop, date=day, time="14:00")), mine.book(a_wish(shop))]

    assert [answer.get_json()["starts_at"] for answer in answers] == [f"{day}T14:00:00+01:00"] * 2


def test_the_resource_that_was_asked_for_is_the_one_that_is_given() -> None:
    shop = a_shop(resources=3)
    mine = desk(a_user())
    wanted = shown(Kind.RESOURCE, shop.resource_ids[2])

    booking = mine.book(a_wish(shop, resource_id=wanted)).get_json()
    rival = mine.book(a_wish(shop, resource_id=wanted)).get_json()
    decide(shop)

    assert mine.look(booking).get_json()["resource_id"] == wanted
    assert mine.look(rival).get_json()["rejection"]["code"] == "slot_taken"


def test_seats_are_counted_by_the_party() -> None:
    shop = a_shop(capacity=4)
    mine = desk(a_user())

    bookings = [mine.book(a_wish(shop, party=party)).get_json() for party in (3, 2, 1)]
    decide(shop)

    seen = [mine.look(booking).get_json() for booking in bookings]
    assert [booking["status"] for booking in seen] == ["confirmed", "rejected", "confirmed"]
    assert seen[1]["rejection"]["reasons"] == ["capacity"]


def test_the_alternatives_to_a_taken_slot_can_be_booked() -> None:
    shop = a_shop()
    mine = desk(a_user())
    mine.book(a_wish(shop))
    loser = mine.book(a_wish(shop)).get_json()
    decide(shop)

    offered = mine.look(loser).get_json()["rejection"]["alternatives"]

    assert offered
    second = [mine.book(a_wish(shop) | alternative).get_json() for alternative in offered]
    decide(shop)
    assert {mine.look(booking).get_json()["status"] for booking in second} == {"confirmed"}


@pytest.mark.parametrize(
    ("date", "time", "code"),
    [("2030-03-10", "02:30", "nonexistent_local_time"), ("2030-11-03", "01:30", "ambiguous_local_time")],
)
def test_a_wall_time_that_is_not_one_is_refused_at_once(date: str, time: str, code: str) -> None:
    shop = a_shop(timezone="America/New_York")

    answer = desk(a_user()).book(without_start(shop, date=date, time=time))

    assert (answer.status_code, answer.get_json()["code"]) == (422, code)


def test_a_repeated_wall_time_is_taken_with_its_fold() -> None:
    shop = a_shop(timezone="America/New_York")
    wish = without_start(shop, date="2030-11-03", time="01:30")

    starts = [desk(a_user()).book(wish | {"fold": fold}).get_json()["starts_at"] for fold in (0, 1)]

    assert starts == ["2030-11-03T01:30:00-04:00", "2030-11-03T01:30:00-05:00"]


@pytest.mark.parametrize("field", ["price", "amount", "total", "currency"])
def test_the_price_is_not_the_callers_to_say(field: str) -> None:
    answer = desk(a_user()).book(a_wish(a_shop(), **{field: 1}))

    assert (answer.status_code, answer.get_json()["code"]) == (422, "price_not_accepted")


def test_a_price_that_is_expected_must_be_the_price() -> None:
    shop = a_shop(price=Money(4500, "NGN"), capacity=2)
    mine = desk(a_user())

    wrong, right = (mine.book(a_wish(shop, party=2, expected_amount=amount)) for amount in (4500, 9000))

    assert (wrong.status_code, wrong.get_json()["code"]) == (409, "price_changed")
    assert (right.status_code, right.get_json()["price"]) == (202, {"amount": 9000, "currency": "NGN"})


def test_a_party_above_the_capacity_is_refused_at_once() -> None:
    answer = desk(a_user()).book(a_wish(a_shop(capacity=2), party=3))

    assert (answer.status_code, answer.get_json()["code"]) == (422, "party_above_capacity")


def test_what_belongs_to_another_business_is_not_there() -> None:
    shop, other = a_shop(), a_shop()
    theirs = {
        "business_id": shown(Kind.BUSINESS, other.business.id),
        "service_id": shown(Kind.SERVICE, other.service.id),
    }
    nowhere = {"business_id": shown(Kind.BUSINESS, new_id()), "service_id": shown(Kind.SERVICE, new_id())}
    mine = desk(a_user())

    for name in ("business_id", "service_id"):
        for ids in (theirs, nowhere):
            answer = mine.book(a_wish(shop) | {name: ids[name]})
            assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")
    foreign = mine.book(a_wish(shop, resource_id=shown(Kind.RESOURCE, other.resource_ids[0])))
    assert (foreign.status_code, foreign.get_json()["code"]) == (404, "not_found")


def test_a_resource_that_does_not_offer_the_service_is_refused_at_once() -> None:
    shop = a_shop()
    _, (elsewhere,) = a_service(shop.owner, shop.business.id, resources=1)

    answer = desk(a_user()).book(a_wish(shop, resource_id=shown(Kind.RESOURCE, elsewhere)))

    assert (answer.status_code, answer.get_json()["code"]) == (422, "resource_not_offered")


def test_a_replay_shows_the_booking_as_it_is_now_under_its_own_preference() -> None:
    shop, key = a_shop(), str(new_id())
    mine = desk(a_user())
    first = mine.book(a_wish(shop), Idempotency_Key=key)
    decide(shop)

    again = mine.book(a_wish(shop), Idempotency_Key=key)
    waited = mine.book(a_wish(shop), Idempotency_Key=key, Prefer=WAIT)

    assert [each.status_code for each in (first, again, waited)] == [202, 202, 201]
    assert {each.get_json()["id"] for each in (first, again, waited)} == {first.get_json()["id"]}
    assert (again.get_json()["status"], waited.get_json()["status"]) == ("confirmed", "confirmed")
    assert again.headers["Idempotency-Replayed"] == waited.headers["Idempotency-Replayed"] == "true"


def test_a_replay_that_waits_for_a_rejection_is_told_of_it() -> None:
    shop, key = a_shop(), str(new_id())
    mine = desk(a_user())
    mine.book(a_wish(shop))
    loser = mine.book(a_wish(shop), Idempotency_Key=key).get_json()
    decide(shop)

    problem = mine.book(a_wish(shop), Idempotency_Key=key, Prefer=WAIT)

    assert (problem.status_code, problem.get_json()["code"]) == (409, "slot_taken")
    assert problem.get_json()["booking_id"] == loser["id"]
    assert problem.get_json()["alternatives"]


def test_one_key_is_good_for_one_request() -> None:
    shop, key = a_shop(), str(new_id())
    mine = desk(a_user())
    mine.book(a_wish(shop), Idempotency_Key=key)

    other = mine.book(a_wish(shop, weekday() + timedelta(hours=1)), Idempotency_Key=key)

    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_key_reused")
