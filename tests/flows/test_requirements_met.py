"""A stylist and a chair over HTTP: what is offered, who gets whom, who is asked for, and who may see to it."""

import re
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from domain.accounts.rules import Role
from domain.kernel.ids import Kind, shown
from domain.kernel.money import Money
from tests.builders import a_member, a_shop, a_user, decide, serve, weekday
from tests.flows.desk import Desk, a_wish, desk, said
from tests.flows.office import office
from tests.studios import Studio, a_studio, another_service, change, needed

START = weekday()  # 14:00 in Lagos
HALF_HOUR = timedelta(minutes=30)
LATER = START + HALF_HOUR
RAW = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}", re.IGNORECASE)


def res(*resource_ids: UUID) -> list[str]:
    return [shown(Kind.RESOURCE, each) for each in resource_ids]


def booked(studio: Studio, mine: Desk, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    booking = mine.book(a_wish(studio, **more)).get_json()
    decide(studio)
    return mine.look(booking).get_json()


def filled(booking: dict[str, Any]) -> list[str]:
    return [each["resource_id"] for each in booking["resources"]]


def refused(answer: TestResponse) -> tuple[int, str, str | None]:
    """Return the status and the code of a problem, and the field that is pointed at."""
    problem = answer.get_json()
    return answer.status_code, problem["code"], problem.get("errors", [{"pointer": None}])[0]["pointer"]


def open_at(studio: Studio, resource_id: UUID, start: str, end: str) -> None:
    week = {"weekly": [{"weekday": day, "start": start, "end": end} for day in range(7)]}
    path = f"/api/resources/{shown(Kind.RESOURCE, resource_id)}/schedule"
    assert office(studio.owner).put(path, week).status_code == 201


def offered(studio: Studio, mine: Desk, **query: str) -> list[str]:
    service = shown(Kind.SERVICE, studio.service.id)
    where = "&".join(f"{name}={value}" for name, value in query.items())
    answer = mine.get(f"/api/availability?service_id={service}&date={START.date().isoformat()}&{where}")
    assert answer.status_code == 200, answer.text
    return [slot["starts_at"][11:16] for slot in answer.get_json()["slots"]]


def test_a_booking_shows_who_it_got_in_the_order_of_the_roles() -> None:
    studio, mine = a_studio(stylists=2, chairs=3), desk(a_user())
    pending = mine.book(a_wish(studio)).get_json()
    assert (pending["resource_id"], pending["resources"]) == (None, [])

    decide(studio)

    anna, left = res(studio.stylists[0], studio.chairs[0])
    found = mine.look(pending).get_json()
    assert found["resources"] == [{"role": "stylist", "resource_id": anna}, {"role": "chair", "resource_id": left}]
    assert (found["status"], found["resource_id"]) == ("confirmed", anna)
    assert mine.list().get_json()["data"][0]["resources"] == found["resources"]
    change(studio, requirements=needed(seat=studio.chairs, artist=studio.stylists))
    assert mine.look(pending).get_json()["resources"] == found["resources"], "as the service was then"


def test_what_is_offered_is_what_can_be_booked_on_the_grid_of_the_first_role() -> None:
    studio, mine = a_studio(), desk(a_user())
    open_at(studio, studio.stylists[0], "12:15", "17:00")
    open_at(studio, studio.chairs[0], "13:00", "15:00")
    open_at(studio, studio.chairs[1], "14:20", "15:50")
    booked(studio, mine, starts_at=(START + timedelta(minutes=15)).isoformat(), resource_ids=res(studio.chairs[0]))

    found = offered(studio, mine)

    assert found == ["13:15", "13:45", "14:45", "15:15"]
    noon = START - timedelta(hours=2)
    for minutes in range(0, 300, 15):
        start = noon + timedelta(minutes=minutes)
        booking = booked(studio, mine, starts_at=start.isoformat())
        assert (booking["status"] == "confirmed") is (booking["starts_at"][11:16] in found)
        if booking["status"] == "confirmed":
            mine.turn(booking, "cancel")
    assert offered(studio, mine) == found


def test_a_named_resource_narrows_its_own_role_and_leaves_the_others_open() -> None:
    studio, mine = a_studio(stylists=2, chairs=3), desk(a_user())
    (anna, bo), (left, middle, right) = res(*studio.stylists), res(*studio.chairs)

    assert filled(booked(studio, mine, resource_id=right)) == [anna, right]
    assert filled(booked(studio, mine, resource_ids=[right, middle])) == [bo, middle]
    later = {"starts_at": LATER.isoformat()}
    assert filled(booked(studio, mine, resource_ids=[right, bo, middle, bo], **later)) == [bo, middle]
    assert filled(booked(studio, mine, resource_ids=[], **later)) == [anna, left]
    last = {"starts_at": (LATER + HALF_HOUR).isoformat()}
    assert filled(booked(studio, mine, resource_ids=None, resource_id=left, **last)) == [anna, left]
    refusal = booked(studio, mine, resource_id=left, **last)["rejection"]
    assert refusal["code"] == "slot_taken", "though another chair is free"


def test_a_resource_that_cannot_be_asked_for_is_refused_where_it_is_named() -> None:
    studio, mine = a_studio(), desk(a_user())
    other = another_service(studio, chair=studio.chairs)
    [stylist], [left, right] = res(*studio.stylists), res(*studio.chairs)
    foreign = res(a_shop(resources=1).resource_ids[0])

    def ask(**more: object) -> tuple[int, str, str | None]:
        return refused(mine.book(a_wish(other, **more)))

    assert ask(resource_id=stylist) == (422, "resource_not_offered", "/resource_id")
    assert ask(resource_ids=[stylist]) == (422, "resource_not_offered", "/resource_ids")
    assert ask(resource_ids=[left, stylist]) == (422, "resource_not_offered", "/resource_ids")
    assert ask(resource_ids=[left, *foreign]) == (404, "not_found", None)
    assert ask(resource_ids=["res_x"]) == (404, "not_found", None)
    assert ask(resource_ids=[left], resource_id=right) == (422, "invalid", "")
    assert ask(resource_ids=[left] * 51) == (422, "invalid", "/resource_ids")
    assert ask(resource_ids=left) == (422, "invalid", "/resource_ids")
    assert ask(resource_ids=[None]) == (422, "invalid", "/resource_ids/0")
    booking = booked(studio, mine, resource_ids=[left, right])
    path = f"/api/bookings/{booking['id']}/reschedule"
    body = {"starts_at": LATER.isoformat()}
    assert refused(mine.post(path, body | {"resource_ids": foreign})) == (404, "not_found", None)


def test_bookings_are_found_by_any_of_their_resources() -> None:
    studio, mine = a_studio(stylists=2), desk(a_user())
    (anna, bo), (left, right) = res(*studio.stylists), res(*studio.chairs)
    first = booked(studio, mine, resource_ids=[anna, left])["id"]
    second = booked(studio, mine, resource_ids=[bo, right])["id"]
    booked(studio, mine, resource_ids=[bo, left])  # refused
    third = booked(studio, mine, resource_ids=[anna, right], starts_at=LATER.isoformat())["id"]

    found = {
        each: [booking["id"] for booking in mine.list(resource_id=each).get_json()["data"]]
        for each in (anna, bo, left, right, *res(studio.service.id))
    }
    assert list(found.values()) == [[third, first], [second], [first], [third, second], []]
    owner = desk(studio.owner)
    assert [each["id"] for each in owner.list(resource_id=right, limit=1).get_json()["data"]] == [third]


def test_staff_see_to_the_bookings_of_which_they_are_any_resource() -> None:
    studio, mine = a_studio(stylists=2, requires_approval=True), desk(a_user())
    anna, cleaner, idle = (a_member(studio, Role.STAFF) for _ in range(3))
    serve(anna, studio.stylists[0])
    serve(cleaner, studio.chairs[1])
    hers = booked(studio, mine, resource_ids=res(studio.stylists[0], studio.chairs[1]))
    other = booked(studio, mine, resource_ids=res(studio.stylists[1], studio.chairs[0]))
    waiting = mine.book(a_wish(studio, starts_at=LATER.isoformat(), resource_ids=res(*studio.stylists))).get_json()

    for who in (anna, cleaner):
        assert said(desk(who).turn(other, "confirm")) == (403, "own_resources_only")
    assert said(desk(idle).turn(hers, "confirm")) == (403, "own_resources_only")
    assert said(desk(cleaner).turn(hers, "confirm")) == (200, "confirmed")
    assert said(desk(anna).turn(hers, "cancel")) == (200, "cancelled")
    assert said(desk(cleaner).turn(waiting, "cancel")) == (403, "own_resources_only")
    assert said(desk(anna).turn(waiting, "cancel")) == (200, "cancelled"), "of whom it asked for, while it is pending"


def test_staff_waive_rules_where_they_are_named_and_no_other_person_could_have_to_serve() -> None:
    studio = a_studio(stylists=2)
    me, bo = (a_member(studio, Role.STAFF) for _ in range(2))
    serve(me, studio.stylists[0])
    mine, night = desk(me), START.replace(hour=20)
    (anna, nobody), (left, right) = res(*studio.stylists), res(*studio.chairs)

    def waive(*named: str) -> tuple[int, str]:
        return said(mine.book(a_wish(studio, night, override=["hours"], resource_ids=[*named])))

    mine_only = [waive(anna), waive(anna, left), waive(right, anna, left)]
    assert mine_only == [(202, "pending")] * 3
    elsewhere = [waive(), waive(left), waive(nobody), waive(anna, nobody), waive(nobody, left)]
    assert elsewhere == [(403, "own_resources_only")] * 5
    change(studio, requirements=needed(stylist=studio.stylists[:1], chair=studio.chairs))
    assert waive(left) == (403, "own_resources_only"), "it is not on them that they were asked for"
    serve(bo, studio.chairs[1])
    assert waive(anna) == (403, "own_resources_only"), "Bo would have to come, if the other chair is taken"
    assert waive(anna, left) == (202, "pending")
    admin = desk(a_member(studio, Role.ADMIN))
    assert said(admin.book(a_wish(studio, night, override=["hours"]))) == (202, "pending")
    decide(studio)


def test_hours_that_are_waived_are_waived_for_every_role() -> None:
    studio = a_studio()
    owner = desk(studio.owner)
    open_at(studio, studio.chairs[0], "09:00", "12:00")
    open_at(studio, studio.chairs[1], "09:00", "12:00")

    assert booked(studio, owner)["rejection"]["code"] == "outside_hours"
    assert booked(studio, owner, override=["hours"])["status"] == "confirmed"
    assert booked(studio, owner, override=["hours"])["rejection"]["code"] == "slot_taken"


def told(reader: Desk, feed: str) -> list[dict[str, Any]]:
    """Read a feed once there is something in it: it lags behind whoever is writing elsewhere on the server."""
    until = time.monotonic() + 30
    while not (found := reader.get(feed).get_json()["data"]):
        assert time.monotonic() < until, "nothing is told"
        time.sleep(0.1)
    return list(found)


def test_nothing_that_is_told_has_an_id_as_it_is_in_the_database() -> None:
    studio, mine = a_studio(stylists=2, price=Money(0, "NGN")), desk(a_user())
    owner = desk(studio.owner)
    booking = booked(studio, mine, resource_ids=res(studio.stylists[1]))
    move = f"/api/bookings/{booking['id']}/reschedule"
    mine.post(move, {"starts_at": LATER.isoformat(), "resource_ids": res(studio.chairs[1])})
    decide(studio)
    taken = a_wish(studio, LATER, resource_ids=res(studio.stylists[1], studio.chairs[0]))
    mine.book(taken)
    mine.post(move, {"starts_at": (LATER - timedelta(hours=9)).isoformat()})
    decide(studio)

    business = shown(Kind.BUSINESS, studio.business.id)
    service = shown(Kind.SERVICE, studio.service.id)
    answers = [
        *(mine.history(booking), mine.look(booking), mine.list(), owner.get(f"/api/events?business_id={business}")),
        *(mine.get(f"/api/services/{service}"), mine.get(f"/api/services?business_id={business}")),
        *(owner.get(f"/api/resources?business_id={business}&service_id={service}"), mine.book(taken, Prefer="wait=0")),
    ]
    assert [answer.text for answer in answers if RAW.search(answer.text)] == []
    lines = mine.history(booking).get_json()["data"]
    bo, left, right = res(studio.stylists[1], *studio.chairs)
    before, after = (
        [{"role": "stylist", "resource_id": bo}, {"role": "chair", "resource_id": each}] for each in (left, right)
    )
    [moved] = [line["changes"] for line in lines if line["reason"] == "rescheduled"]
    assert (moved["resources"], moved["resource_id"]) == ([before, after], [bo, bo])
    events = told(owner, f"/api/events?business_id={business}&types=booking.rescheduled")
    assert [(each["data"]["resources"], each["data"]["resource_id"]) for each in events] == [
        ([before, after], [bo, bo])
    ]
    assert [datetime.fromisoformat(each) for each in events[0]["data"]["starts_at"]] == [START, LATER]
