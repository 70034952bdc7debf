"""Time off: closes a resource or the whole business for a while, entered by those who may, seen by members."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.accounts.rules import Role
from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_booking, a_shop, a_user, decide, look, weekday
from tests.flows.office import Office, a_member, of_resource, office, said

WHERE = "/api/time-off"
START = weekday()


def business(shop: Shop) -> dict[str, str]:
    return {"business_id": shown(Kind.BUSINESS, shop.business.id)}


def resource(shop: Shop, number: int = 0) -> dict[str, str]:
    return {"resource_id": shown(Kind.RESOURCE, shop.resource_ids[number])}


def hours(count: float, start: datetime = START) -> dict[str, str]:
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=count)).isoformat()}


def entered(mine: Office, body: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = mine.post(WHERE, body).get_json()
    return made


def rejection(shop: Shop) -> str | None:
    booking = a_booking(shop, START)
    decide(shop)
    return look(booking, by=shop.owner).rejection_code


def test_time_off_of_a_business_closes_all_of_it_until_it_is_taken_back() -> None:
    shop = a_shop(resources=2)
    mine = office(shop.owner)

    answer = mine.post(WHERE, business(shop) | hours(2) | {"reason": "Stocktaking"})

    made = answer.get_json()
    path = f"{WHERE}/{made['id']}"
    assert (answer.status_code, answer.headers["Location"], answer.headers["ETag"]) == (201, path, '"v1"')
    assert (made["resource_id"], made["reason"], made["stranded_bookings"]) == (None, "Stocktaking", 0)
    assert datetime.fromisoformat(made["starts_at"]) == START
    assert rejection(shop) == "time_off"
    assert mine.delete(path).status_code == 204
    assert said(mine.get(path)) == said(mine.delete(path)) == (404, "not_found")
    assert rejection(shop) is None


def test_time_off_of_a_resource_leaves_the_others_open() -> None:
    shop = a_shop(resources=2)

    entered(office(shop.owner), resource(shop) | hours(1))

    assert [rejection(shop), rejection(shop)] == [None, "slot_taken"]


def test_time_off_counts_the_bookings_in_it_and_leaves_them_alone() -> None:
    shop = a_shop(capacity=5, buffer_before_minutes=30)
    bookings = [a_booking(shop, START + timedelta(minutes=minutes)) for minutes in (0, 0, 60)]
    decide(shop)
    mine = office(shop.owner)
    before = [look(each, by=shop.owner).version for each in bookings]

    made = entered(mine, resource(shop) | hours(0.25))

    path = f"{WHERE}/{made['id']}"
    assert made["stranded_bookings"] == 2
    longer = mine.patch(path, {"ends_at": (START + timedelta(minutes=31)).isoformat()}, If_Match='"v1"').get_json()
    assert (longer["stranded_bookings"], longer["version"]) == (3, 2)
    assert entered(mine, business(shop) | hours(0.25))["stranded_bookings"] == 2
    assert [look(each, by=shop.owner).version for each in bookings] == before


def test_time_off_can_be_moved_and_its_reason_taken_away() -> None:
    shop = a_shop()
    mine = office(shop.owner)
    path = f"{WHERE}/{entered(mine, resource(shop) | hours(1) | {'reason': 'Ill'})['id']}"

    moved = mine.patch(path, hours(3, START + timedelta(days=1)) | {"reason": None}).get_json()

    assert (moved["version"], moved["reason"]) == (2, None)
    assert mine.get(path).get_json() == {name: value for name, value in moved.items() if name != "stranded_bookings"}
    assert mine.patch(path, {}).get_json()["version"] == 2
    assert said(mine.patch(path, {"reason": "X"}, If_Match='"v1"')) == (412, "stale_version")
    assert said(mine.delete(path, If_Match='"v1"')) == (412, "stale_version")


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        (hours(0), "time_off_length", "/ends_at"),
        (hours(-1), "time_off_length", "/ends_at"),
        (hours(24 * 366 * 5 + 1), "time_off_length", "/ends_at"),
        ({"ends_at": "2027-01-01T10:00:00"}, "invalid", "/ends_at"),
        ({"starts_at": "2027-01-01T10:00:00.5Z"}, "invalid", "/starts_at"),
        ({"starts_at": None}, "invalid", "/starts_at"),
    ],
)
def test_time_off_is_neither_nothing_nor_for_ever(change: dict[str, Any], code: str, pointer: str) -> None:
    shop = a_shop()
    mine = office(shop.owner)
    path = f"{WHERE}/{entered(mine, resource(shop) | hours(1))['id']}"

    for answer in (mine.post(WHERE, resource(shop) | hours(1) | change), mine.patch(path, change)):
        assert said(answer) == (422, code)
        assert answer.get_json()["errors"][0]["pointer"] == pointer


def test_time_off_is_of_one_place() -> None:
    shop = a_shop()
    mine = office(shop.owner)

    assert said(mine.post(WHERE, hours(1))) == (422, "invalid")
    assert said(mine.post(WHERE, hours(1) | business(shop) | resource(shop))) == (422, "invalid")
    assert said(mine.post(WHERE, hours(1) | {"business_id": shown(Kind.BUSINESS, shop.service.id)})) == (
        404,
        "not_found",
    )


def test_staff_enter_time_off_of_resources_that_are_theirs() -> None:
    shop = a_shop(resources=2)
    staff, stranger = a_member(shop, Role.STAFF), office(a_user())
    mine, theirs = office(shop.owner), office(staff)
    mine.patch(of_resource(shop), {"user_id": shown(Kind.USER, staff.user_id)})

    own = f"{WHERE}/{entered(theirs, resource(shop, 0) | hours(1))['id']}"
    another = f"{WHERE}/{entered(mine, resource(shop, 1) | hours(1))['id']}"
    everybodys = f"{WHERE}/{entered(mine, business(shop) | hours(1))['id']}"

    assert said(theirs.post(WHERE, resource(shop, 1) | hours(1))) == (403, "own_resources_only")
    assert said(theirs.post(WHERE, business(shop) | hours(1))) == (403, "admins_only")
    assert said(stranger.post(WHERE, resource(shop) | hours(1))) == (403, "members_only")
    for path, code in ((another, "own_resources_only"), (everybodys, "admins_only")):
        assert theirs.get(path).status_code == 200
        assert said(theirs.patch(path, {"reason": "X"})) == said(theirs.delete(path)) == (403, code)
    for path in (own, another, everybodys):
        assert said(stranger.get(path)) == said(stranger.patch(path, {})) == (404, "not_found")
        assert said(stranger.delete(path)) == (404, "not_found")
    assert theirs.patch(own, {"reason": "Dentist"}).status_code == 200
    assert theirs.delete(own).status_code == 204


def test_the_list_is_for_members_and_narrows_by_resource_and_start() -> None:
    shop = a_shop(resources=2)
    mine = office(shop.owner)
    days = [START + timedelta(days=number) for number in range(3)]
    ids = [entered(mine, place | hours(1, day))["id"] for day, place in zip(days, places(shop), strict=True)]

    def listed(**query: str) -> list[str]:
        return [each["id"] for each in mine.get(WHERE, **business(shop), **query).get_json()["data"]]

    assert listed() == ids
    assert listed(**resource(shop, 1)) == [ids[1]]
    assert listed(starts_from=instant(days[1])) == ids[1:]
    assert listed(starts_to=instant(days[1])) == ids[:1]
    assert listed(starts_from=instant(days[1]), starts_to=instant(days[2])) == [ids[1]]
    assert said(office(a_user()).get(WHERE, **business(shop))) == (403, "members_only")
    assert said(mine.get(WHERE)) == (422, "invalid")
    assert said(mine.get(WHERE, **business(shop), **resource(a_shop()))) == (404, "not_found")


def test_pages_neither_repeat_nor_miss_while_more_is_entered() -> None:
    shop = a_shop()
    mine = office(shop.owner)
    ids = [entered(mine, resource(shop) | hours(1))["id"] for _ in range(3)]
    first = mine.get(WHERE, **business(shop), limit="2").get_json()
    ids.append(entered(mine, resource(shop) | hours(1))["id"])
    second = mine.get(WHERE, **business(shop), limit="2", cursor=first["next_cursor"]).get_json()

    assert [each["id"] for page in (first, second) for each in page["data"]] == ids
    assert second["has_more"] is False


def places(shop: Shop) -> list[dict[str, str]]:
    return [resource(shop, 0), resource(shop, 1), business(shop)]


def instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
