"""Changing a booking's status: who may, from where, and at which version."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from config.transaction import transaction
from domain.accounts.rules import Role
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind, parsed, shown
from domain.kernel.money import Money
from tests.builders import a_member, a_shop, a_user, decide, serve
from tests.flows.desk import a_decided, a_wish, desk, said


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


@pytest.mark.parametrize("word", ["confirm", "confirmed", "approve", "approved"])
def test_to_approve_is_to_confirm(word: str) -> None:
    shop, mine = a_shop(requires_approval=True), desk(a_user())

    assert said(desk(shop.owner).turn(a_decided(shop, mine), word)) == (200, "confirmed")


@pytest.mark.parametrize("word", ["decline", "declined"])
def test_the_business_declines_and_the_place_is_free_again(word: str) -> None:
    shop, mine = a_shop(requires_approval=True), desk(a_user())
    owner = desk(shop.owner)
    booking = mine.book(a_wish(shop)).get_json()

    assert said(owner.turn(booking, word)) == (409, "still_pending")
    decide(shop)
    assert said(mine.turn(booking, word)) == (403, "members_only")
    assert said(owner.turn(booking, word, reason="Fully booked after all")) == (200, "declined")
    assert said(owner.turn(booking, "approve")) == (409, "invalid_transition")
    assert a_decided(shop, mine)["status"] == "awaiting_approval"


def test_nobody_came_also_to_what_counted_as_completed() -> None:
    shop, mine = a_shop(capacity=2), desk(a_user())
    owner = desk(shop.owner)
    confirmed, completed = a_decided(shop, mine), a_decided(shop, mine)

    assert said(owner.turn(confirmed, "no_show")) == (409, "not_started")
    for booking in (confirmed, completed):
        begun(booking)
    owner.turn(completed, "complete")
    assert said(mine.turn(confirmed, "no_show")) == (403, "members_only")
    assert [said(owner.turn(booking, "no_show")) for booking in (confirmed, completed)] == [(200, "no_show")] * 2


def test_staff_decide_on_bookings_of_the_resource_that_they_are_and_admins_on_all() -> None:
    shop = a_shop(resources=2, requires_approval=True)
    me, idle, admin = (a_member(shop, role) for role in (Role.STAFF, Role.STAFF, Role.ADMIN))
    serve(me, shop.resource_ids[0])
    mine, theirs = (
        desk(a_user()).book(a_wish(shop, resource_id=shown(Kind.RESOURCE, each))).get_json()
        for each in shop.resource_ids
    )
    decide(shop)

    for status in ("approve", "decline", "complete", "no_show", "cancel"):
        assert said(desk(me).turn(theirs, status)) == (403, "own_resources_only")
        assert said(desk(idle).turn(mine, status)) == (403, "own_resources_only")
    assert desk(idle).look(mine).status_code == 200
    assert said(desk(me).turn(mine, "approve")) == (200, "confirmed")
    assert said(desk(admin).turn(theirs, "decline")) == (200, "declined")


def test_what_may_be_asked_depends_on_who_asks() -> None:
    shop, mine = a_shop(requires_approval=True), desk(a_user())
    owner = desk(shop.owner)
    booking = a_decided(shop, mine)
    owner.turn(booking, "approve")

    assert owner.turn(booking, "decline").get_json()["allowed"] == ["cancelled", "completed", "no_show"]
    owner.turn(booking, "cancel")
    assert mine.turn(booking, "cancel").get_json()["allowed"] == []


@pytest.mark.parametrize("status", ["awaiting_payment", "pending", "expired", "rejected", "Confirm", ""])
def test_what_follows_from_time_money_or_the_worker_cannot_be_asked_for(status: str) -> None:
    shop, mine = a_shop(), desk(a_user())

    assert mine.turn(a_decided(shop, mine), status).status_code == 422


def test_a_reason_of_more_than_five_hundred_characters_is_refused() -> None:
    shop, mine = a_shop(), desk(a_user())
    booking = a_decided(shop, mine)

    assert said(mine.turn(booking, "cancel", reason="x" * 501)) == (422, "invalid")
    assert said(mine.turn(booking, "cancel", reason="x" * 500)) == (200, "cancelled")
