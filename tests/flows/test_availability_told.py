"""Small print of what availability tells: to whom, in which order, and with which reasons."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest

from config.transaction import transaction
from domain.availability.rules import nearest
from domain.availability.rules.effort import Effort
from domain.availability.service import upcoming
from domain.catalog import queries as catalog
from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_booking, a_shop, decide, weekday
from tests.flows.desk import desk
from tests.flows.office import Office, office

WHERE = "/api/availability"
FAR_APART = ["Pacific/Pago_Pago", "UTC", "Pacific/Kiritimati", "Etc/GMT+12"]


def service_of(shop: Shop) -> str:
    return shown(Kind.SERVICE, shop.service.id)


def open_all_day(shop: Shop, mine: Office) -> None:
    whole = {"weekly": [{"weekday": day, "start": "00:00", "end": "24:00"} for day in range(7)]}
    place = f"/api/businesses/{shown(Kind.BUSINESS, shop.business.id)}/schedule"
    assert mine.put(place, whole, If_Match="*").status_code < 300


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


def test_a_booking_that_moves_does_not_count_for_whom_it_would_leave() -> None:
    shop, at = a_shop(resources=2), weekday(ahead=5)
    lower, higher = sorted(shop.resource_ids)
    a_booking(shop, at, resource_ids=(lower,))
    moving = a_booking(shop, at)
    decide(shop)
    asked = {"service_id": service_of(shop), "reschedule_of": shown(Kind.BOOKING, moving.id)}
    off_grid = (at + timedelta(hours=-3, minutes=10)).isoformat()
    told = office(shop.owner).get(f"{WHERE}/explain", **asked, at=off_grid).get_json()["rejection"]["alternatives"]
    assert [each["resource_id"] for each in told] == [shown(Kind.RESOURCE, higher)] * 3


def test_hours_of_those_who_do_not_serve_are_not_read() -> None:
    shop = a_shop(resources=1)
    mine = office(shop.owner)
    body = {"business_id": shown(Kind.BUSINESS, shop.business.id), "kind": "thing", "name": "Elsewhere"}
    other = mine.post("/api/resources", body).get_json()["id"]
    for each in (shown(Kind.RESOURCE, shop.resource_ids[0]), other):
        hours = {"weekly": [{"weekday": 0, "start": "09:00", "end": "10:00"}]}
        assert mine.put(f"/api/resources/{each}/schedule", hours).status_code == 201
    with transaction() as session:
        found = catalog.on_offer(session, shop.service.id)
    assert found is not None
    assert set(found.hours) - {None} == {shop.resource_ids[0]}


@pytest.mark.parametrize("tag", ['"2n' + "a" * 32 + '"', '"4n' + "b" * 32 + '-99999999999"', '"fab"', '"2ab"'])
@pytest.mark.parametrize("most", [10**6, 400])
def test_what_the_caller_has_does_not_change_what_is_told(monkeypatch: pytest.MonkeyPatch, tag: str, most: int) -> None:
    shop = a_shop(max_advance_days=200)
    mine, asked = office(shop.owner), {"service_id": service_of(shop), "view": "next", "limit": 100}
    monkeypatch.setattr(nearest, "LONGEST", 86_400)
    monkeypatch.setattr(upcoming, "Effort", partial(Effort, most))
    plain = mine.get(WHERE, **asked)
    again = mine.client.get(WHERE, query_string=asked, headers=mine.signed | {"If-None-Match": tag})
    assert again.get_json() == plain.get_json()
    assert again.headers["ETag"] == plain.headers["ETag"]


def test_what_the_caller_has_does_not_make_a_crowd_of_what_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = a_shop(max_advance_days=200)
    mine, asked = office(shop.owner), {"service_id": service_of(shop), "view": "next", "limit": 100}
    a_booking(shop, weekday(ahead=30))
    decide(shop)
    # One start a day: whatever day it is today, the answer is not full within the page that has the booking.
    hours = {"weekly": [{"weekday": day, "start": "09:00", "end": "09:30"} for day in range(5)]}
    mine.put(f"/api/businesses/{shown(Kind.BUSINESS, shop.business.id)}/schedule", hours, If_Match="*")
    monkeypatch.setattr(upcoming, "MOST_READ", 0)
    plain = mine.get(WHERE, **asked)
    tag = '"2n' + "0" * 32 + '"'
    again = mine.client.get(WHERE, query_string=asked, headers=mine.signed | {"If-None-Match": tag})
    assert "next_from" in plain.get_json()
    assert (again.get_json(), again.headers["ETag"]) == (plain.get_json(), plain.headers["ETag"])


def test_where_a_booking_could_go_if_anybody_will_do_can_be_asked() -> None:
    shop = a_shop(resources=2)
    mine, (one, other) = office(shop.owner), sorted(shop.resource_ids)
    at, later = weekday(), weekday() + timedelta(hours=2)
    moving = a_booking(shop, at, resource_ids=(one,))
    a_booking(shop, later, resource_ids=(one,))
    decide(shop)
    asked = {
        "service_id": service_of(shop),
        "date": later.date().isoformat(),
        "reschedule_of": shown(Kind.BOOKING, moving.id),
        "include": "resources",
    }

    def who(**more: str) -> set[str]:
        slots = mine.get(WHERE, **asked, **more).get_json()["slots"]
        then = (each for each in slots if datetime.fromisoformat(each["starts_at"]) == later)
        return {each["resource_id"] for slot in then for each in slot["resources"]}

    assert (who(), who(anybody="true")) == (set(), {shown(Kind.RESOURCE, other)})
    refused = mine.get(WHERE, service_id=service_of(shop), date=later.date().isoformat(), anybody="true")
    assert refused.status_code == 422


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
