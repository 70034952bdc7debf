"""The shapes of availability over HTTP: what can be asked in which combination, what is refused, and at what cost."""

from collections import Counter
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from werkzeug.test import TestResponse

from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_booking, a_service, a_shop, a_user, decide, weekday
from tests.flows.desk import a_decided, a_wish, desk
from tests.flows.office import Office, office, said
from tests.statements import statements

WHERE = "/api/availability"
DAY = weekday().date()
TODAY = DAY.isoformat()
ON_DAY = {"date": TODAY}
NEXT = {"view": "next"}
MANY = "x" * 100_000

REFUSED: list[tuple[dict[str, Any], int, str, str]] = [
    # which dates
    ({}, 422, "invalid", ""),
    ({"from": TODAY}, 422, "invalid", ""),
    ({"to": TODAY}, 422, "invalid", ""),
    ({**ON_DAY, "from": TODAY}, 422, "invalid", ""),
    ({**ON_DAY, "from": TODAY, "to": TODAY}, 422, "invalid", ""),
    ({"from": "2026-12-31", "to": "2026-12-30"}, 422, "invalid", ""),
    ({"from": "2026-12-01", "to": "2027-02-01"}, 422, "out_of_range", ""),
    ({"from": "1970-01-01", "to": "2200-12-31"}, 422, "out_of_range", ""),
    ({"date": "2026-02-30"}, 422, "invalid", "?date"),
    ({"date": "2027-02-29"}, 422, "invalid", "?date"),
    ({"date": "20261231"}, 422, "invalid", "?date"),
    ({"date": "2026-W50-1"}, 422, "invalid", "?date"),
    ({"date": ""}, 422, "invalid", "?date"),
    ({"date": MANY}, 422, "invalid", "?date"),
    ({"date": "0000-01-01"}, 422, "invalid", "?date"),
    ({"date": "0001-01-01"}, 422, "out_of_range", "?date"),
    ({"date": "1969-12-31"}, 422, "out_of_range", "?date"),
    ({"date": "2201-01-01"}, 422, "out_of_range", "?date"),
    ({"date": "9999-12-31"}, 422, "out_of_range", "?date"),
    ({"from": "9999-12-31", "to": "9999-12-31"}, 422, "out_of_range", "?from"),
    ({"from": TODAY, "to": "9999-12-31"}, 422, "out_of_range", "?to"),
    ({**ON_DAY, "date": [TODAY, TODAY]}, 400, "repeated_parameter", "?date"),
    # for how many, on what, in which zone
    *(({**ON_DAY, "timezone": zone}, 422, "unknown_timezone", "?timezone") for zone in (
        "Mars/Olympus", "africa/lagos", "../etc/passwd", "/etc/localtime", "localtime", "UTC+1", "+01:00", "", MANY,
    )),
    ({**ON_DAY, "party": 0}, 422, "out_of_range", "?party"),
    ({**ON_DAY, "party": -1}, 422, "out_of_range", "?party"),
    ({**ON_DAY, "party": 10_001}, 422, "out_of_range", "?party"),
    ({**ON_DAY, "party": 3}, 422, "party_above_capacity", "?party"),
    *(({**ON_DAY, "party": many}, 422, "invalid", "?party") for many in ("1.5", "one", "", "+1", " 1", "1_0", "\u0663", MANY)),
    ({**ON_DAY, "mode": "some"}, 422, "invalid", "?mode"),
    ({**ON_DAY, "view": "week"}, 422, "invalid", "?view"),
    ({**ON_DAY, "include": "bookings"}, 422, "invalid", "?include"),
    ({**ON_DAY, "resource_id": "res_x"}, 404, "not_found", ""),
    ({**ON_DAY, "service_id": "svc_x"}, 404, "not_found", ""),
    ({**ON_DAY, "reschedule_of": "bkg_x"}, 404, "not_found", ""),
    # in which combination
    ({**ON_DAY, "limit": 5}, 422, "invalid", ""),
    ({**ON_DAY, "view": "days", "limit": 5}, 422, "invalid", ""),
    ({**ON_DAY, "view": "days", "include": "resources"}, 422, "invalid", ""),
    ({**NEXT, "date": TODAY}, 422, "invalid", ""),
    ({**NEXT, "to": TODAY}, 422, "invalid", ""),
    ({**NEXT, "from": TODAY, "to": TODAY}, 422, "invalid", ""),
    ({**NEXT, "limit": 0}, 422, "out_of_range", "?limit"),
    ({**NEXT, "limit": 101}, 422, "out_of_range", "?limit"),
    ({**NEXT, "limit": "ten"}, 422, "invalid", "?limit"),
    # by which names
    ({**ON_DAY, "first": TODAY}, 400, "unknown_parameter", "?first"),
    ({**ON_DAY, "serviceid": "x"}, 400, "unknown_parameter", "?serviceid"),
    ({**ON_DAY, "at": "2026-12-01T10:00:00Z"}, 400, "unknown_parameter", "?at"),
    *(({**ON_DAY, name: [value, value]}, 400, "repeated_parameter", f"?{name}") for name, value in (
        ("view", "days"), ("mode", "any"), ("party", "1"), ("timezone", "UTC"), ("limit", "1"), ("reschedule_of", "bkg_x"),
    )),
]  # fmt: skip


@pytest.fixture(scope="module")
def shop() -> Shop:
    return a_shop(resources=3, capacity=2, slot_interval_minutes=15)


@pytest.fixture(scope="module")
def somebody() -> Office:
    return office(a_user())


def asked(shop: Shop, mine: Office, **query: Any) -> TestResponse:  # noqa: ANN401 - whatever a query can have
    """Ask about the shop's service, and see that it fails in nothing."""
    answer = mine.get(WHERE, **{"service_id": shown(Kind.SERVICE, shop.service.id), **query})
    assert answer.status_code < 500
    return answer


def starts(answer: TestResponse) -> list[str]:
    return [slot["starts_at"] for slot in answer.get_json()["slots"]]


def fault(answer: TestResponse) -> tuple[int, str, str]:
    """Return the status, what is wrong by code, and where."""
    problem = answer.get_json()
    first = problem.get("errors", [{"code": problem["code"], "pointer": ""}])[0]
    return answer.status_code, first["code"], first["pointer"]


@pytest.mark.parametrize(("query", "status", "code", "pointer"), REFUSED)
def test_what_makes_no_sense_is_refused_with_its_place(
    shop: Shop, somebody: Office, query: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    assert fault(asked(shop, somebody, **query)) == (status, code, pointer)


@pytest.mark.parametrize("day", ["1970-01-01", "2200-12-31", "2026-02-28", "2028-02-29"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Niue", "Etc/GMT+12"])
def test_the_dates_at_the_ends_of_what_can_be_asked_have_nothing_and_are_no_trouble(
    shop: Shop, somebody: Office, day: str, zone: str
) -> None:
    for query in ({"date": day}, {"date": day, "view": "days"}, {"view": "next", "from": day}):
        assert asked(shop, somebody, timezone=zone, **query).status_code == 200


def test_a_date_that_a_zone_skipped_has_nothing(shop: Shop, somebody: Office) -> None:
    answer = asked(shop, somebody, date="2011-12-30", timezone="Pacific/Apia")
    assert (answer.status_code, starts(answer)) == (200, [])


def test_names_of_others_are_of_nothing(somebody: Office) -> None:
    shop, theirs = a_shop(resources=2, capacity=2), a_shop(resources=1)
    booking = a_decided(theirs, desk(a_user()))
    other_service, others = a_service(shop.owner, shop.business.id, resources=1)
    mine = a_decided(shop, desk(shop.owner))

    named = {"resource_id": shown(Kind.RESOURCE, theirs.resource_ids[0])}
    assert fault(asked(shop, somebody, **ON_DAY, **named)) == (404, "not_found", "")
    assert fault(asked(shop, somebody, **ON_DAY, reschedule_of=booking["id"])) == (404, "not_found", "")
    assert fault(asked(shop, somebody, **ON_DAY, reschedule_of=mine["id"])) == (404, "not_found", "")
    named = {"resource_id": [shown(Kind.RESOURCE, each) for each in (shop.resource_ids[0], others[0])]}
    assert fault(asked(shop, somebody, **ON_DAY, **named)) == (422, "resource_not_offered", "?resource_id")
    owner = office(shop.owner)
    moved = {"reschedule_of": mine["id"], "service_id": shown(Kind.SERVICE, other_service.id)}
    assert fault(asked(shop, owner, **ON_DAY, **moved)) == (422, "invalid", "?service_id")
    assert fault(asked(shop, owner, **ON_DAY, reschedule_of=mine["id"], party=2)) == (422, "invalid", "?party")
    assert asked(shop, owner, **ON_DAY, reschedule_of=mine["id"], party=1).status_code == 200
    many = {"resource_id": [shown(Kind.RESOURCE, shop.resource_ids[0])] * 51}
    assert fault(asked(shop, somebody, **ON_DAY, **many)) == (422, "too_long", "?resource_id")


def test_only_what_has_a_place_to_come_can_be_moved() -> None:
    shop, mine = a_shop(), desk(a_user())
    asker = office(shop.owner)
    pending = mine.book(a_wish(shop)).get_json()
    assert said(asked(shop, asker, **ON_DAY, reschedule_of=pending["id"])) == (409, "still_pending")
    decide(shop)
    assert asked(shop, asker, **ON_DAY, reschedule_of=pending["id"]).status_code == 200
    mine.turn(pending, "cancelled")
    assert said(asked(shop, asker, **ON_DAY, reschedule_of=pending["id"])) == (409, "not_reschedulable")


def test_every_combination_answers_and_each_view_tells_the_same(shop: Shop, somebody: Office) -> None:
    named = [[], [0], [0, 2]]
    zones = [None, "America/St_Johns", "Pacific/Kiritimati"]
    span = {"from": TODAY, "to": (DAY + timedelta(days=9)).isoformat()}
    for numbers, zone, party, mode in product(named, zones, (1, 2), ("any", "all")):
        more: dict[str, Any] = {"party": party, "mode": mode, "timezone": zone or "Africa/Lagos"}
        if numbers:
            more["resource_id"] = [shown(Kind.RESOURCE, shop.resource_ids[each]) for each in numbers]
        listed = starts(asked(shop, somebody, **span, **more))
        days = asked(shop, somebody, **span, **more, view="days").get_json()["days"]
        assert {each["date"]: each["slots"] for each in days} == Counter(start[:10] for start in listed)
        with_resources = asked(shop, somebody, **span, **more, include="resources").get_json()["slots"]
        wanted = numbers or [0, 1, 2]
        names = [shown(Kind.RESOURCE, each) for each in sorted(shop.resource_ids[each] for each in wanted)]
        assert [each["starts_at"] for each in with_resources] == listed
        assert all([one["resource_id"] for one in each["resources"]] == names for each in with_resources)
        assert starts(asked(shop, somebody, **NEXT, **more, **{"from": TODAY}, limit=7)) == listed[:7]
        by_day = [starts(asked(shop, somebody, date=each["date"], **more)) for each in days]
        assert [start for each in by_day for start in each] == listed


def booked(shop: Shop, days: int) -> None:
    """Book three places on each of some dates."""
    for number in range(days):
        for hour in (8, 9, 10):
            a_booking(shop, weekday(ahead=3 + number).replace(hour=hour))
    decide(shop)


@pytest.mark.parametrize("limit", [{}, {"daily_limit": 50}])
def test_the_number_of_statements_does_not_depend_on_what_is_asked_or_there(limit: dict[str, Any]) -> None:
    seen: dict[tuple[str, bool], set[int]] = {}
    for resources, days in ((1, 0), (20, 0), (20, 12)):
        shop = a_shop(resources=resources, capacity=4, max_advance_days=200, **limit)
        mine = office(shop.owner)
        moving = a_decided(shop, desk(shop.owner))["id"]
        booked(shop, days)
        last = (DAY + timedelta(days=61)).isoformat()
        ranges: list[dict[str, Any]] = [ON_DAY, {"from": TODAY, "to": last}, {**ON_DAY, "view": "days"}]
        ranges += [{"from": TODAY, "to": last, "view": "days"}, NEXT, {**NEXT, "limit": 100, "from": last}]
        ranges += [{**NEXT, "from": (date.today() + timedelta(days=195)).isoformat()}]  # noqa: DTZ011 - some day
        for query, of in product(ranges, ({}, {"reschedule_of": moving})):
            with statements() as told:
                asked(shop, mine, **query, **of)
            seen.setdefault((query.get("view", "slots"), bool(of)), set()).add(len(told))
    assert seen == {(view, is_move): {3 + is_move} for view in ("slots", "days", "next") for is_move in (False, True)}


def test_a_short_list_of_next_slots_costs_one_statement_more() -> None:
    shop = a_shop(resources=2, daily_limit=5, max_advance_days=60)
    mine = office(shop.owner)
    with statements() as told:
        assert len(starts(asked(shop, mine, **NEXT, limit=100, party=1))) == 100
    assert len(told) == 3
    closed = {
        "weekly": [],
        "overrides": [
            {"date": (DAY + timedelta(days=40)).isoformat(), "intervals": [{"start": "09:00", "end": "10:00"}]}
        ],
    }
    mine.put(f"/api/businesses/{shown(Kind.BUSINESS, shop.business.id)}/schedule", closed, If_Match="*")
    with statements() as told:
        assert len(starts(asked(shop, mine, **NEXT, limit=100))) == 2
    assert len(told) == 4


def test_more_than_can_be_looked_through_is_refused() -> None:
    shop = a_shop(duration_minutes=1, max_advance_days=200)
    mine = office(shop.owner)
    whole = {"weekly": [{"weekday": day, "start": "00:00", "end": "24:00"} for day in range(7)]}
    mine.put(f"/api/businesses/{shown(Kind.BUSINESS, shop.business.id)}/schedule", whole, If_Match="*")
    last = (DAY + timedelta(days=61)).isoformat()
    for view in ("slots", "days"):
        assert fault(asked(shop, mine, **{"from": TODAY, "to": last}, view=view)) == (422, "too_many_slots", "?to")
    assert len(starts(asked(shop, mine, **ON_DAY))) == 1440
    assert len(starts(asked(shop, mine, **NEXT, limit=100))) == 100
