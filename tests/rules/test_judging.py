"""Whether a message is still worth sending, right before it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.bookings.rules import Status
from domain.notifications.rules.judging import (
    MOST_AN_HOUR,
    MOST_TO_STAFF,
    PATIENCE,
    TOO_OLD,
    Planned,
    Standing,
    must_wait,
    why_not,
)
from domain.notifications.rules.notices import SAID, STAYS_TO_HEAR, TRUE_WHILE, Audience, Notice, Skip

START = datetime(2026, 3, 15, 13, tzinfo=UTC)
DUE = START - timedelta(hours=1)
SECOND = timedelta(seconds=1)


def judged(
    notice: Notice,
    *,
    now: datetime = DUE,
    audience: Audience = Audience.CUSTOMER,
    **standing: Any,  # noqa: ANN401 - fields
) -> Skip | None:
    status = next(iter(sorted(TRUE_WHILE.get(notice, {Status.CANCELLED}))))
    planned = Planned(notice=notice, audience=audience, sequence=0, due_at=DUE)
    found = Standing(
        **{"status": status, "sequence": 0, "starts_at": START, "asked_at": DUE - timedelta(hours=1)} | standing
    )
    return why_not(planned, found, now=now)


@pytest.mark.parametrize("notice", Notice)
def test_what_is_so_is_told(notice: Notice) -> None:
    assert judged(notice) is None


@pytest.mark.parametrize("notice", [each for each in Notice if each in TRUE_WHILE])
def test_what_is_not_so_any_more_is_not_told(notice: Notice) -> None:
    for status in set(Status) - TRUE_WHILE[notice]:
        assert judged(notice, status=status) is Skip.NOT_SO_ANY_MORE


def test_money_that_went_back_is_told_whatever_the_booking_is() -> None:
    assert {judged(Notice.REFUNDED, status=each) for each in Status} == {None}


@pytest.mark.parametrize("notice", [Notice.REMINDER, Notice.CONFIRMED, Notice.RESCHEDULED, Notice.AWAITING_PAYMENT])
def test_from_the_start_on_it_is_of_no_use(notice: Notice) -> None:
    assert judged(notice, now=START - SECOND) is None
    assert judged(notice, now=START) is Skip.STARTED


@pytest.mark.parametrize("notice", [Notice.CANCELLED, Notice.EXPIRED, Notice.DECLINED])
def test_that_it_does_not_take_place_is_told_late_too(notice: Notice) -> None:
    assert judged(notice, now=START + timedelta(days=1)) is None


@pytest.mark.parametrize("notice", [Notice.REMINDER, Notice.RESCHEDULED])
def test_a_time_that_holds_no_more_is_not_told(notice: Notice) -> None:
    found = Standing(status=Status.CONFIRMED, sequence=1, starts_at=START)
    assert (
        why_not(Planned(notice=notice, audience=Audience.CUSTOMER, sequence=0, due_at=DUE), found, now=DUE)
        is Skip.MOVED
    )


def test_of_two_reminders_that_are_due_the_later_one_is_sent() -> None:
    assert judged(Notice.REMINDER, is_superseded=True) is Skip.SUPERSEDED


@pytest.mark.parametrize("notice", [Notice.FOLLOW_UP, Notice.CANCELLED, Notice.REFUNDED])
def test_what_happened_more_than_a_week_ago_is_told_to_nobody(notice: Notice) -> None:
    assert judged(notice, now=DUE + TOO_OLD) is None
    assert judged(notice, now=DUE + TOO_OLD + SECOND) is Skip.TOO_LATE


def test_only_what_comes_by_rules_can_be_turned_off() -> None:
    off = {each for each in Notice if judged(each, is_unsubscribed=True) is Skip.UNSUBSCRIBED}
    assert off == {Notice.REMINDER, Notice.FOLLOW_UP}


def test_who_was_refused_at_once_knows_it() -> None:
    for notice, while_ in STAYS_TO_HEAR.items():
        assert judged(notice, asked_at=DUE - while_) is None
        assert judged(notice, asked_at=DUE - while_ + SECOND) is Skip.ANSWERED_AT_ONCE
        assert judged(notice, asked_at=DUE - while_ + SECOND, audience=Audience.STAFF) is None


def test_customers_do_not_hear_of_what_the_business_tried_in_vain() -> None:
    assert judged(Notice.RESCHEDULE_REFUSED, is_theirs=False) is Skip.ASKED_BY_BUSINESS
    assert judged(Notice.RESCHEDULE_REFUSED, is_theirs=False, audience=Audience.STAFF) is None


def test_every_status_that_ends_or_holds_a_booking_is_told_of() -> None:
    assert {f"booking.{each.value}" for each in Status} - SAID.keys() == {
        "booking.pending",  # told by booking.requested
        "booking.completed",  # followed up
        "booking.no_show",
    }


@pytest.mark.parametrize(
    ("most", "is_of_staff", "audience"),
    [
        (MOST_AN_HOUR, False, Audience.CUSTOMER),
        (MOST_AN_HOUR, True, Audience.CUSTOMER),
        (MOST_AN_HOUR, False, Audience.STAFF),
        (MOST_TO_STAFF, True, Audience.STAFF),
    ],
    ids=["a customer", "a member who is the customer", "an address that staff is told at", "a member"],
)
def test_nobody_is_written_to_without_end(most: int, is_of_staff: bool, audience: Audience) -> None:  # noqa: FBT001
    told = Planned(notice=Notice.CANCELLED, audience=audience, sequence=0, due_at=DUE)
    found = Standing(status=Status.CANCELLED, sequence=0, starts_at=START, told_lately=most, is_of_staff=is_of_staff)
    one_less = replace(found, told_lately=most - 1)
    assert (must_wait(told, one_less), must_wait(told, found)) == (None, Skip.TOO_MANY)
    given_up = DUE + PATIENCE[Skip.TOO_MANY] + SECOND
    assert (why_not(told, found, now=DUE), why_not(told, one_less, now=given_up)) == (None, None)
    assert why_not(told, found, now=given_up) is Skip.TOO_MANY


def test_one_stranger_too_many_waits_and_is_given_up_after_three_days() -> None:
    told = Planned(notice=Notice.CANCELLED, audience=Audience.CUSTOMER, sequence=0, due_at=DUE)
    up = PATIENCE[Skip.TOO_MANY_STRANGERS]
    found = Standing(status=Status.CANCELLED, sequence=0, starts_at=START, is_one_stranger_too_many=True)
    assert (must_wait(told, found), why_not(told, found, now=DUE + up)) == (Skip.TOO_MANY_STRANGERS, None)
    assert why_not(told, found, now=DUE + up + SECOND) is Skip.TOO_MANY_STRANGERS


@pytest.mark.parametrize("status", Status)
def test_what_was_handed_over_is_told_whatever_became_of_it_there_unless_it_came_back(status: Status) -> None:
    assert judged(Notice.HANDED_OVER, status=status, sequence=7, now=START, audience=Audience.STAFF) is None
    assert judged(Notice.HANDED_OVER, status=status, serves_it=True) is Skip.NOT_SO_ANY_MORE
