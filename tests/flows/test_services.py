"""Services: changed at a version that is named, priced soundly, archived without touching what is booked."""

from typing import Any

import pytest

from domain.accounts.rules import Role
from domain.kernel.ids import Kind, shown
from domain.kernel.money import Money
from tests.builders import a_booking, a_shop, a_user, decide, look, weekday
from tests.flows.office import a_member, of_business, of_service, office, said

ANY = "*"
NGN = "NGN"


def test_a_service_can_be_offered_with_everything_said() -> None:
    shop = a_shop()
    said_of_it = {
        "name": "Colour",
        "description": "With wash",
        "duration_minutes": 90,
        "slot_interval_minutes": 30,
        "buffer_before_minutes": 5,
        "buffer_after_minutes": 10,
        "min_notice_minutes": 60,
        "max_advance_days": 30,
        "capacity": 2,
        "daily_limit": 4,
        "price": {"amount": 9000, "currency": NGN},
        "deposit": {"amount": 1000, "currency": NGN},
        "requires_approval": True,
        "payment_required": False,
        "hold_minutes": 20,
        "approval_hours": 12,
        "cancellation_policy": {"free_until_hours": 24, "fee_percent": 50},
    }

    body = {"business_id": shown(Kind.BUSINESS, shop.business.id), **said_of_it}
    made = office(shop.owner).post("/api/services", body).get_json()

    assert {name: made[name] for name in said_of_it} == said_of_it
    assert (made["version"], made["archived_at"]) == (1, None)


def test_only_what_is_sent_changes_and_null_takes_back_what_may_be_missing() -> None:
    shop = a_shop(description="Short", slot_interval_minutes=10, daily_limit=3, price=Money(500, NGN))
    mine = office(shop.owner)
    before = mine.get(of_service(shop)).get_json()

    changed = mine.patch(of_service(shop), {"duration_minutes": 45, "hold_minutes": 5}, If_Match='"v1"')
    after = changed.get_json()
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"v2"')
    assert after == before | {
        "duration_minutes": 45,
        "hold_minutes": 5,
        "version": 2,
        "updated_at": after["updated_at"],
        "stranded_bookings": 0,
    }

    nulls = dict.fromkeys(("description", "slot_interval_minutes", "daily_limit", "price", "cancellation_policy"))
    bare = mine.patch(of_service(shop), nulls, If_Match='"v2"').get_json()
    assert (bare["description"], bare["slot_interval_minutes"], bare["daily_limit"]) == (None, 45, None)
    assert (bare["price"]["amount"], bare["payment_required"]) == (0, False)
    assert bare["cancellation_policy"] == {"free_until_hours": 0, "fee_percent": 0}


@pytest.mark.parametrize("field", ["name", "duration_minutes", "capacity", "hold_minutes", "requires_approval"])
def test_what_must_be_there_cannot_be_null(field: str) -> None:
    shop = a_shop()

    answer = office(shop.owner).patch(of_service(shop), {field: None}, If_Match=ANY)

    assert said(answer) == (422, "invalid")
    assert answer.get_json()["errors"][0]["pointer"] == f"/{field}"


def test_a_version_has_to_be_named_and_has_to_be_the_present_one() -> None:
    shop = a_shop()
    mine = office(shop.owner)

    assert said(mine.patch(of_service(shop), {"name": "X"})) == (428, "precondition_required")
    assert said(mine.delete(of_service(shop))) == (428, "precondition_required")
    assert said(mine.patch(of_service(shop), {"name": "X"}, If_Match='"v2"')) == (412, "stale_version")
    assert said(mine.delete(of_service(shop), If_Match='"v2"')) == (412, "stale_version")
    assert mine.patch(of_service(shop), {"name": "X"}, If_Match=ANY).get_json()["version"] == 2


def test_only_admins_change_services_and_strangers_see_them() -> None:
    shop = a_shop()
    stranger, staff = office(a_user()), office(a_member(shop, Role.STAFF))
    elsewhere = office(a_shop().owner)

    for who, code in ((stranger, "members_only"), (elsewhere, "members_only"), (staff, "admins_only")):
        assert who.get(of_service(shop)).status_code == 200
        assert said(who.patch(of_service(shop), {"name": "X"}, If_Match=ANY)) == (403, code)
        assert said(who.delete(of_service(shop), If_Match=ANY)) == (403, code)
        body = {"business_id": shown(Kind.BUSINESS, shop.business.id), "name": "X", "duration_minutes": 5}
        assert said(who.post("/api/services", body)) == (403, code)


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ({}, {"price": {"amount": 1, "currency": NGN}}, True),
        ({"price": Money(5, NGN)}, {"price": None}, False),
        ({"price": Money(5, NGN)}, {"price": {"amount": 7, "currency": NGN}}, True),
        ({"price": Money(5, NGN), "payment_required": False}, {"price": {"amount": 7, "currency": NGN}}, False),
        ({"price": Money(5, NGN), "payment_required": False}, {"payment_required": None}, True),
        ({"price": Money(5, NGN)}, {"payment_required": False}, False),
        ({}, {"payment_required": None}, False),
    ],
)
def test_a_price_that_comes_or_goes_decides_whether_it_has_to_be_paid(
    before: dict[str, Any], change: dict[str, Any], after: object
) -> None:
    shop = a_shop(**before)

    assert office(shop.owner).patch(of_service(shop), change, If_Match=ANY).get_json()["payment_required"] is after


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"deposit": {"amount": 501, "currency": NGN}}, "deposit_above_price", "/deposit"),
        ({"deposit": {"amount": 5, "currency": "EUR"}}, "currency_mismatch", "/deposit/currency"),
        ({"price": {"amount": 5, "currency": "EUR"}}, "currency_mismatch", "/price/currency"),
        ({"deposit": {"amount": 5}}, "invalid", "/deposit"),
        ({"deposit": {"amount": 5, "currency": NGN, "percent": 5}}, "invalid", "/deposit"),
        ({"deposit": {}}, "invalid", "/deposit"),
        ({"deposit": {"percent": 101}}, "invalid", "/deposit/percent"),
    ],
)
def test_a_price_that_is_not_sound_is_refused(change: dict[str, Any], code: str, pointer: str) -> None:
    shop = a_shop(price=Money(500, NGN))

    answer = office(shop.owner).patch(of_service(shop), change, If_Match=ANY)

    assert said(answer) == (422, code)
    assert answer.get_json()["errors"][0]["pointer"] == pointer


def test_a_deposit_is_an_amount_or_a_percentage_and_stays_below_the_price() -> None:
    shop = a_shop(price=Money(500, NGN))
    mine = office(shop.owner)

    def changed(**change: object) -> Any:  # noqa: ANN401 - JSON
        return mine.patch(of_service(shop), change, If_Match=ANY).get_json()

    assert changed(deposit={"amount": 500, "currency": NGN})["deposit"] == {"amount": 500, "currency": NGN}
    assert changed(price={"amount": 499, "currency": NGN})["code"] == "deposit_above_price"
    assert changed(price=None)["code"] == "deposit_above_price"
    assert changed(deposit={"percent": 20})["deposit"] == {"percent": 20}
    assert changed(price=None)["deposit"] == {"percent": 20}
    assert changed(deposit=None)["deposit"] is None


def test_what_is_booked_keeps_its_terms_when_the_service_changes() -> None:
    shop = a_shop(price=Money(500, NGN), payment_required=False)
    booking = a_booking(shop, weekday())
    decide(shop)
    before = look(booking, by=shop.owner)

    office(shop.owner).patch(
        of_service(shop), {"duration_minutes": 60, "price": None, "buffer_after_minutes": 30}, If_Match=ANY
    )

    after = look(booking, by=shop.owner)
    assert after.version == before.version
    assert (after.ends_at, after.price_amount, after.buffer_after_minutes) == (before.ends_at, 500, 0)


def test_an_archived_service_is_offered_no_more_and_its_bookings_stay() -> None:
    shop = a_shop()
    booking = a_booking(shop, weekday())
    decide(shop)
    mine, stranger = office(shop.owner), office(a_user())

    gone = mine.delete(of_service(shop), If_Match='"v1"').get_json()

    assert (gone["stranded_bookings"], gone["version"]) == (1, 2)
    assert gone["archived_at"]
    assert (look(booking, by=shop.owner).status, look(booking, by=shop.owner).version) == ("confirmed", 2)
    assert said(stranger.get(of_service(shop))) == (404, "not_found")
    assert mine.get(of_service(shop)).get_json()["archived_at"] == gone["archived_at"]
    assert said(mine.patch(of_service(shop), {"name": "X"}, If_Match=ANY)) == (409, "archived")
    listed = mine.get("/api/services", business_id=gone["business_id"]).get_json()
    assert listed["data"] == []
    wish = {"business_id": gone["business_id"], "service_id": gone["id"], "starts_at": weekday().isoformat()}
    assert said(mine.post("/api/bookings", wish)) == (404, "not_found")
    assert mine.delete(of_service(shop), If_Match='"v1"').get_json()["version"] == 2


def test_a_booking_that_waits_when_its_service_is_archived_is_still_decided() -> None:
    shop = a_shop()
    booking = a_booking(shop, weekday())
    office(shop.owner).delete(of_service(shop), If_Match=ANY)

    decide(shop)

    assert look(booking, by=shop.owner).status == "confirmed"


def test_services_of_an_unknown_business_are_not_there() -> None:
    mine = office(a_user())

    assert said(mine.get("/api/services", business_id="biz_01k5e2v8x3q7m9n4p6r0s2t4w6")) == (404, "not_found")
    assert said(mine.get("/api/services", business_id=of_business(a_shop()))) == (404, "not_found")
