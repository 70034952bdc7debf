"""The audit log over HTTP: what owners and admins read of a business."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from conftest import Caller, bearing
from flask.testing import FlaskClient
from house import House, code
from trail import LOG, a_key, actions, listed

from config.clock import clock
from domain.kernel.ids import Kind, shown
from domain.kernel.outside import rfc3339
from tests.builders import Shop, a_booking, a_reschedule, a_shop, decide, weekday
from tests.flows.desk import desk
from tests.flows.guests import a_guest, for_bo


@pytest.fixture
def house(client: FlaskClient) -> House:
    return House(client)


def of_house(house: House, by: str = "owner", **filters: object) -> list[dict[str, Any]]:
    return listed(house.people[by], business_id=house.business["id"], **filters)


def a_service(house: House) -> Mapping[str, Any]:
    body = {"business_id": house.business["id"], "name": "Cut", "duration_minutes": 30}
    made: Mapping[str, Any] = house.people["owner"].post("/api/services", body).get_json()
    return made


def test_it_tells_who_changed_what_through_which_key(house: House) -> None:
    owner, service = house.people["owner"], a_service(house)
    key = a_key(owner)
    answer = bearing(house.client, key["key"]).patch(
        f"/api/services/{service['id']}", {"duration_minutes": 45}, If_Match="*", X_Request_Id="till-7"
    )
    assert answer.status_code == 200
    (first, *_) = of_house(house)
    assert first == {
        "id": first["id"],
        "object": "audit_entry",
        "business_id": house.business["id"],
        "action": "service.updated",
        "actor_id": house.user("owner")["id"],
        "through": {"kind": "api_key", "id": key["id"]},
        "subject": {"kind": "service", "id": service["id"]},
        "changes": {"duration_minutes": {"from": 30, "to": 45, "is_withheld": False}},
        "request_id": "till-7",
        "created_at": first["created_at"],
    }
    assert owner.get(f"{LOG}/{first['id']}").get_json() == first


def test_admins_read_it_and_staff_and_strangers_do_not(house: House) -> None:
    (first, *_) = of_house(house, "admin")
    place = f"{LOG}?business_id={house.business['id']}"
    assert [code(house.people[each].get(place)) for each in ("staff", "stranger")] == ["admins_only", "members_only"]
    told = [code(house.people[each].get(f"{LOG}/{first['id']}")) for each in ("staff", "stranger")]
    assert told == ["admins_only", "not_found"]


def test_it_can_be_narrowed(house: House) -> None:
    service = a_service(house)
    house.change("admin", "staff", "admin")
    made, changed = ["service.created"], ["member.changed"]
    assert actions(of_house(house, subject_id=service["id"])) == made
    assert actions(of_house(house, actor_id=house.user("admin")["id"])) == changed
    assert actions(of_house(house, subject_id=house.user("staff")["id"])) == [*changed, "member.added"]
    assert actions(of_house(house, action=["member.changed", "service.created"])) == changed + made
    assert of_house(house, action="member.changed", subject_id=service["id"]) == []
    assert of_house(house, key_id=shown(Kind.API_KEY, uuid4())) == []


def test_a_span_of_time_is_half_open(house: House) -> None:
    service = a_service(house)
    at = of_house(house, subject_id=service["id"])[0]["created_at"]
    later = rfc3339(clock() + timedelta(minutes=1))
    assert "service.created" in actions(of_house(house, created_from=at, created_to=later))
    assert "service.created" not in actions(of_house(house, created_to=at))
    assert of_house(house, created_from=later) == []


@pytest.mark.parametrize("query", ["action=service.painted", "subject_id=svc_1", "key_id=usr_1", "actor=x"])
def test_what_cannot_be_asked_for_is_refused(house: House, query: str) -> None:
    answer = house.people["owner"].get(f"{LOG}?business_id={house.business['id']}&{query}")
    assert code(answer) in {"invalid", "not_found", "unknown_parameter"}


def test_entries_and_bookings_are_one_list_whose_pages_have_each_once(client: FlaskClient) -> None:
    shop = a_shop()
    who = a_caller(client, shop)
    for number in range(4):
        a_booking(shop, weekday(ahead=3 + number))
        who.patch(f"/api/services/{shown(Kind.SERVICE, shop.service.id)}", {"capacity": number + 2}, If_Match="*")
    place = {"business_id": shown(Kind.BUSINESS, shop.business.id)}
    whole = listed(who, **place, limit=100)
    paged: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = who.client.get(LOG, query_string={**place, "limit": 3, **cursor}, headers=who.headers).get_json()
        paged += page["data"]
        if not page["has_more"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert paged == whole
    assert sorted(actions(whole)) == sorted(
        ["business.created", "service.created", *["booking.requested"] * 4, *["service.updated"] * 4]
    )
    assert [each["id"] for each in whole] == sorted((each["id"] for each in whole), reverse=True)


def test_a_bookings_entry_tells_what_its_history_does_and_who_came_by_its_link(client: FlaskClient) -> None:
    shop = a_shop(requires_approval=True)
    booking = for_bo(shop, shop.owner)
    assert desk(shop.owner).turn(booking, "confirmed").status_code == 200
    assert a_guest(booking).turn(booking, "cancelled").status_code == 200
    who = a_caller(client, shop)
    told = listed(who, business_id=shown(Kind.BUSINESS, shop.business.id), subject_id=booking["id"])
    assert actions(told) == ["booking.cancelled", "booking.confirmed", "booking.requested"]
    cancelled, confirmed, requested = told
    assert cancelled["through"] == {"kind": "manage_link", "id": booking["id"]}
    assert cancelled["actor_id"] is None
    assert confirmed["through"]["kind"] == "session"
    assert confirmed["actor_id"] == shown(Kind.USER, shop.owner.user_id)
    assert confirmed["changes"]["status"] == {"from": "awaiting_approval", "to": "confirmed", "is_withheld": False}
    assert requested["changes"]["status"]["from"] is None
    assert who.get(f"{LOG}/{cancelled['id']}").get_json() == cancelled
    assert code(Caller(client, a_stranger(client)).get(f"{LOG}/{cancelled['id']}")) == "not_found"


def test_a_move_that_was_asked_for_is_told_and_what_the_server_decides_is_not(client: FlaskClient) -> None:
    shop = a_shop()
    booking = a_booking(shop, weekday())
    decide(shop)
    a_reschedule(booking, weekday(ahead=8), by=shop.owner)
    decide(shop)
    told = listed(
        a_caller(client, shop),
        business_id=shown(Kind.BUSINESS, shop.business.id),
        subject_id=shown(Kind.BOOKING, booking.id),
    )
    assert actions(told) == ["booking.reschedule_requested", "booking.requested"]


def test_what_is_repeated_under_its_idempotency_key_is_told_once(house: House) -> None:
    body = {"business_id": house.business["id"], "name": "Cut", "duration_minutes": 30}
    for _ in range(2):
        assert house.people["owner"].post("/api/services", body, Idempotency_Key="once").status_code == 201
    assert actions(of_house(house, action="service.created")) == ["service.created"]


def test_what_is_refused_is_not_told(house: House) -> None:
    before = of_house(house)
    assert code(house.change("staff", "admin", "staff")) == "admins_only"
    assert code(house.remove("owner", "owner")) == "last_owner"
    assert of_house(house) == before


def test_what_people_write_to_each_other_is_withheld(house: House) -> None:
    begin = weekday(ahead=5)
    body = {
        "business_id": house.business["id"],
        "starts_at": rfc3339(begin),
        "ends_at": rfc3339(begin + timedelta(hours=1)),
        "reason": "At the hospital",
    }
    house.people["owner"].post("/api/time-off", body)
    changes = of_house(house)[0]["changes"]
    assert changes["reason"] == {"from": None, "to": None, "is_withheld": True}
    assert changes["starts_at"]["to"] == rfc3339(begin)


def test_of_a_url_only_the_host_is_told(house: House) -> None:
    body = {"business_id": house.business["id"], "url": "https://hooks.example/a-secret"}
    made = house.people["owner"].post("/api/webhook-endpoints", body).get_json()
    house.people["owner"].patch(f"/api/webhook-endpoints/{made['id']}", {"url": "https://other.example/b-secret"})
    changes = of_house(house)[0]["changes"]
    assert changes["host"] == {"from": "hooks.example", "to": "other.example", "is_withheld": False}
    assert changes["url"]["is_withheld"]


def test_what_a_resource_offers_and_a_service_needs_is_told_by_ids(house: House) -> None:
    service, owner = a_service(house), house.people["owner"]
    chair = owner.post("/api/resources", {"business_id": house.business["id"], "name": "Chair"}).get_json()
    owner.patch(f"/api/resources/{chair['id']}", {"service_ids": [service["id"]]})
    assert of_house(house)[0]["changes"]["service_ids"] == {"from": [], "to": [service["id"]], "is_withheld": False}
    needs = [{"role": "seat", "resource_ids": [chair["id"]]}]
    owner.patch(f"/api/services/{service['id']}", {"requirements": needs}, If_Match="*")
    assert of_house(house)[0]["changes"]["requirements"]["to"] == needs


def a_caller(client: FlaskClient, shop: Shop) -> Caller:
    """Return the owner of a shop, signed in."""
    found = desk(shop.owner)
    return Caller(client, {"access_token": found.signed["Authorization"].removeprefix("Bearer ")})


def a_stranger(client: FlaskClient) -> dict[str, Any]:
    body = {"email": f"{uuid4().hex}@example.com", "password": "correct horse", "name": "Bo"}
    made: dict[str, Any] = client.post("/api/auth/register", json=body).get_json()
    return made
