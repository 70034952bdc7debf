"""Rescheduling what may not be, or is no more: nothing is moved, and nothing is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from config.clock import clock
from config.transaction import transaction
from domain.bookings import service as bookings
from domain.catalog.tables import Resource, Service
from domain.kernel.errors import (
    AlreadyStarted,
    MembersOnly,
    NotReschedulable,
    PolicyWindowClosed,
    RescheduleInProgress,
    StillPending,
)
from domain.kernel.jobs import Job, State
from domain.kernel.plot import ALLOCATE
from tests.builders import a_booking, a_reschedule, a_shop, a_user, decide, look, weekday
from tests.claims import Claim as Written
from tests.claims import connected, overbooked
from tests.db.moves import HALF_HOUR, LATER, START, cancel, change, live_starts, outcome, placed, standing
from tests.workers.jobs import job_of
from workers import bookings as tasks


def test_a_hold_goes_on_as_it_was() -> None:
    shop = a_shop(requires_approval=True)
    booking = placed(shop, weekday(ahead=5))
    before = look(booking, by=shop.owner).hold_expires_at
    moved = a_reschedule(booking, weekday(ahead=9), by=shop.owner)
    decide(shop)

    assert outcome(moved) == ("moved", None)
    found = look(booking, by=shop.owner)
    assert (found.status, found.hold_expires_at) == ("awaiting_approval", before)


def test_a_hold_is_not_moved_to_a_start_that_would_end_it() -> None:
    shop = a_shop(requires_approval=True)
    booking = placed(shop)
    row = a_reschedule(booking, LATER, by=shop.owner)
    passed = clock() - timedelta(minutes=1)
    change(row, starts_at=passed, ends_at=passed + HALF_HOUR)
    decide(shop)

    assert outcome(row) == ("refused", "in_the_past")
    assert standing(booking) == ("awaiting_approval", START)


def test_a_hold_that_lapsed_takes_its_move_with_it() -> None:
    shop = a_shop(requires_approval=True)
    booking = placed(shop)
    row = a_reschedule(booking, LATER, by=shop.owner)
    change(booking, hold_expires_at=clock())
    decide(shop)

    assert outcome(row) == ("withdrawn", None)
    assert standing(booking)[0] == "expired"
    assert live_starts(booking) == []
    assert job_of(booking).state == "done"


def test_cancelling_withdraws_the_move_and_its_job_is_settled() -> None:
    shop = a_shop()
    booking = placed(shop)
    row = a_reschedule(booking, LATER, by=shop.owner)
    cancel(booking, shop)
    assert outcome(row) == ("withdrawn", None)

    tasks.allocate(job_of(booking).id)
    assert job_of(booking).state == "done"
    assert live_starts(booking) == []


def test_a_message_that_comes_late_closes_no_job_but_its_own() -> None:
    shop = a_shop()
    booking = placed(shop)
    first = job_of(booking)
    row = a_reschedule(booking, LATER, by=shop.owner)

    with transaction() as session:
        bookings.settle(session, first.id, booking.id, now=clock())

    assert job_of(booking).state == "ready"
    decide(shop)
    assert outcome(row) == ("moved", None)


def test_one_move_is_pending_at_a_time() -> None:
    shop = a_shop()
    booking = placed(shop)
    a_reschedule(booking, LATER, by=shop.owner)

    with pytest.raises(RescheduleInProgress):
        a_reschedule(booking, START, by=shop.owner)


def test_a_move_that_could_not_be_decided_gives_way_to_the_next() -> None:
    shop = a_shop()
    booking = placed(shop)
    dead = a_reschedule(booking, LATER, by=shop.owner)
    with transaction() as session:
        ours = (Job.ref_id == booking.id, Job.kind == ALLOCATE, Job.state == State.READY)
        session.execute(update(Job).where(*ours).values(state=State.DEAD, finished_at=clock()))
    decide(shop)
    assert outcome(dead) == ("pending", None), "a dead job waits for an operator"

    again = a_reschedule(booking, LATER, by=shop.owner)
    decide(shop)
    assert (outcome(dead), outcome(again)) == (("withdrawn", None), ("moved", None))


def test_what_is_pending_or_has_ended_is_not_moved() -> None:
    shop = a_shop()
    with pytest.raises(StillPending):
        a_reschedule(a_booking(shop, START), LATER, by=shop.owner)
    booking = placed(shop, LATER)
    cancel(booking, shop)

    with pytest.raises(NotReschedulable, match="cancelled"):
        a_reschedule(booking, LATER, by=shop.owner)


def test_a_customer_may_move_until_a_fee_would_be_due() -> None:
    policy = {"free_until_hours": 24 * 30, "fee_percent": 50}
    shop, guest = a_shop(cancellation_policy=policy), a_user()
    booking = placed(shop, by=guest)

    with pytest.raises(PolicyWindowClosed):
        a_reschedule(booking, LATER, by=guest)
    assert a_reschedule(booking, LATER, by=shop.owner).status == "pending"


def test_a_customer_may_not_waive_rules_nor_move_what_has_started() -> None:
    shop, guest = a_shop(), a_user()
    booking = placed(shop, by=guest)
    with pytest.raises(MembersOnly):
        a_reschedule(booking, LATER, by=guest, overrides=("notice",))
    change(booking, starts_at=clock() - HALF_HOUR, ends_at=clock() + HALF_HOUR)

    with pytest.raises(AlreadyStarted):
        a_reschedule(booking, LATER, by=guest)


def test_what_is_not_offered_any_more_stays_where_it_is() -> None:
    shop = a_shop()
    booking = placed(shop)
    row = a_reschedule(booking, LATER, by=shop.owner)
    with transaction() as session:
        session.get_one(Resource, shop.resource_ids[0]).archived_at = clock()
    decide(shop)
    assert outcome(row) == ("refused", "outside_hours")
    assert live_starts(booking) == [START]

    with transaction() as session:
        session.get_one(Service, shop.service.id).archived_at = clock()
    with pytest.raises(NotReschedulable, match="not offered"):
        a_reschedule(booking, LATER, by=shop.owner)


def test_members_may_move_it_out_of_hours() -> None:
    shop = a_shop()
    booking = placed(shop)
    row = a_reschedule(booking, START.replace(hour=22), by=shop.owner, overrides=("hours",))
    decide(shop)

    assert outcome(row) == ("moved", None)
    assert look(booking, by=shop.owner).overrides == ["hours"]


def test_a_place_that_only_the_database_refuses_costs_the_old_one_nothing() -> None:
    shop = a_shop(capacity=10)
    booking = placed(shop)
    in_the_way = Written(
        booking_id=a_booking(shop, START - timedelta(days=30)).id,
        resource_id=shop.resource_ids[0],
        service_id=shop.service.id,
        start=LATER,
        exclusive=True,
        minutes=15,
    )
    with connected() as connection:
        in_the_way.write(connection)
    row = a_reschedule(booking, LATER, by=shop.owner)
    beside = a_booking(shop, START)
    decide(shop)

    assert outcome(row) == ("refused", "slot_taken")
    assert live_starts(booking) == [START]
    assert look(beside, by=shop.owner).status == "confirmed"
    assert overbooked() == []
