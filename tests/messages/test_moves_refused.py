"""Mails about moves that were refused: to who asked, unless they had the answer at once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import Principal
from domain.bookings.tables import Booking, Reschedule
from tests.builders import a_reschedule, decide, weekday
from tests.messages.office import Office, an_office

MINUTE = timedelta(minutes=1)


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        yield made


def moved_in_vain(office: Office, *, by: Principal, ago: timedelta = MINUTE) -> Booking:
    """Have a booking moved to where there is no place, as if that had been asked for a while ago; return it."""
    booking = office.booked()
    office.booked(weekday(ahead=9))
    office.post()
    office.server.got.clear()
    row = a_reschedule(booking, weekday(ahead=9), by=by)
    with transaction() as session:
        session.execute(update(Reschedule).where(Reschedule.id == row.id).values(created_at=clock() - ago))
    decide(office.shop)
    office.post()
    return booking


def test_who_asked_for_another_time_in_vain_is_told_why_and_what_holds(office: Office) -> None:
    moved_in_vain(office, by=office.customer)
    (mail,) = office.mails()
    text = mail.get_body(("plain",))
    assert text is not None
    said = text.get_content()
    assert mail["Subject"].startswith("Not moved: Cut stays on ")
    assert "That was not possible. That time is taken." in said
    assert f"{weekday():%A, %B}" in said
    assert "/manage#" in said
    assert "text/calendar" not in [each.get_content_type() for each in mail.walk()], "the entry stays as it is"


def test_who_is_still_there_to_hear_it_is_not_mailed_that_nothing_was_moved(office: Office) -> None:
    booking = moved_in_vain(office, by=office.customer, ago=timedelta(seconds=10))
    assert office.mails() == []
    assert skipped(office, booking) == [("reschedule_refused", "answered_at_once")]


def test_customers_do_not_hear_of_what_the_business_tried_in_vain(office: Office) -> None:
    booking = moved_in_vain(office, by=office.shop.owner)
    assert office.mails() == []
    assert skipped(office, booking) == [("reschedule_refused", "asked_by_business")]


def skipped(office: Office, booking: Booking) -> list[tuple[str, str | None]]:
    rows = office.log(booking_id=booking.id, state="skipped")
    return [(each.kind, each.skip_reason) for each in rows if each.kind != "received"]
