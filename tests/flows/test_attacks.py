"""What an attacker has found, and finds no more."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from config.transaction import transaction
from domain.catalog.tables import Schedule
from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_shop, a_user, decide, weekday
from tests.flows.desk import a_wish, desk

ALL_WEEK = [[day, 0, 24 * 60] for day in range(7)]


def open_all_week(shop: Shop) -> None:
    with transaction() as session:
        session.query(Schedule).filter_by(business_id=shop.business.id).one().weekly = ALL_WEEK


def slots(shop: Shop, days: int) -> Any:  # noqa: ANN401 - JSON
    today = datetime.now(UTC).date()
    dates = f"from={today + timedelta(days=1)}&to={today + timedelta(days=days)}"
    service = shown(Kind.SERVICE, shop.service.id)
    return desk(a_user()).get(f"/api/availability?service_id={service}&{dates}")


@pytest.mark.parametrize(("resources", "days"), [(1, 62), (120, 2)], ids=["many starts", "many resources"])
def test_no_single_question_keeps_a_server_busy(resources: int, days: int) -> None:
    shop = a_shop(resources=resources, duration_minutes=1, max_advance_days=100)
    open_all_week(shop)

    answer = slots(shop, days)

    assert (answer.status_code, answer.get_json()["code"]) == (422, "too_many_slots")
    assert slots(shop, 1).status_code == 200


def test_a_far_offset_is_an_instant_like_any_other() -> None:
    shop = a_shop()
    off = {"business_id": shown(Kind.BUSINESS, shop.business.id), "starts_at": "2030-12-01T10:00:00+23:59"}

    answer = desk(shop.owner).post("/api/time-off", off | {"ends_at": "2030-12-03T10:00:00-23:59"})

    assert answer.status_code == 201
    assert datetime.fromisoformat(answer.get_json()["starts_at"]) == datetime(2030, 11, 30, 10, 1, tzinfo=UTC)


def test_a_repeated_change_of_status_shows_the_booking_as_it_is_to_who_may_see_it() -> None:
    shop, guest = a_shop(requires_approval=True), desk(a_user())
    booking = guest.book(a_wish(shop)).get_json()
    decide(shop)
    owner, key = desk(shop.owner), str(uuid4())
    assert owner.turn(booking, "confirmed", Idempotency_Key=key).status_code == 200
    later = {"starts_at": (weekday() + timedelta(minutes=30)).isoformat()}
    guest.post(f"/api/bookings/{booking['id']}/reschedule", later)
    decide(shop)

    again = owner.turn(booking, "confirmed", Idempotency_Key=key)

    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.get_json()["starts_at"][11:16] == "14:30"
    assert again.headers["ETag"] == f'"v{again.get_json()["version"]}"'
