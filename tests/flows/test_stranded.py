"""Stranded bookings: every change that takes a place away counts them, and touches none."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from config.transaction import transaction
from domain.bookings.tables import Booking
from domain.kernel.events import Event
from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_booking, a_service, a_shop, decide, weekday
from tests.flows.office import of_business, of_resource, of_service, office

START = weekday()  # 14:00 in Lagos
HOUR = timedelta(hours=1)
RESOURCES = "/api/resources"


def booked(shop: Shop, *starts: datetime) -> Sequence[Booking]:
    bookings = [a_booking(shop, start) for start in starts]
    decide(shop)
    return bookings


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """Let no booking of the test be anything but accepted and decided."""
    last = select(func.coalesce(func.max(Booking.accepted_no), 0))
    with transaction() as session:
        before = session.scalars(last).one()
    yield
    with transaction() as session:
        mine = select(Booking.version).where(Booking.accepted_no > before)
        assert all(version <= 2 for version in session.scalars(mine))


def open_on(start: str, end: str) -> dict[str, object]:
    return {"weekly": [{"weekday": day, "start": start, "end": end} for day in range(7)]}


def test_new_hours_count_what_is_outside_of_them_to_the_minute() -> None:
    shop = a_shop()
    booked(shop, START, START + HOUR, START - HOUR)
    mine, path = office(shop.owner), f"{of_business(shop)}/schedule"

    def stranded(start: str, end: str) -> int:
        answer = mine.put(path, open_on(start, end), If_Match="*")
        return int(answer.get_json()["stranded_bookings"])

    assert stranded("13:00", "15:30") == 0
    assert stranded("13:00", "15:29") == 1
    assert stranded("13:01", "15:30") == 1
    assert stranded("14:00", "14:30") == 2
    assert stranded("00:00", "24:00") == 0
    closed = {"date": START.date().isoformat(), "intervals": []}
    answer = mine.put(path, open_on("00:00", "24:00") | {"overrides": [closed]}, If_Match="*")
    assert answer.get_json()["stranded_bookings"] == 3


def test_hours_of_a_resource_strand_on_that_resource_only() -> None:
    shop = a_shop(resources=2)
    booked(shop, START, START)
    mine, path = office(shop.owner), f"{of_resource(shop)}/schedule"

    assert mine.put(path, open_on("08:00", "09:00")).get_json()["stranded_bookings"] == 1
    assert mine.delete(path, If_Match="*").get_json()["stranded_bookings"] == 0


def test_business_hours_do_not_strand_on_a_resource_with_hours_of_its_own() -> None:
    shop = a_shop(resources=2)
    booked(shop, START, START)
    mine = office(shop.owner)
    mine.put(f"{of_resource(shop)}/schedule", open_on("09:00", "17:00"))

    answer = mine.put(f"{of_business(shop)}/schedule", open_on("08:00", "09:00"), If_Match="*")

    assert answer.get_json()["stranded_bookings"] == 1


def test_another_time_zone_strands_what_its_clocks_leave_outside() -> None:
    shop = a_shop()
    booked(shop, START, START + 2 * HOUR)
    mine = office(shop.owner)

    assert mine.patch(of_business(shop), {"timezone": "Asia/Tokyo"}).get_json()["stranded_bookings"] == 2
    assert mine.patch(of_business(shop), {"timezone": "Africa/Cairo"}).get_json()["stranded_bookings"] == 1
    assert mine.patch(of_business(shop), {"timezone": "Africa/Lagos"}).get_json()["stranded_bookings"] == 0
    assert mine.patch(of_business(shop), {"city": "Lagos"}).get_json()["stranded_bookings"] == 0


def test_a_resource_that_stops_offering_a_service_strands_its_bookings_only() -> None:
    shop = a_shop(resources=1)
    booked(shop, START, START + HOUR)
    other, _ = a_service(shop.owner, shop.business.id)
    mine = office(shop.owner)
    both = [shown(Kind.SERVICE, shop.service.id), shown(Kind.SERVICE, other.id)]

    assert mine.patch(of_resource(shop), {"service_ids": both}).get_json()["stranded_bookings"] == 0
    assert mine.patch(of_resource(shop), {"service_ids": both[1:]}).get_json()["stranded_bookings"] == 2
    assert mine.patch(of_resource(shop), {"service_ids": both[:1]}).get_json()["stranded_bookings"] == 0


def test_a_resource_that_takes_a_service_over_strands_what_the_default_one_has() -> None:
    shop = a_shop()
    booked(shop, START)
    body = {"business_id": shown(Kind.BUSINESS, shop.business.id), "name": "Chair"}
    mine = office(shop.owner)

    assert mine.post(RESOURCES, body).get_json()["stranded_bookings"] == 0
    offering = body | {"service_ids": [shown(Kind.SERVICE, shop.service.id)]}
    assert mine.post(RESOURCES, offering).get_json()["stranded_bookings"] == 1


def test_archiving_counts_all_that_is_to_come_and_occupies() -> None:
    shop = a_shop(resources=2)
    bookings = booked(shop, START, START, START + HOUR, START + HOUR)
    pending = a_booking(shop, START + 2 * HOUR)
    mine = office(shop.owner)
    mine.patch(f"/api/bookings/{shown(Kind.BOOKING, pending.id)}/status", {"status": "cancel"})
    assert len(bookings) == 4

    assert mine.delete(of_resource(shop)).get_json()["stranded_bookings"] == 2
    assert mine.delete(of_service(shop), If_Match="*").get_json()["stranded_bookings"] == 4
    assert mine.delete(of_business(shop)).get_json()["stranded_bookings"] == 4


def test_a_lower_capacity_counts_whoever_is_among_too_many() -> None:
    shop = a_shop(capacity=3, duration_minutes=60, slot_interval_minutes=30)
    booked(shop, START, START, START + HOUR / 2, START + HOUR, START + 2 * HOUR)
    mine = office(shop.owner)

    def stranded(**change: object) -> int:
        return int(mine.patch(of_service(shop), change, If_Match="*").get_json()["stranded_bookings"])

    assert stranded(capacity=3) == 0
    assert stranded(capacity=2) == 3
    assert stranded(name="Wash") == 0
    assert stranded(capacity=1) == 4
    assert stranded(capacity=4) == 0


def test_every_change_is_told_in_the_log_of_events_with_its_version() -> None:
    shop = a_shop(resources=1)
    mine = office(shop.owner)
    mine.patch(of_business(shop), {"city": "Lagos"})
    mine.patch(of_service(shop), {"name": "Wash"}, If_Match="*")
    mine.patch(of_resource(shop), {"name": "Window"})
    mine.put(f"{of_resource(shop)}/schedule", open_on("09:00", "10:00"))
    mine.delete(f"{of_resource(shop)}/schedule", If_Match="*")
    off = mine.post(
        "/api/time-off",
        {
            "business_id": shown(Kind.BUSINESS, shop.business.id),
            "starts_at": START.isoformat(),
            "ends_at": (START + HOUR).isoformat(),
        },
    ).get_json()
    mine.patch(f"/api/time-off/{off['id']}", {"reason": "X"})
    mine.delete(f"/api/time-off/{off['id']}")
    mine.delete(of_resource(shop))
    mine.delete(of_service(shop), If_Match="*")
    mine.delete(of_business(shop))

    with transaction() as session:
        told = session.execute(
            select(Event.kind, Event.subject_version).where(Event.business_id == shop.business.id).order_by(Event.id)
        ).all()
    assert [tuple(each) for each in told] == [
        *[("business.created", 1), ("service.created", 1), ("business.updated", 2), ("service.updated", 2)],
        *[("resource.updated", 2), ("schedule.updated", 1), ("schedule.removed", 2)],
        *[("time_off.created", 1), ("time_off.updated", 2), ("time_off.deleted", 3)],
        *[("resource.archived", 3), ("service.updated", 3), ("service.archived", 4), ("business.archived", 3)],
    ]
