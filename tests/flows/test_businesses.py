"""Businesses: found by filters, changed by their admins, archived by their owners."""

import secrets
from typing import Any

import pytest

from domain.accounts.rules import Role
from domain.kernel.ids import Kind, shown
from domain.kernel.money import Money
from tests.builders import a_booking, a_shop, a_user, weekday
from tests.flows.office import Office, a_member, of_business, of_resource, of_service, office, said

WHERE = "/api/businesses"


def opened(mine: Office, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    body = {"name": "Ada's Salon", "timezone": "Africa/Lagos", "currency": "NGN", **fields}
    made: dict[str, Any] = mine.post(WHERE, body).get_json()
    return made


def found(mine: Office, **filters: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [each["id"] for each in mine.get(WHERE, limit=100, **filters).get_json()["data"]]


def test_businesses_are_found_by_a_part_of_their_name_whatever_its_case() -> None:
    mine, mark = office(a_user()), secrets.token_hex(6)
    one = opened(mine, name=f"Barber {mark} & Sons")
    opened(mine, name="Another")

    assert found(mine, q=f"ER {mark.upper()}") == [one["id"]]
    assert found(mine, q=f"{mark}x") == []


def test_wildcards_of_the_database_are_plain_characters_in_a_search() -> None:
    mine, mark = office(a_user()), secrets.token_hex(6)
    names = [f"100% {mark}", f"a_b {mark}", f"back\\slash {mark}", f"axb {mark}"]
    ids = [opened(mine, name=name)["id"] for name in names]

    assert found(mine, q=f"0% {mark}") == [ids[0]]
    assert found(mine, q=f"a_b {mark}") == [ids[1]]
    assert found(mine, q=f"k\\slash {mark}") == [ids[2]]
    assert found(mine, q=f"%{mark}") == []


def test_filters_narrow_together_and_what_is_repeated_is_either() -> None:
    mine, city = office(a_user()), f"Città {secrets.token_hex(6)}"
    hair = opened(mine, city=city, category="Hair", country="IT", currency="EUR")["id"]
    yoga = opened(mine, city=city.upper(), category="yoga", country="NG")["id"]

    assert found(mine, city=city) == [hair, yoga]
    assert found(mine, city=city, category="hAIR") == [hair]
    assert found(mine, city=city, category=["hair", "yoga"]) == [hair, yoga]
    assert found(mine, city=city, category=["hair", "yoga"], currency="eur") == [hair]
    assert found(mine, city=city, country="ng") == [yoga]
    assert found(mine, city=city, country="NG", currency="EUR") == []


def test_a_cursor_keeps_its_filters_and_pages_neither_repeat_nor_miss_while_others_are_opened() -> None:
    mine, city = office(a_user()), secrets.token_hex(6)
    ids = [opened(mine, city=city)["id"] for _ in range(5)]
    seen: list[str] = []
    query: dict[str, Any] = {"city": city, "limit": 2}
    while True:
        page = mine.get(WHERE, **query).get_json()
        seen += [each["id"] for each in page["data"]]
        if not page["has_more"]:
            break
        query["cursor"] = page["next_cursor"]
        if len(ids) < 8:
            ids.append(opened(mine, city=city)["id"])
    assert seen == ids

    other = mine.get(WHERE, city="elsewhere", limit=2, cursor=query["cursor"])
    assert said(other) == (400, "invalid_cursor")


@pytest.mark.parametrize("query", [{"q": ""}, {"q": "a\x00b"}, {"q": "x" * 81}, {"city": ["a", ""]}])
def test_a_filter_that_cannot_be_meant_is_refused(query: dict[str, Any]) -> None:
    assert said(office(a_user()).get(WHERE, **query)) == (422, "invalid")


def test_an_admin_changes_what_is_sent_and_nothing_else() -> None:
    shop = a_shop()
    admin = office(a_member(shop, Role.ADMIN))
    before = admin.get(of_business(shop)).get_json()

    answer = admin.patch(of_business(shop), {"city": "Ibadan", "description": "By the market"})

    after = answer.get_json()
    assert (answer.status_code, answer.headers["ETag"], after.pop("stranded_bookings")) == (200, '"v2"', 0)
    assert after == before | {
        "city": "Ibadan",
        "description": "By the market",
        "version": 2,
        "updated_at": after["updated_at"],
    }
    assert after["updated_at"] > before["updated_at"]
    assert admin.patch(of_business(shop), {"city": None}).get_json()["city"] is None


def test_a_change_of_nothing_changes_nothing() -> None:
    shop = a_shop()
    mine = office(shop.owner)

    for body in ({}, {"name": shop.business.name}):
        assert mine.patch(of_business(shop), body).get_json()["version"] == 1


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"name": None}, "invalid", "/name"),
        ({"timezone": None}, "invalid", "/timezone"),
        ({"timezone": "Mars/Olympus"}, "unknown_timezone", "/timezone"),
        ({"slug": "Not A Slug"}, "invalid", "/slug"),
        ({"id": "biz_x"}, "unknown_field", "/id"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(body: dict[str, Any], code: str, pointer: str) -> None:
    shop = a_shop()

    answer = office(shop.owner).patch(of_business(shop), body)

    assert said(answer) == (422, code)
    assert answer.get_json()["errors"][0]["pointer"] == pointer


def test_a_business_moves_to_another_slug_unless_it_is_taken() -> None:
    shop, other = a_shop(), a_shop()
    mine, slug = office(shop.owner), f"new-{secrets.token_hex(6)}"

    assert mine.patch(of_business(shop), {"slug": slug}).get_json()["slug"] == slug
    assert mine.get(f"{WHERE}/{slug}").get_json()["id"] == shown(Kind.BUSINESS, shop.business.id)
    assert said(mine.get(f"{WHERE}/{shop.business.slug}")) == (404, "not_found")
    assert said(mine.patch(f"{WHERE}/{slug}", {"slug": other.business.slug})) == (409, "slug_taken")
    assert mine.get(f"{WHERE}/{slug}").get_json()["version"] == 2


def test_only_who_may_changes_or_archives_a_business() -> None:
    shop = a_shop()
    stranger, staff, admin = a_user(), a_member(shop, Role.STAFF), a_member(shop, Role.ADMIN)

    for who, code in ((stranger, "members_only"), (staff, "admins_only")):
        assert said(office(who).patch(of_business(shop), {"city": "X"})) == (403, code)
    for who, code in ((stranger, "members_only"), (staff, "owners_only"), (admin, "owners_only")):
        assert said(office(who).delete(of_business(shop))) == (403, code)
    nowhere = f"{WHERE}/no-such-business"
    assert said(office(shop.owner).patch(nowhere, {})) == said(office(shop.owner).delete(nowhere)) == (404, "not_found")


def test_a_version_that_is_over_is_not_changed() -> None:
    shop = a_shop()
    mine = office(shop.owner)
    mine.patch(of_business(shop), {"city": "Lagos"}, If_Match='"v1"')

    for stale in (
        mine.patch(of_business(shop), {"city": "Ibadan"}, If_Match='"v1"'),
        mine.delete(of_business(shop), If_Match='"v1"'),
    ):
        assert (*said(stale), stale.get_json()["version"]) == (412, "stale_version", 2)


def test_the_currency_can_change_only_while_nothing_was_priced_or_booked() -> None:
    free, priced, booked = a_shop(), a_shop(price=Money(100, "NGN")), a_shop()
    a_booking(booked, weekday())

    assert office(free.owner).patch(of_business(free), {"currency": "EUR"}).get_json()["currency"] == "EUR"
    for shop in (priced, booked):
        mine = office(shop.owner)
        assert said(mine.patch(of_business(shop), {"currency": "EUR"})) == (409, "currency_in_use")
        assert mine.patch(of_business(shop), {"currency": "NGN"}).status_code == 200
    office(priced.owner).delete(of_service(priced), If_Match="*")
    assert said(office(priced.owner).patch(of_business(priced), {"currency": "EUR"})) == (409, "currency_in_use")


def test_an_archived_business_is_there_for_its_members_only_and_changes_no_more() -> None:
    shop, stranger = a_shop(), office(a_user())
    mine = office(shop.owner)

    gone = mine.delete(of_business(shop))

    assert (gone.status_code, gone.get_json()["stranded_bookings"], gone.headers["ETag"]) == (200, 0, '"v2"')
    assert gone.get_json()["archived_at"]
    for path in (of_business(shop), of_service(shop), of_resource(shop), f"{of_business(shop)}/schedule"):
        assert said(stranger.get(path)) == (404, "not_found")
        assert mine.get(path).status_code == 200
    assert said(mine.get("/api/availability", service_id=shown(Kind.SERVICE, shop.service.id), date="2030-01-01")) == (
        404,
        "not_found",
    )
    assert shown(Kind.BUSINESS, shop.business.id) not in found(mine, q=shop.business.name)
    for refused in (
        mine.patch(of_business(shop), {"city": "X"}),
        mine.patch(of_service(shop), {"capacity": 2}, If_Match="*"),
        mine.patch(of_resource(shop), {"name": "X"}),
        mine.put(f"{of_business(shop)}/schedule", {"weekly": []}, If_Match="*"),
        mine.post("/api/services", {"business_id": gone.get_json()["id"], "name": "X", "duration_minutes": 5}),
    ):
        assert said(refused) == (409, "archived")
    again = mine.delete(of_business(shop), If_Match='"v1"')
    assert (again.status_code, again.get_json()["version"]) == (200, 2)


def test_a_change_that_is_sent_twice_under_one_key_happens_once() -> None:
    shop = a_shop()
    mine = office(shop.owner)

    first, again = (
        mine.patch(of_business(shop), {"city": "Ibadan"}, Idempotency_Key="once", If_Match='"v1"') for _ in range(2)
    )

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
