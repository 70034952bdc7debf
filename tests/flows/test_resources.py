"""Resources: added, said to offer services, archived; the default one steps back and stays while it is needed."""

from typing import Any

import pytest

from domain.accounts.rules import Role
from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_booking, a_service, a_shop, a_user, decide, look, weekday
from tests.flows.office import Office, a_member, of_resource, of_service, office, said

WHERE = "/api/resources"


def business(shop: Shop) -> str:
    return shown(Kind.BUSINESS, shop.business.id)


def service(shop: Shop) -> str:
    return shown(Kind.SERVICE, shop.service.id)


def added(shop: Shop, mine: Office, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    made: dict[str, Any] = mine.post(WHERE, {"business_id": business(shop), "name": "Chair", **fields}).get_json()
    return made


def offering(shop: Shop, mine: Office) -> list[str]:
    page = mine.get(WHERE, business_id=business(shop), service_id=service(shop)).get_json()
    return [each["id"] for each in page["data"]]


def test_a_resource_is_added_and_offers_what_it_is_said_to() -> None:
    shop = a_shop()
    mine = office(shop.owner)

    answer = mine.post(
        WHERE,
        {"business_id": business(shop), "name": "Bo", "kind": "person", "service_ids": [service(shop)], "priority": 2},
    )

    made = answer.get_json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{WHERE}/{made['id']}")
    assert (made["kind"], made["priority"], made["is_default"], made["version"]) == ("person", 2, False, 1)
    assert made["service_ids"] == [service(shop)]
    assert offering(shop, mine) == [made["id"]]
    asked = {"service_id": service(shop), "date": weekday().date().isoformat()}
    assert mine.get("/api/availability", **asked, resource_id=made["id"]).get_json()["slots"]
    assert said(mine.get("/api/availability", **asked, resource_id=shown(Kind.RESOURCE, shop.resource_ids[0]))) == (
        422,
        "resource_not_offered",
    )


def test_the_default_resource_offers_what_nobody_is_said_to() -> None:
    shop = a_shop()
    mine = office(shop.owner)
    (default,) = offering(shop, mine)
    assert mine.get(f"{WHERE}/{default}").get_json()["is_default"]

    chair = added(shop, mine, service_ids=[service(shop)])
    assert offering(shop, mine) == [chair["id"]]

    mine.patch(f"{WHERE}/{default}", {"service_ids": [service(shop)], "name": "The house"})
    assert offering(shop, mine) == [default, chair["id"]]

    for each in (default, chair["id"]):
        mine.patch(f"{WHERE}/{each}", {"service_ids": []})
    assert offering(shop, mine) == [default]
    assert mine.get(f"{WHERE}/{default}").get_json()["name"] == "The house"


def test_service_ids_replace_what_was_said_before() -> None:
    shop = a_shop()
    other, _ = a_service(shop.owner, shop.business.id)
    mine, second = office(shop.owner), shown(Kind.SERVICE, other.id)
    chair = f"{WHERE}/{added(shop, mine, service_ids=[service(shop)])['id']}"

    assert mine.patch(chair, {"service_ids": [second, second]}).get_json()["service_ids"] == [second]
    assert mine.patch(chair, {"service_ids": [second, service(shop)]}).get_json()["version"] == 3
    assert mine.patch(chair, {"service_ids": [service(shop), second]}).get_json()["version"] == 3
    assert mine.patch(chair, {"name": "Other"}).get_json()["service_ids"] == [service(shop), second]


def test_services_of_somebody_else_cannot_be_offered() -> None:
    shop, other = a_shop(), a_shop()
    mine = office(shop.owner)
    body = {"business_id": business(shop), "name": "Chair"}

    for foreign in (service(other), shown(Kind.SERVICE, shop.business.id), "svc_x", business(shop)):
        assert said(mine.post(WHERE, body | {"service_ids": [foreign]})) == (404, "not_found")
        assert said(mine.patch(of_resource(shop), {"service_ids": [foreign]})) == (404, "not_found")
    assert said(mine.get(WHERE, business_id=business(shop), service_id=service(other))) == (404, "not_found")


def test_a_person_is_a_member_and_only_members_are_told_who() -> None:
    shop = a_shop()
    staff = a_member(shop, Role.STAFF)
    mine, user = office(shop.owner), shown(Kind.USER, staff.user_id)

    made = added(shop, mine, user_id=user)

    path = f"{WHERE}/{made['id']}"
    assert made["user_id"] == user
    assert office(staff).get(path).get_json()["user_id"] == user
    assert office(a_user()).get(path).get_json()["user_id"] is None
    listed = office(a_user()).get(WHERE, business_id=business(shop)).get_json()["data"]
    assert [each["user_id"] for each in listed] == [None, None]
    stranger = shown(Kind.USER, a_user().user_id)
    for refused in (
        mine.patch(path, {"user_id": stranger}),
        mine.post(WHERE, {"business_id": business(shop), "name": "X", "user_id": stranger}),
    ):
        assert said(refused) == (422, "not_a_member")
        assert refused.get_json()["errors"][0]["pointer"] == "/user_id"
    assert mine.patch(path, {"user_id": None}).get_json()["user_id"] is None


def test_only_admins_write_resources() -> None:
    shop = a_shop()
    staff = a_member(shop, Role.STAFF)
    own = f"{WHERE}/{added(shop, office(shop.owner), user_id=shown(Kind.USER, staff.user_id))['id']}"

    for who, code in ((a_user(), "members_only"), (staff, "admins_only")):
        assert said(office(who).post(WHERE, {"business_id": business(shop), "name": "X"})) == (403, code)
        assert said(office(who).patch(own, {"name": "X"})) == (403, code)
        assert said(office(who).delete(own)) == (403, code)
    assert said(office(shop.owner).patch(f"{WHERE}/{shown(Kind.RESOURCE, shop.business.id)}", {})) == (404, "not_found")


@pytest.mark.parametrize(
    "body", [{"name": None}, {"service_ids": None}, {"priority": 10_001}, {"kind": ""}, {"is_default": True}]
)
def test_a_change_that_makes_no_sense_is_refused(body: dict[str, Any]) -> None:
    shop = a_shop()

    assert office(shop.owner).patch(of_resource(shop), body).status_code == 422


def test_a_version_that_is_over_is_not_changed() -> None:
    shop = a_shop()
    mine = office(shop.owner)
    mine.patch(of_resource(shop), {"name": "X"}, If_Match='"v1"')

    assert said(mine.patch(of_resource(shop), {"name": "Y"}, If_Match='"v1"')) == (412, "stale_version")
    assert said(mine.delete(of_resource(shop), If_Match='"v1"')) == (412, "stale_version")


def test_an_archived_resource_serves_no_more_and_the_default_one_does_not_step_in() -> None:
    shop = a_shop()
    mine = office(shop.owner)
    chair = f"{WHERE}/{added(shop, mine, service_ids=[service(shop)])['id']}"
    booking = a_booking(shop, weekday())
    decide(shop)

    gone = mine.delete(chair).get_json()

    assert (gone["stranded_bookings"], gone["version"]) == (1, 2)
    assert (look(booking, by=shop.owner).status, look(booking, by=shop.owner).version) == ("confirmed", 2)
    assert offering(shop, mine) == []
    assert said(office(a_user()).get(chair)) == (404, "not_found")
    assert mine.get(chair).get_json()["archived_at"]
    assert said(mine.patch(chair, {"name": "X"})) == (409, "archived")
    assert said(mine.put(f"{chair}/schedule", {"weekly": []})) == (409, "archived")
    assert mine.delete(chair, If_Match='"v1"').get_json()["version"] == 2


def test_the_default_resource_stays_while_a_service_needs_it() -> None:
    shop = a_shop()
    mine, default = office(shop.owner), of_resource(shop)

    assert said(mine.delete(default)) == (409, "default_resource_needed")
    added(shop, mine, service_ids=[service(shop)])
    assert mine.delete(default).status_code == 200

    other = a_shop()
    office(other.owner).delete(of_service(other), If_Match="*")
    assert office(other.owner).delete(of_resource(other)).status_code == 200


def test_the_default_resource_stays_while_no_other_that_is_active_offers_what_it_is_said_to() -> None:
    shop = a_shop()
    mine, default = office(shop.owner), of_resource(shop)
    mine.patch(default, {"service_ids": [service(shop)]})
    assert said(mine.delete(default)) == (409, "default_resource_needed")

    chair = f"{WHERE}/{added(shop, mine, service_ids=[service(shop)])['id']}"
    mine.delete(chair)
    assert said(mine.delete(default)) == (409, "default_resource_needed")

    added(shop, mine, service_ids=[service(shop)])
    assert mine.delete(default).status_code == 200


def test_pages_of_resources_neither_repeat_nor_miss_while_others_are_added() -> None:
    shop = a_shop()
    mine = office(shop.owner)
    names = [added(shop, mine, name=f"Chair {number}")["name"] for number in range(4)]
    query: dict[str, Any] = {"business_id": business(shop), "limit": 2}
    seen: list[str] = []
    while True:
        page = mine.get(WHERE, **query).get_json()
        seen += [each["name"] for each in page["data"]]
        if not page["has_more"]:
            break
        query["cursor"] = page["next_cursor"]
        if len(names) < 6:
            names.append(added(shop, mine, name=f"Late {len(names)}")["name"])
    assert seen == [shop.business.name, *names]
