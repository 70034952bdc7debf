"""Rescheduling over HTTP: accepted, waited for, refused with alternatives, replayed."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from domain.accounts.rules import Role
from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_member, a_shop, a_user, decide, serve, weekday
from tests.flows.desk import Desk, a_wish, desk, said

START = weekday()
HALF_HOUR = timedelta(minutes=30)
LATER = START + HALF_HOUR


def booked(mine: Desk, shop: Shop, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    booking = mine.book(a_wish(shop, **more)).get_json()
    decide(shop)
    return mine.look(booking).get_json()


def move(mine: Desk, booking: dict[str, Any], body: object = None, **headers: str) -> TestResponse:
    return mine.post(f"/api/bookings/{booking['id']}/reschedule", body or {"starts_at": LATER.isoformat()}, **headers)


def decided_soon(shop: Shop) -> threading.Timer:
    """Let a worker come by in a moment."""
    timer = threading.Timer(0.3, lambda: decide(shop))
    timer.start()
    return timer


def test_it_is_accepted_as_pending_and_shown_with_the_booking() -> None:
    shop, mine = a_shop(), desk(a_user())
    booking = booked(mine, shop)

    answer = move(mine, booking)

    body = answer.get_json()
    assert (answer.status_code, body["status"], body["starts_at"]) == (202, "confirmed", booking["starts_at"])
    assert answer.headers["Location"] == f"/api/bookings/{booking['id']}"
    assert (body["reschedule"]["status"], body["reschedule"]["starts_at"][11:16]) == ("pending", "14:30")
    decide(shop)
    after = mine.look(booking).get_json()
    assert (after["id"], after["starts_at"][11:16], after["sequence"]) == (booking["id"], "14:30", 1)
    assert after["reschedule"]["status"] == "moved"


def test_who_prefers_to_wait_gets_the_booking_where_it_is_now() -> None:
    shop, mine = a_shop(), desk(a_user())
    booking = booked(mine, shop)
    worker = decided_soon(shop)

    answer = move(mine, booking, {"date": LATER.date().isoformat(), "time": "14:30"}, Prefer="wait=5")

    worker.join()
    assert (answer.status_code, answer.get_json()["starts_at"][11:16]) == (200, "14:30")
    assert answer.headers["Preference-Applied"] == "wait=5"


def test_long_polling_waits_for_a_reschedule_too() -> None:
    shop, mine = a_shop(), desk(a_user())
    booking = booked(mine, shop)
    move(mine, booking)
    worker = decided_soon(shop)

    body = mine.get(f"/api/bookings/{booking['id']}?wait=5").get_json()

    worker.join()
    assert body["reschedule"]["status"] == "moved"


def test_a_taken_place_is_a_problem_with_alternatives_and_changes_nothing() -> None:
    shop, mine = a_shop(), desk(a_user())
    booking = booked(mine, shop)
    booked(mine, shop, starts_at=LATER.isoformat())
    key = str(uuid4())
    assert move(mine, booking, Idempotency_Key=key).status_code == 202
    decide(shop)

    answer = move(mine, booking, Idempotency_Key=key, Prefer="wait=5")

    problem = answer.get_json()
    assert (answer.status_code, problem["code"], problem["booking_id"]) == (409, "slot_taken", booking["id"])
    assert answer.headers["Idempotency-Replayed"] == "true"
    offered = [alternative["starts_at"] for alternative in problem["alternatives"]]
    assert booking["starts_at"] in offered, "what it has counts as free, for it would be given up"
    assert mine.look(booking).get_json()["starts_at"] == booking["starts_at"]


def test_a_replay_tells_of_its_own_move_and_not_of_a_later_one() -> None:
    shop, mine = a_shop(), desk(a_user())
    booking = booked(mine, shop)
    taken = booked(mine, shop, starts_at=LATER.isoformat())
    key = str(uuid4())
    move(mine, booking, Idempotency_Key=key)
    decide(shop)
    mine.turn(taken, "cancelled")
    assert move(mine, booking).status_code == 202
    decide(shop)

    assert move(mine, booking, Idempotency_Key=key, Prefer="wait=1").get_json()["code"] == "slot_taken"


def test_a_booking_that_ends_meanwhile_is_not_moved() -> None:
    shop, mine = a_shop(), desk(a_user())
    booking = booked(mine, shop)
    key = str(uuid4())
    move(mine, booking, Idempotency_Key=key)
    mine.turn(booking, "cancelled")

    answer = move(mine, booking, Idempotency_Key=key, Prefer="wait=1")

    assert (answer.status_code, answer.get_json()["code"]) == (409, "not_reschedulable")


def test_it_is_nobody_elses_to_move() -> None:
    shop = a_shop()
    booking = booked(desk(a_user()), shop)

    answer = move(desk(a_user()), booking)

    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "required"),
        ({"starts_at": "2030-01-01T10:00:00"}, "invalid"),
        ({"starts_at": LATER.isoformat(), "price": 1}, "price_not_accepted"),
        ({"starts_at": LATER.isoformat(), "colour": 1}, "unknown_field"),
        ({"starts_at": LATER.isoformat(), "override": ["double"]}, "invalid"),
        ({"date": "2030-03-10", "time": "02:30"}, "nonexistent_local_time"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(body: dict[str, Any], code: str) -> None:
    shop, mine = a_shop(timezone="America/New_York"), desk(a_user())
    booking = booked(mine, shop, starts_at=f"{START:%Y-%m-%d}T14:00:00+00:00")

    answer = move(mine, booking, body or {"fold": 0})

    problem = answer.get_json()
    assert answer.status_code == 422
    assert code in {problem["code"], *(fault["code"] for fault in problem.get("errors", ()))}


def test_a_stale_version_is_not_moved() -> None:
    shop, mine = a_shop(), desk(a_user())
    booking = booked(mine, shop)

    answer = move(mine, booking, If_Match='"v1"')

    assert (answer.status_code, answer.get_json()["code"]) == (412, "stale_version")


def test_a_resource_that_does_not_serve_is_refused() -> None:
    shop, mine = a_shop(), desk(a_user())
    booking = booked(mine, shop)
    other = shown(Kind.RESOURCE, a_shop().resource_ids[0])

    answer = move(mine, booking, {"starts_at": LATER.isoformat(), "resource_id": other})

    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


def test_staff_move_bookings_of_the_resource_that_they_are_and_no_others() -> None:
    shop = a_shop(resources=2)
    me = a_member(shop, Role.STAFF)
    serve(me, shop.resource_ids[0])
    mine, theirs = (
        desk(a_user()).book(a_wish(shop, resource_id=shown(Kind.RESOURCE, each))).get_json()
        for each in shop.resource_ids
    )
    decide(shop)
    later = {"starts_at": LATER.isoformat()}
    elsewhere = later | {"resource_id": shown(Kind.RESOURCE, shop.resource_ids[1]), "override": ["hours"]}

    def moved(booking: dict[str, Any], wanted: dict[str, Any]) -> tuple[int, str]:
        return said(move(desk(me), booking, wanted))

    assert moved(theirs, later) == (403, "own_resources_only")
    assert moved(mine, elsewhere) == (403, "own_resources_only"), "rules are waived where one serves"
    assert moved(mine, later | {"override": ["hours"]}) == (202, "confirmed")


def test_the_history_tells_of_it_in_the_ids_of_the_outside() -> None:
    shop, mine = a_shop(resources=2), desk(a_user())
    ann, bob = (shown(Kind.RESOURCE, each) for each in shop.resource_ids)
    booking = booked(mine, shop, resource_id=ann)
    move(mine, booking, {"starts_at": LATER.isoformat(), "resource_id": bob})
    decide(shop)

    lines = mine.get(f"/api/bookings/{booking['id']}/history").get_json()["data"]

    assert [line["reason"] for line in lines][-2:] == ["reschedule_requested", "rescheduled"]
    assert lines[-1]["changes"]["resource_id"] == [ann, bob]
    assert lines[-1]["changes"]["overrides"] == [[], []]


def test_a_replay_that_does_not_wait_is_told_how_it_stands() -> None:
    shop, mine = a_shop(), desk(a_user())
    booking = booked(mine, shop)
    key = str(uuid4())
    move(mine, booking, Idempotency_Key=key)
    decide(shop)

    again = move(mine, booking, Idempotency_Key=key)

    assert (again.status_code, again.get_json()["reschedule"]["status"]) == (202, "moved")
    assert again.headers["Idempotency-Replayed"] == "true"
