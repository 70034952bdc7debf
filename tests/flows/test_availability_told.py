"""Small print of what availability tells: to whom, in which order, and with which reasons."""

from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest

from domain.availability.rules import nearest
from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_booking, a_shop, decide, weekday
from tests.flows.desk import desk
from tests.flows.office import Office, office
from tests.statements import statements

WHERE = "/api/availability"
FAR_APART = ["Pacific/Pago_Pago", "UTC", "Pacific/Kiritimati", "Etc/GMT+12"]


def service_of(shop: Shop) -> str:
    return shown(Kind.SERVICE, shop.service.id)


def open_all_day(shop: Shop, mine: Office) -> None:
    whole = {"weekly": [{"weekday": day, "start": "00:00", "end": "24:00"} for day in range(7)]}
    assert mine.put(f"/api/businesses/{shown(Kind.BUSINESS, shop.business.id)}/schedule", whole, If_Match="*")


def explained(shop: Shop, at: datetime) -> dict[str, Any]:
    told: dict[str, Any] = (
        office(shop.owner).get(f"{WHERE}/explain", service_id=service_of(shop), at=at.isoformat()).get_json()
    )
    return told


@pytest.mark.parametrize("zone", FAR_APART)
def test_the_next_slots_reach_to_the_end_of_the_window_whoever_looks(zone: str) -> None:
    shop = a_shop(timezone="Pacific/Pago_Pago", max_advance_days=1)
    mine = office(shop.owner)
    open_all_day(shop, mine)
    found = mine.get(WHERE, service_id=service_of(shop), view="next", limit=100, timezone=zone).get_json()["slots"]
    there = datetime.fromisoformat(found[-1]["starts_at"]).astimezone(ZoneInfo("Pacific/Pago_Pago"))
    tomorrow = datetime.now(ZoneInfo("Pacific/Pago_Pago")).date() + timedelta(days=1)
    assert (there.date(), f"{there:%H:%M}") == (tomorrow, "23:30")


def test_a_taken_slot_has_the_same_reasons_whoever_explains_it_and_whoever_is_preferred() -> None:
    shop, at = a_shop(resources=2, buffer_after_minutes=30), weekday().replace(hour=10)
    one, other = sorted(shop.resource_ids)
    for busy in (at - timedelta(minutes=30), at + timedelta(hours=3), at + timedelta(hours=4, minutes=30)):
        a_booking(shop, busy, resource_ids=(one,))
    a_booking(shop, at, resource_ids=(other,))
    decide(shop)
    told = explained(shop, at)["rejection"]
    refused = a_booking(shop, at)
    decide(shop)
    seen = desk(shop.owner).get(f"/api/bookings/{shown(Kind.BOOKING, refused.id)}").get_json()["rejection"]
    assert (told["code"], told["reasons"]) == (seen["code"], seen["reasons"]) == ("slot_taken", ["busy", "buffer"])


def test_no_fewer_than_no_seats_are_left() -> None:
    shop, at = a_shop(capacity=4), weekday()
    for _ in range(4):
        a_booking(shop, at)
    decide(shop)
    assert (
        office(shop.owner).patch(f"/api/services/{service_of(shop)}", {"capacity": 2}, If_Match="*").status_code == 200
    )
    (resource,) = explained(shop, at)["requirements"][0]["resources"]
    assert resource["remaining"] == 0


def test_alternatives_come_nearest_first_and_those_of_the_same_date_before_others() -> None:
    shop, at = a_shop(), weekday(ahead=4)
    free = {at.replace(hour=8, minute=0), at.replace(hour=15, minute=30)}
    begin = at.replace(hour=8, minute=0)
    for start in (begin + timedelta(minutes=30 * each) for each in range(16)):
        if start not in free:
            a_booking(shop, start)
    decide(shop)
    wanted = at.replace(hour=14, minute=0)
    told = [datetime.fromisoformat(each["starts_at"]) for each in explained(shop, wanted)["rejection"]["alternatives"]]
    assert told[:2] == [at.replace(hour=15, minute=30), at.replace(hour=8, minute=0)]
    assert told[2].date() != at.date()


def test_an_alternative_names_who_would_be_taken_and_not_always_the_same() -> None:
    shop, at = a_shop(resources=2), weekday(ahead=5)
    busiest, other = sorted(shop.resource_ids)
    for hour in (8, 9):
        a_booking(shop, at.replace(hour=hour, minute=0), resource_ids=(busiest,))
    for each in (busiest, other):
        a_booking(shop, at, resource_ids=(each,))
    decide(shop)
    told = explained(shop, at)["rejection"]["alternatives"]
    assert [each["resource_id"] for each in told] == [shown(Kind.RESOURCE, other)] * 3


def test_hours_of_those_who_do_not_serve_are_not_read() -> None:
    shop = a_shop(resources=1)
    mine = office(shop.owner)
    with statements() as told:
        mine.get(WHERE, service_id=service_of(shop), date=weekday().date().isoformat())
    (on_offer,) = (each for each in told if "FROM schedules" in each)
    assert "resource_id = ANY (who.ids)" in on_offer


def test_what_is_far_ahead_is_not_looked_for_again_where_nothing_has_changed() -> None:
    shop = a_shop(max_advance_days=200)
    mine = office(shop.owner)
    far = (date.today() + timedelta(days=150)).isoformat()  # noqa: DTZ011 - some day
    hours = {"weekly": [], "overrides": [{"date": far, "intervals": [{"start": "09:00", "end": "10:00"}]}]}
    mine.put(f"/api/businesses/{shown(Kind.BUSINESS, shop.business.id)}/schedule", hours, If_Match="*")
    asked = {"service_id": service_of(shop), "view": "next", "limit": 2}
    first = mine.get(WHERE, **asked)
    assert [each["starts_at"][:10] for each in first.get_json()["slots"]] == [far, far]
    known = mine.signed | {"If-None-Match": first.headers["ETag"]}
    with patch.object(nearest, "weigh", side_effect=AssertionError("that was thought about before")):
        again = mine.client.get(WHERE, query_string=asked, headers=known)
    assert (again.status_code, again.headers["ETag"]) == (304, first.headers["ETag"])
