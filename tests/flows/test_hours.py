"""Opening hours: replaced as a whole at a version that is named, inherited by whoever has none of their own."""

from typing import Any

import pytest

from domain.accounts.rules import Role
from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_shop, a_user, weekday
from tests.flows.office import Office, a_member, of_business, of_resource, office, said

NINE_TO_FIVE = [{"weekday": day, "start": "09:00", "end": "17:00"} for day in range(5)]
DAY = weekday().date()
MORNING = {"weekly": [{"weekday": DAY.weekday(), "start": "09:00", "end": "10:00"}]}


def hours_of(shop: Shop) -> str:
    return f"{of_business(shop)}/schedule"


def own_hours_of(shop: Shop, number: int = 0) -> str:
    return f"{of_resource(shop, number)}/schedule"


def starts(mine: Office, shop: Shop, **query: str) -> list[str]:
    asked = {"service_id": shown(Kind.SERVICE, shop.service.id), "date": DAY.isoformat(), **query}
    return [slot["starts_at"][11:16] for slot in mine.get("/api/availability", **asked).get_json()["slots"]]


def test_a_new_business_is_open_nine_to_five() -> None:
    shop = a_shop()

    answer = office(a_user()).get(hours_of(shop))

    hours = answer.get_json()
    assert (answer.status_code, answer.headers["ETag"].partition("-")[0]) == (200, '"v1')
    assert (hours["weekly"], hours["overrides"]) == (NINE_TO_FIVE, [])
    assert (hours["inherited"], hours["timezone"], hours["resource_id"]) == (False, None, None)


def test_hours_are_replaced_as_a_whole_and_offered_at_once() -> None:
    shop = a_shop()
    mine = office(shop.owner)

    answer = mine.put(hours_of(shop), MORNING | {"timezone": "Africa/Lagos"}, If_Match='"v1"')

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"v2"')
    assert answer.get_json()["weekly"] == MORNING["weekly"]
    assert starts(mine, shop) == ["09:00", "09:30"]
    same = mine.put(hours_of(shop), MORNING | {"timezone": "Africa/Lagos"}, If_Match='"v2"')
    assert same.get_json()["version"] == 2


def test_a_resource_keeps_the_business_hours_until_it_has_its_own_and_again_after() -> None:
    shop = a_shop(resources=1)
    mine = office(shop.owner)
    inherited = mine.get(own_hours_of(shop))
    assert (inherited.get_json()["inherited"], inherited.get_json()["weekly"]) == (True, NINE_TO_FIVE)
    assert "ETag" not in inherited.headers

    made = mine.put(own_hours_of(shop), MORNING, If_None_Match="*")
    assert (made.status_code, made.headers["Location"], made.headers["ETag"]) == (201, own_hours_of(shop), '"v1"')
    assert (made.get_json()["inherited"], made.get_json()["resource_id"]) == (
        False,
        shown(Kind.RESOURCE, shop.resource_ids[0]),
    )
    assert starts(mine, shop) == ["09:00", "09:30"]

    gone = mine.delete(own_hours_of(shop), If_Match='"v1"')
    assert (gone.status_code, gone.get_json()["inherited"]) == (200, True)
    assert len(starts(mine, shop)) == 16
    assert said(mine.delete(own_hours_of(shop), If_Match="*")) == (404, "not_found")


def test_what_is_there_is_replaced_only_at_the_version_that_is_named() -> None:
    shop = a_shop(resources=1)
    mine = office(shop.owner)

    assert said(mine.put(hours_of(shop), MORNING)) == (428, "precondition_required")
    assert said(mine.put(hours_of(shop), MORNING, If_None_Match="*")) == (412, "stale_version")
    assert said(mine.put(hours_of(shop), MORNING, If_Match='"v2"')) == (412, "stale_version")
    nothing_yet = mine.put(own_hours_of(shop), MORNING, If_Match='"v1"')
    assert (*said(nothing_yet), nothing_yet.get_json()["version"]) == (412, "stale_version", 0)
    assert mine.put(own_hours_of(shop), MORNING).status_code == 201
    assert said(mine.put(own_hours_of(shop), MORNING)) == (428, "precondition_required")
    assert mine.put(own_hours_of(shop), MORNING, If_Match='"v1", "v7"').status_code == 200
    assert said(mine.delete(own_hours_of(shop))) == (428, "precondition_required")
    assert said(mine.delete(own_hours_of(shop), If_Match='"v2"')) == (412, "stale_version")


@pytest.mark.parametrize("tag", ["v1", "1", "", "*, v1"])
def test_a_tag_without_its_quotes_is_said_to_be_none(tag: str) -> None:
    shop = a_shop()
    mine = office(shop.owner)

    answer = mine.put(hours_of(shop), MORNING, If_Match=tag)

    assert said(answer) == (412, "stale_version")
    assert "in quotes" in answer.get_json()["detail"]
    for others in ('W/"v1"', '"x"', '"v9", v1'):
        assert "it is at version 1 now" in mine.put(hours_of(shop), MORNING, If_Match=others).get_json()["detail"]


def test_where_there_are_no_hours_yet_nothing_matches() -> None:
    shop = a_shop(resources=1)
    mine = office(shop.owner)

    for tag in ("*", '"v0"', '"v1"', '*, "v1"'):
        assert said(mine.put(own_hours_of(shop), MORNING, If_Match=tag)) == (412, "stale_version"), tag
    assert said(mine.put(own_hours_of(shop), MORNING, If_Match="*", If_None_Match="*")) == (412, "stale_version")
    assert mine.put(own_hours_of(shop), MORNING, If_None_Match='"v1"').status_code == 201


def test_only_the_star_of_if_none_match_says_what_is_meant() -> None:
    shop = a_shop()
    mine = office(shop.owner)

    for tag in ('"v1"', '"v7"', 'W/"v7"'):
        assert said(mine.put(hours_of(shop), MORNING, If_None_Match=tag)) == (428, "precondition_required"), tag
    assert said(mine.put(hours_of(shop), MORNING, If_Match='"v1"', If_None_Match="*")) == (412, "stale_version")
    assert mine.put(hours_of(shop), MORNING, If_Match='"v1"', If_None_Match='"v7"').status_code == 200


def test_blocks_and_overrides_are_kept_in_order_and_those_of_one_date_join() -> None:
    shop = a_shop()
    body = {
        "weekly": [
            {"weekday": 5, "start": "20:00", "end": "02:00"},
            {"weekday": 0, "start": "13:00", "end": "24:00"},
            {"weekday": 0, "start": "09:00", "end": "12:00"},
            {"weekday": 0, "start": "09:00", "end": "12:00"},
        ],
        "overrides": [
            {"date": "2027-05-02", "intervals": [{"start": "14:00", "end": "15:00"}]},
            {"date": "2026-12-24", "intervals": []},
            {"date": "2027-05-02", "intervals": [{"start": "09:00", "end": "10:00"}]},
        ],
    }

    kept = office(shop.owner).put(hours_of(shop), body, If_Match="*").get_json()

    assert kept["weekly"] == [body["weekly"][2], body["weekly"][1], body["weekly"][0]]
    assert kept["overrides"] == [
        {"date": "2026-12-24", "intervals": []},
        {
            "date": "2027-05-02",
            "intervals": [{"start": "09:00", "end": "10:00"}, {"start": "14:00", "end": "15:00"}],
        },
    ]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("22:00", "24:00", ["22:00", "22:30", "23:00", "23:30"]),
        ("22:30", "00:30", ["22:30", "23:00", "23:30", "00:00"]),
        ("09:00", "09:00", []),
        ("22:30", "23:59", ["22:30", "23:00"]),
    ],
)
def test_the_end_of_the_day_and_nights_mean_what_they_say(start: str, end: str, expected: list[str]) -> None:
    shop = a_shop()
    mine = office(shop.owner)
    body = {"weekly": [], "overrides": [{"date": DAY.isoformat(), "intervals": [{"start": start, "end": end}]}]}

    mine.put(hours_of(shop), body, If_Match="*")

    asked = {"service_id": shown(Kind.SERVICE, shop.service.id), "from": DAY.isoformat()}
    until = DAY.fromordinal(DAY.toordinal() + 1).isoformat()
    slots = mine.get("/api/availability", **asked, to=until).get_json()["slots"]
    assert [slot["starts_at"][11:16] for slot in slots] == expected


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/weekly"),
        ({"weekly": [{"weekday": 7, "start": "09:00", "end": "10:00"}]}, "/weekly/0/weekday"),
        ({"weekly": [{"weekday": 0, "start": "24:00", "end": "10:00"}]}, "/weekly/0/start"),
        ({"weekly": [{"weekday": 0, "start": "9:00", "end": "10:00"}]}, "/weekly/0/start"),
        ({"weekly": [{"weekday": 0, "start": "09:00", "end": "24:01"}]}, "/weekly/0/end"),
        ({"weekly": [{"weekday": 0, "start": 540, "end": "10:00"}]}, "/weekly/0/start"),
        ({"weekly": [{"weekday": 0, "start": True, "end": "10:00"}]}, "/weekly/0/start"),
        ({"weekly": [], "overrides": [{"date": "2027-02-30", "intervals": []}]}, "/overrides/0/date"),
        ({"weekly": [], "timezone": "localtime"}, "/timezone"),
        ({"weekly": NINE_TO_FIVE * 21}, "/weekly"),
        ({"weekly": [], "overrides": [{"date": "2027-01-01", "intervals": []}] * 1001}, "/overrides"),
        ({"weekly": [], "extra": 1}, "/extra"),
    ],
)
def test_hours_that_are_none_are_refused(body: dict[str, Any], pointer: str) -> None:
    answer = office((shop := a_shop()).owner).put(hours_of(shop), body, If_Match="*")

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == pointer


def test_staff_set_the_hours_of_resources_that_are_theirs() -> None:
    shop = a_shop(resources=2)
    staff, stranger = a_member(shop, Role.STAFF), a_user()
    office(shop.owner).patch(of_resource(shop), {"user_id": shown(Kind.USER, staff.user_id)})

    assert office(staff).put(own_hours_of(shop, 0), MORNING).status_code == 201
    assert office(staff).delete(own_hours_of(shop, 0), If_Match="*").status_code == 200
    assert said(office(staff).put(own_hours_of(shop, 1), MORNING)) == (403, "own_resources_only")
    assert said(office(staff).put(hours_of(shop), MORNING, If_Match="*")) == (403, "admins_only")
    assert said(office(stranger).put(own_hours_of(shop, 0), MORNING)) == (403, "members_only")
    assert said(office(stranger).put(hours_of(shop), MORNING, If_Match="*")) == (403, "members_only")
    nowhere = f"/api/resources/{shown(Kind.RESOURCE, shop.business.id)}/schedule"
    assert said(office(stranger).put(nowhere, MORNING)) == (404, "not_found")
