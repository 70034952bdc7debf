"""Moving a booking of several roles over HTTP: who was asked for stays asked for, role by role, until others are named."""

import secrets
from collections.abc import Sequence
from typing import Any

import pytest

from domain.accounts.rules import Role
from domain.kernel.ids import Kind, shown
from tests.builders import a_member, a_user, decide, serve
from tests.flows.desk import Desk, a_wish, desk, said
from tests.flows.office import office
from tests.flows.test_requirements_met import HALF_HOUR, LATER, START, booked, filled, refused, res
from tests.studios import Studio, a_studio, another_service, change, needed


def move(studio: Studio, mine: Desk, booking: dict[str, Any], **body: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Ask for another place, by itself half an hour later, and return the booking once that is decided."""
    answer = mine.post(f"/api/bookings/{booking['id']}/reschedule", {"starts_at": LATER.isoformat()} | body)
    assert answer.status_code == 202, answer.text
    decide(studio)
    return mine.look(booking).get_json()


def wanted(booking: dict[str, Any]) -> tuple[str | None, list[str]]:
    asked = booking["reschedule"]
    return asked["resource_id"], asked["resource_ids"]


@pytest.mark.parametrize(
    ("before", "named", "expected", "filling"),
    [
        ((1, 3), None, (1, 3), (1, 3)),
        ((1, 3), (2,), (2, 1), (1, 2)),
        ((1, 3), (0,), (0, 3), (0, 3)),
        ((1, 3), (4, 0), (4, 0), (0, 4)),
        ((1, 3), (), (), (0, 2)),
        ((3, 4), (1,), (1, 3, 4), (1, 3)),
        ((), (4,), (4,), (0, 4)),
        ((), None, (), (0, 2)),
    ],
)
def test_who_was_asked_for_is_asked_for_again_where_nobody_else_is_named_for_the_role(
    before: Sequence[int], named: Sequence[int] | None, expected: Sequence[int], filling: Sequence[int]
) -> None:
    studio, mine = a_studio(stylists=2, chairs=3), desk(a_user())
    ids = res(*studio.resource_ids)  # 0 and 1 are stylists, 2 to 4 are chairs

    booking = booked(studio, mine, resource_ids=[ids[each] for each in before])
    body = {} if named is None else {"resource_ids": [ids[each] for each in named]}
    moved = move(studio, mine, booking, **body)

    asked = [ids[each] for each in expected]
    assert wanted(moved) == (asked[0] if len(asked) == 1 else None, asked)
    assert moved["reschedule"]["status"] == "moved"
    assert filled(moved) == [ids[each] for each in filling]


def test_what_is_inherited_is_what_the_last_move_that_worked_has_asked_for() -> None:
    studio, mine = a_studio(stylists=2), desk(a_user())
    (anna, bo), (left, right) = res(*studio.stylists), res(*studio.chairs)
    booking = booked(studio, mine, resource_id=bo)
    booked(studio, mine, resource_ids=[anna, left], starts_at=LATER.isoformat())

    refused_move = move(studio, mine, booking, resource_ids=[anna, right])
    assert refused_move["reschedule"]["rejection"]["code"] == "slot_taken"
    assert filled(move(studio, mine, booking, resource_id=right)) == [bo, right]
    again = move(studio, mine, booking, starts_at=START.isoformat())
    assert (wanted(again), filled(again)) == ((None, [right, bo]), [bo, right])


@pytest.mark.parametrize("how", ["taken off the service", "archived"])
def test_who_was_asked_for_and_offers_the_service_no_more_has_to_be_replaced(how: str) -> None:
    studio, mine = a_studio(stylists=3), desk(a_user())
    (anna, bo, cleo), (left, right) = res(*studio.stylists), res(*studio.chairs)
    booking = booked(studio, mine, resource_ids=[anna, left])
    loose = booked(studio, mine, resource_ids=[cleo, bo, right], starts_at=(START - HALF_HOUR).isoformat())
    path = f"/api/resources/{anna}"
    if how == "archived":
        office(studio.owner).delete(path)
    else:
        office(studio.owner).patch(path, {"service_ids": []})
    where = f"/api/bookings/{booking['id']}/reschedule"
    body: dict[str, Any] = {"starts_at": LATER.isoformat()}

    for named in ({}, {"resource_id": right}, {"resource_ids": [left, right]}):
        answer = mine.post(where, body | named)
        assert refused(answer) == (422, "asked_for_no_more", "/resource_ids")
        assert "asked for before" in answer.get_json()["detail"]
    assert refused(mine.post(where, body | {"resource_id": anna})) == (
        (404, "not_found", None) if how == "archived" else (422, "resource_not_offered", "/resource_id")
    )
    assert filled(mine.look(booking).get_json()) == [anna, left]
    assert filled(move(studio, mine, booking, resource_id=bo)) == [bo, left]
    office(studio.owner).delete(f"/api/resources/{cleo}")
    assert wanted(move(studio, mine, loose)) == (None, [bo, right]), "one of two whom it asked for is still there"


def test_who_fills_a_role_that_is_needed_no_more_is_not_missed() -> None:
    studio, mine = a_studio(), desk(a_user())
    anna, left = res(studio.stylists[0], studio.chairs[0])
    booking = booked(studio, mine, resource_ids=[anna, left])
    change(studio, requirements=needed(chair=studio.chairs))

    assert filled(move(studio, mine, booking)) == [left]


def test_slots_for_a_move_are_those_of_whom_it_would_ask_for() -> None:
    studio, mine = a_studio(stylists=2), desk(a_user())
    anna, bo = res(*studio.stylists)
    booking = booked(studio, mine, resource_id=anna)
    booked(studio, mine, resource_id=anna, starts_at=LATER.isoformat())
    service = shown(Kind.SERVICE, studio.service.id)

    def free(**query: str) -> list[str]:
        asked = {"service_id": service, "date": START.date().isoformat(), "reschedule_of": booking["id"]} | query
        where = "&".join(f"{name}={value}" for name, value in asked.items())
        return [slot["starts_at"][11:16] for slot in mine.get(f"/api/availability?{where}").get_json()["slots"]]

    assert "14:30" not in free()
    assert {"14:00", "14:30"} <= {*free(resource_id=bo)}
    office(studio.owner).delete(f"/api/resources/{anna}")
    gone = mine.get(f"/api/availability?service_id={service}&date={START.date()}&reschedule_of={booking['id']}")
    assert said(gone) == (422, "asked_for_no_more")


def test_staff_waive_rules_for_a_move_by_whom_it_would_ask_for() -> None:
    studio = a_studio(stylists=2)
    me = a_member(studio, Role.STAFF)
    serve(me, studio.stylists[0])
    mine, owner = desk(me), desk(studio.owner)
    (anna, bo), [left, _] = res(*studio.stylists), res(*studio.chairs)
    night = {"starts_at": START.replace(hour=20).isoformat(), "override": ["hours"]}

    anybody = booked(studio, owner, starts_at=LATER.isoformat())
    assert filled(anybody)[0] == anna
    any_of_them = f"/api/bookings/{anybody['id']}/reschedule"
    hers = f"/api/bookings/{booked(studio, owner, resource_id=anna)['id']}/reschedule"

    for path, named in (
        (hers, {"resource_ids": []}),
        (hers, {"resource_id": bo}),
        (any_of_them, {"resource_id": left}),
    ):
        assert said(mine.post(path, night | named)) == (403, "own_resources_only")
    assert mine.post(hers, night | {"resource_id": left}).status_code == 202
    after = (LATER + HALF_HOUR).isoformat()
    assert mine.post(any_of_them, night | {"resource_id": anna, "starts_at": after}).status_code == 202


def told(studio: Studio, mine: Desk, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Ask, be refused, and return the alternatives that who waits for it is told of."""
    key = secrets.token_hex(8)
    assert mine.post(path, body, Idempotency_Key=key).status_code == 202
    decide(studio)
    problem = mine.post(path, body, Idempotency_Key=key, Prefer="wait=1").get_json()
    assert problem["code"] == "slot_taken"
    found: list[dict[str, Any]] = problem["alternatives"]
    assert len(found) == 3
    return found


def test_an_alternative_can_be_asked_for_as_it_is_and_is_with_whom_was_asked_for() -> None:
    studio, mine = a_studio(stylists=2), desk(a_user())
    bo, right = res(studio.stylists[1], studio.chairs[1])
    for _ in range(2):
        booked(studio, mine)
    rejected = booked(studio, mine, resource_ids=[right, bo])

    offered = rejected["rejection"]["alternatives"]
    assert [(each["resource_id"], each["resource_ids"]) for each in offered] == [(bo, [bo, right])] * 3
    for alternative in offered:
        again = booked(studio, mine, **alternative)
        assert (again["status"], filled(again)) == ("confirmed", [bo, right])


def test_an_alternative_that_is_waited_for_can_be_asked_for_as_it_is() -> None:
    studio, mine = a_studio(chairs=1), desk(a_user())
    booked(studio, mine)

    offered = told(studio, mine, "/api/bookings", a_wish(studio))

    assert [each["resource_ids"] for each in offered] == [res(studio.stylists[0], studio.chairs[0])] * 3
    assert [booked(studio, mine, **each)["status"] for each in offered] == ["confirmed"] * 3


def test_an_alternative_to_a_move_can_be_asked_for_as_it_is_whomever_the_booking_asked_for_before() -> None:
    studio, mine = a_studio(), desk(a_user())
    left, right = res(*studio.chairs)
    booking = booked(studio, mine, resource_id=left)
    booked(studio, mine, starts_at=LATER.isoformat())
    wash = another_service(studio, chair=studio.chairs)
    for turn in (-2, -1, 2, 3):
        booked(wash, mine, resource_id=left, starts_at=(START + HALF_HOUR * turn).isoformat())

    body = {"starts_at": LATER.isoformat(), "resource_ids": []}
    offered = told(studio, mine, f"/api/bookings/{booking['id']}/reschedule", body)

    elsewhere = [each for each in offered if each["starts_at"] != booking["starts_at"]]
    assert {each["resource_ids"][1] for each in elsewhere} == {right}, "the other chair is taken for washing"
    moved = move(studio, mine, booking, **elsewhere[0])
    assert (moved["reschedule"]["status"], filled(moved)[1]) == ("moved", right)
