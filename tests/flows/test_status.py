"""Changing a booking's status: who may, from where, and at which version."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from config.transaction import transaction
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind, parsed
from domain.kernel.money import Money
from tests.builders import Shop, a_shop, a_user, decide
from tests.flows.desk import Desk, a_wish, desk


def a_decided(shop: Shop, mine: Desk) -> dict[str, Any]:
    booking: dict[str, Any] = mine.book(a_wish(shop)).get_json()
    decide(shop)
    return mine.look(booking).get_json()


def said(answer: TestResponse) -> tuple[int, str]:
    body = answer.get_json()
    return answer.status_code, body.get("code") or body["status"]


def begun(booking: dict[str, Any]) -> None:
    """Let a booking's start be an hour ago."""
    booking_id = parsed(Kind.BOOKING, booking["id"])
    assert isinstance(booking_id, UUID)
    with transaction() as session:
        row = session.get_one(Booking, booking_id)
        ago = row.created_at - timedelta(hours=1)
        moved = update(Booking).where(Booking.id == booking_id)
        session.execute(moved.values(starts_at=ago, ends_at=ago + timedelta(minutes=30)))


def test_a_customer_cancels_and_the_place_is_free_again() -> None:
    shop, mine = a_shop(), desk(a_user())
    booking = a_decided(shop, mine)

    cancelled = mine.turn(booking, "cancelled")

    assert said(cancelled) == (200, "cancelled")
    assert cancelled.headers["ETag"] == '"v3"'
    assert a_decided(shop, mine)["status"] == "confirmed"


def test_a_booking_that_is_not_decided_yet_can_be_cancelled_but_not_confirmed() -> None:
    shop = a_shop()
    owner = desk(shop.owner)
    booking = owner.book(a_wish(shop)).get_json()

    assert said(owner.turn(booking, "confirmed")) == (409, "still_pending")
    assert said(owner.turn(booking, "cancelled")) == (200, "cancelled")
    decide(shop)
    assert owner.look(booking).get_json()["status"] == "cancelled"


def test_what_is_over_stays_over() -> None:
    shop, mine = a_shop(), desk(a_user())
    booking = a_decided(shop, mine)
    mine.turn(booking, "cancelled")

    again = mine.turn(booking, "cancelled")

    assert said(again) == (409, "invalid_transition")
    assert again.get_json()["allowed"] == []


def test_the_business_approves_and_the_customer_may_not() -> None:
    shop, mine = a_shop(requires_approval=True), desk(a_user())
    booking = a_decided(shop, mine)

    assert booking["status"] == "awaiting_approval"
    assert said(mine.turn(booking, "confirmed")) == (403, "members_only")
    assert said(desk(shop.owner).turn(booking, "confirmed")) == (200, "confirmed")


def test_what_awaits_its_payment_is_confirmed_by_that_alone() -> None:
    shop, mine = a_shop(price=Money(4500, "NGN")), desk(a_user())
    booking = a_decided(shop, mine)

    assert booking["status"] == "awaiting_payment"
    assert said(desk(shop.owner).turn(booking, "confirmed")) == (409, "payment_required")


def test_a_booking_is_completed_by_the_business_once_it_has_begun() -> None:
    shop, mine = a_shop(), desk(a_user())
    owner = desk(shop.owner)
    booking = a_decided(shop, mine)

    assert said(owner.turn(booking, "completed")) == (409, "not_started")
    begun(booking)
    assert said(mine.turn(booking, "completed")) == (403, "members_only")
    assert said(mine.turn(booking, "cancelled")) == (409, "already_started")
    assert said(owner.turn(booking, "completed")) == (200, "completed")


@pytest.mark.parametrize("tag", ['"v1"', 'W/"v2"', '"nonsense"'])
def test_a_change_to_another_version_is_refused(tag: str) -> None:
    shop, mine = a_shop(), desk(a_user())
    booking = a_decided(shop, mine)

    assert said(mine.turn(booking, "cancelled", If_Match=tag)) == (412, "stale_version")
    assert mine.look(booking).get_json()["status"] == "confirmed"


@pytest.mark.parametrize("tag", ['"v2"', "*"])
def test_a_change_to_the_version_that_was_read_is_made(tag: str) -> None:
    shop, mine = a_shop(), desk(a_user())
    booking = a_decided(shop, mine)

    assert said(mine.turn(booking, "cancelled", If_Match=tag)) == (200, "cancelled")


def test_anothers_booking_is_not_there() -> None:
    shop, stranger = a_shop(), desk(a_user())
    booking = a_decided(shop, desk(a_user()))

    assert said(stranger.look(booking)) == (404, "not_found")
    assert said(stranger.turn(booking, "cancelled")) == (404, "not_found")
    assert desk(shop.owner).look(booking).get_json()["status"] == "confirmed"
