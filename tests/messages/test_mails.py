"""Mails of a booking, from what happens to what lies in its customer's mailbox."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from icalendar import Calendar
from sqlalchemy import update

from config.clock import clock
from config.transaction import transaction
from domain.bookings import service as bookings
from domain.bookings.rules import Customer
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind, shown
from domain.kernel.money import Money
from domain.payments import service as payments
from domain.payments.service import Taken
from tests.builders import a_booking, a_reschedule, decide, look, prove, weekday
from tests.flows.desk import desk
from tests.messages.office import Office, an_office, entry

MINUTE = timedelta(minutes=1)
ADA = Customer(name="Ada", email="ada.named@example.com")


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        yield made


def shape(mail: EmailMessage) -> list[str]:
    return [each.get_content_type() for each in mail.walk()]


def test_who_books_is_told_that_it_is_confirmed(office: Office) -> None:
    booking = office.booked()
    office.post()
    (mail,) = office.mails()
    assert shape(mail) == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    assert mail["Subject"].startswith("Confirmed: Cut, ")
    assert mail["From"] == f'"{office.shop.business.name}" <post@example.com>' or "post@example.com" in mail["From"]
    assert mail["To"] == f"Ada Obi <{office.customer.email}>"
    text = mail.get_body(("plain",))
    assert text is not None
    assert "2:00\u202fPM" in text.get_content() or "2:00 PM" in text.get_content()
    assert shown(Kind.BOOKING, booking.id) in text.get_content()


def test_its_calendar_entry_is_put_in_moved_and_taken_out(office: Office) -> None:
    booking = office.booked()
    office.post()
    a_reschedule(booking, weekday(ahead=9), by=office.customer)
    decide(office.shop)
    office.post()
    office.cancel(booking, by=office.customer)
    office.post()
    entries = [entry(mail) for mail in office.mails()]
    events = [calendar.events[0] for _, calendar in entries]
    assert [method for method, _ in entries] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({str(each["uid"]) for each in events}) == 1
    sequence = [int(each["sequence"]) for each in events]
    assert sequence == sorted(set(sequence)), "each one comes after the one before"
    assert [each.start for each in events] == [weekday(), weekday(ahead=9), weekday(ahead=9)]
    assert [str(each["status"]) for each in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert {str(each["dtstart"].params["TZID"]) for each in events} == {"Africa/Lagos"}
    assert all([str(zone["TZID"]) for zone in calendar.timezones] == ["Africa/Lagos"] for _, calendar in entries)


def test_the_entry_in_a_mail_says_what_the_one_to_download_says(office: Office) -> None:
    booking = office.booked()
    office.post()
    (mail,) = office.mails()
    path = f"/api/bookings/{shown(Kind.BOOKING, booking.id)}/calendar.ics"
    mailed = entry(mail)[1].events[0]
    downloaded = Calendar.from_ical(desk(office.customer).get(path).data).events[0]
    assert str(downloaded["location"]) == office.shop.business.name
    assert {name: mailed[name] for name in downloaded} == dict(downloaded)
    assert {*mailed} - {*downloaded} == {"ORGANIZER", "ATTENDEE"}


def test_who_cancelled_and_what_they_said_is_told(office: Office) -> None:
    booking = office.booked()
    office.post()
    office.cancel(booking, by=office.shop.owner, note="The roof leaks & <drips>")
    office.post()
    mail = office.mails()[-1]
    text, html = (mail.get_body((each,)) for each in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert "cancelled by the business" in text.get_content()
    assert "The roof leaks & <drips>" in text.get_content()
    assert "The roof leaks &amp; &lt;drips&gt;" in html.get_content()


def test_what_is_told_late_is_what_is_so_then(office: Office) -> None:
    booking = office.booked()
    office.follow()
    office.cancel(booking, by=office.customer)
    office.post()
    assert [each["Subject"].partition(":")[0] for each in office.mails()] == ["Cancelled"]
    assert ("confirmed", "not_so_any_more") in [(each.kind, each.skip_reason) for each in office.log()]


def test_a_booking_that_is_decided_at_once_is_not_said_to_be_received(office: Office) -> None:
    office.booked()
    office.post()
    office.send(at=datetime.fromisoformat(office.log(kind="received")[0].due_at.isoformat()))
    assert office.told(kind="received") == [("received", "skipped")]


def test_who_waits_for_a_decision_hears_that_and_how_it_ends(office: Office) -> None:
    office.booked()
    waiting = a_booking(office.shop, weekday(), by=office.customer)
    office.follow()
    office.send(at=office.log(kind="received", booking_id=waiting.id)[0].due_at)
    asked_for(waiting, clock() - MINUTE)
    decide(office.shop)
    office.post()
    assert look(waiting, by=office.customer).status == "rejected"
    assert office.told(booking_id=waiting.id) == [("rejected", "sent"), ("received", "sent")]


def asked_for(booking: Booking, at: datetime) -> None:
    """Let a booking have been asked for at another time."""
    with transaction() as session:
        session.execute(update(Booking).where(Booking.id == booking.id).values(created_at=at))


def test_a_calendar_without_the_entry_is_not_asked_to_take_it_out(office: Office) -> None:
    booking = office.booked()
    office.follow()
    office.cancel(booking, by=office.customer)
    office.post()
    (mail,) = office.mails()
    assert mail["Subject"].startswith("Cancelled")
    assert "text/calendar" not in shape(mail)


def test_who_was_refused_while_they_waited_is_not_mailed_about_it(office: Office) -> None:
    office.booked()
    refused = office.booked()
    office.post()
    assert [(each.kind, each.skip_reason) for each in office.log(booking_id=refused.id, state="skipped")] == [
        ("rejected", "answered_at_once")
    ]


def test_events_that_come_again_are_not_told_again(office: Office) -> None:
    office.booked()
    office.post()
    with transaction() as session:
        session.connection().exec_driver_sql("UPDATE tails SET xid = '0', event_id = 0 WHERE name = 'notifications'")
    office.post()
    assert len(office.mails()) == 1


def test_what_has_to_be_paid_and_until_when_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with an_office(monkeypatch, price=Money(450_000, "NGN")) as office:
        office.booked()
        office.post()
        (mail,) = office.mails()
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Pay NGN\xa04,500.00 by then" in text.get_content() or "Pay NGN4,500.00 by then" in text.get_content()
    assert shape(mail) == ["multipart/alternative", "text/plain", "text/html"]


def test_what_goes_back_is_told_when_it_is_promised_and_when_it_went(monkeypatch: pytest.MonkeyPatch) -> None:
    with an_office(monkeypatch, price=Money(450_000, "NGN")) as office:
        booking, owner = office.booked(), office.shop.owner
        with transaction() as session:
            paid = payments.take(session, booking.id, Taken(method="cash"), caller=owner, now=clock())
        with transaction() as session:
            payments.refund(session, paid.id, 100_000, caller=owner, now=clock())
        office.post()
        office.cancel(booking, by=office.customer)
        office.post()
        texts = {each["Subject"].partition(":")[0]: str(each.get_body(("plain",))) for each in office.mails()}
    assert list(texts) == ["Confirmed", "Refunded", "Cancelled"]
    assert "NGN1,000.00 back" in texts["Refunded"].replace("\xa0", "")
    assert "at your request" in texts["Cancelled"]
    assert "You get" in texts["Cancelled"]
    for each in texts.values():
        assert ("in cash, from the business" in each) == (each is not texts["Confirmed"])


def test_approval_is_waited_for_and_then_declined(monkeypatch: pytest.MonkeyPatch) -> None:
    with an_office(monkeypatch, requires_approval=True) as office:
        booking = office.booked()
        office.post()
        with transaction() as session:
            bookings.decline(session, booking.id, caller=office.shop.owner, now=clock(), note="We are full")
        office.post()
        assert [each["Subject"].partition(":")[0] for each in office.mails()] == [
            "Waiting for approval",
            "Not approved",
        ]


def test_who_cancelled_is_told_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    with an_office(monkeypatch) as office:
        by_desk = a_booking(office.shop, weekday(ahead=9), by=office.shop.owner, customer=ADA)
        by_guest = office.booked(weekday(ahead=16))
        decide(office.shop)
        office.cancel(by_desk, by=office.shop.owner, note="We are ill")
        with transaction() as session:
            guest = replace(office.customer, booking_id=by_guest.id)
            bookings.cancel(session, by_guest.id, caller=guest, now=clock(), note="I am ill")
        office.post()
        (to_named,), (to_guest,) = (
            [str(each.get_body(("plain",))) for each in office.server.to(address) if "Cancelled" in each["Subject"]]
            for address in (ADA.email, office.customer.email)
        )
    assert "by the business" in to_named
    assert "We are ill" in to_named
    assert "at your request" in to_guest
    assert "I am ill" in to_guest


def test_what_an_address_got_within_the_hour_is_counted_whatever_it_is_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.notifications.rules.judging.MOST_AN_HOUR", 2)
    with an_office(monkeypatch) as office:
        prove(office.customer.email)
        for ahead in (3, 10, 17):
            office.booked(weekday(ahead=ahead), customer=ADA)
            office.post()
        assert len(office.server.to(ADA.email)) == 2
        assert [each.last_error for each in office.log(kind="confirmed", state="due")] == ["too_many"]
