"""What somebody causes by a booking's manage link is on that link, and within a bound of its own: not on the business's account."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from config.clock import clock
from domain.bookings.tables import Booking
from domain.notifications.rules.judging import MOST_BY_LINK
from tests.builders import a_booking, a_reschedule, decide, weekday
from tests.messages.office import DAY, HOUR, Office, an_office
from tests.messages.test_strangers import at_most, booked, stranger


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        yield made


def for_a_stranger(office: Office) -> Booking:
    """Book for somebody, in the name of the business, and decide it."""
    made = a_booking(office.shop, weekday(), by=office.shop.owner, customer=stranger())
    decide(office.shop)
    return made


def by_link(office: Office, booking: Booking) -> None:
    """Have whoever has its manage link cancel a booking."""
    office.cancel(booking, by=replace(office.shop.owner, booking_id=booking.id, roles={}))


def moves_by_link(office: Office, booking: Booking, times: int) -> None:
    """Have whoever has its manage link move a booking, and have each move told."""
    guest = replace(office.shop.owner, booking_id=booking.id, roles={})
    for number in range(times):
        a_reschedule(booking, weekday() + (1 + number % 2) * HOUR, by=guest)
        decide(office.shop)
        office.post()


def test_whoever_moves_one_booking_by_its_link_silences_nobody_else(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_most(monkeypatch, 2)
    booking = for_a_stranger(office)
    office.post()
    moves_by_link(office, booking, 3)
    assert office.told(kind="rescheduled") == [("rescheduled", "sent")] * 3
    booked(office, 10, by=office.shop.owner)
    assert office.told(kind="confirmed") == [("confirmed", "sent")] * 2
    booked(office, 17, by=office.shop.owner)
    assert office.told(kind="confirmed", state="due") == [("confirmed", "due")]


def test_a_link_has_so_many_messages_sent_about_its_booking_in_a_day(office: Office) -> None:
    booking = for_a_stranger(office)
    office.post()
    moves_by_link(office, booking, MOST_BY_LINK + 1)
    assert office.told(kind="rescheduled", state="sent") == [("rescheduled", "sent")] * MOST_BY_LINK
    (late,) = office.log(kind="rescheduled", state="due")
    assert late.last_error == "too_many_by_link"
    office.send(at=clock() + DAY + HOUR)
    assert office.row(late.id).state == "sent"


def test_what_was_moved_by_link_reminds_by_link_too(office: Office) -> None:
    booking = for_a_stranger(office)
    office.post()
    moves_by_link(office, booking, 1)
    assert {each.is_by_link for each in office.log(kind="reminder", state="due")} == {True}
    assert {each.is_by_link for each in office.log(kind="confirmed")} == {False}


def test_a_move_in_vain_by_link_is_on_the_link(office: Office) -> None:
    booking = for_a_stranger(office)
    for_another = a_booking(office.shop, weekday(ahead=9), by=office.shop.owner, customer=stranger())
    decide(office.shop)
    guest = replace(office.shop.owner, booking_id=booking.id, roles={})
    a_reschedule(booking, for_another.starts_at, by=guest)
    decide(office.shop)
    office.follow()
    assert [each.is_by_link for each in office.log(kind="reschedule_refused")] == [True]
    a_reschedule(booking, for_another.starts_at, by=office.shop.owner)
    decide(office.shop)
    office.follow()
    assert [each.is_by_link for each in office.log(kind="reschedule_refused")] == [True, False]


def test_a_business_tells_nobody_by_their_link_whom_it_has_not_told_before(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be shown the links of its bookings: what it may not tell strangers it may not have told by these."""
    at_most(monkeypatch, 1)
    for ahead in (3, 10):
        made = a_booking(office.shop, weekday(ahead=ahead), by=office.shop.owner, customer=stranger())
        decide(office.shop)
        by_link(office, made)
    office.post()
    assert sorted(office.told(kind="cancelled")) == [("cancelled", "due"), ("cancelled", "sent")]
    assert [each.last_error for each in office.log(kind="cancelled", state="due")] == ["too_many_strangers"]


def test_what_the_business_does_after_a_guest_is_its_own_doing(office: Office) -> None:
    booking = for_a_stranger(office)
    office.post()
    moves_by_link(office, booking, 1)
    a_reschedule(booking, weekday() + 2 * HOUR, by=office.shop.owner)
    decide(office.shop)
    office.post()
    assert [each.is_by_link for each in office.log(kind="rescheduled")] == [True, False]
