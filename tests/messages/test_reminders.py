"""Reminders: before the start, once, of what is so; and follow-ups after the end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from config.clock import clock
from config.transaction import transaction
from domain.bookings import service as bookings
from domain.bookings.tables import Booking
from domain.notifications import service as notifications
from domain.notifications.rules.notices import Notice
from domain.notifications.rules.reminding import ReminderRule, ReminderRules
from tests.builders import a_booking, a_reschedule, a_service, decide, weekday
from tests.messages.office import DAY, HOUR, Office, an_office

START = weekday(ahead=14)
Told = list[tuple[datetime, str, str | None]]


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        yield made


def reminders(office: Office, kind: str = "reminder") -> Told:
    return [(each.due_at, each.state, each.skip_reason) for each in office.log(kind=kind)]


def choose(office: Office, rules: ReminderRules) -> None:
    with transaction() as session:
        notifications.replace_reminders(session, office.shop.business.id, rules, caller=office.shop.owner, now=clock())


def ended(booking: Booking, start: datetime) -> None:
    """Let a booking have been at another time, which is over."""
    times = {"starts_at": start, "ends_at": start + HOUR / 2}
    with transaction() as session:
        session.execute(update(Booking).where(Booking.id == booking.id).values(**times))


def test_a_day_and_an_hour_before_the_customer_is_reminded(office: Office) -> None:
    office.booked(START)
    office.post()
    assert reminders(office) == [(START - DAY, "due", None), (START - HOUR, "due", None)]
    for before in (DAY, HOUR):
        office.send(at=START - before - timedelta(seconds=1))
        count = len(office.mails())
        office.send(at=START - before)
        office.send(at=START - before)
        assert len(office.mails()) == count + 1
        assert office.mails()[-1]["Subject"].startswith("Reminder: Cut")


def test_a_reminder_says_how_to_have_no_more_of_them(office: Office) -> None:
    office.booked(START)
    office.follow()
    office.send(at=START - DAY)
    mail = office.mails()[-1]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<http://127.0.0.1:8000/unsubscribe/")


def test_a_moved_booking_is_reminded_of_at_its_new_time_only(office: Office) -> None:
    booking = office.booked(START)
    office.post()
    later = weekday(ahead=20)
    a_reschedule(booking, later, by=office.customer)
    decide(office.shop)
    office.post()
    assert reminders(office) == [
        (START - DAY, "skipped", "booking_moved"),
        (START - HOUR, "skipped", "booking_moved"),
        (later - DAY, "due", None),
        (later - HOUR, "due", None),
    ]


def test_a_booking_that_is_moved_before_its_confirmation_was_read_is_reminded_of_once(office: Office) -> None:
    booking = office.booked(START)
    later = weekday(ahead=20)
    a_reschedule(booking, later, by=office.customer)
    decide(office.shop)
    office.follow()
    assert [due for due, _, _ in reminders(office)] == [later - DAY, later - HOUR]


def test_who_moved_to_soon_while_nobody_followed_is_not_reminded_of_what_they_just_did(office: Office) -> None:
    """Both happened in an outage: the confirmation is not to plan what the move rules out."""
    booking = office.booked(START)
    with transaction() as session:
        session.connection().exec_driver_sql("UPDATE events SET created_at = now() - interval '3 hours'")
    a_reschedule(booking, weekday(ahead=20), by=office.customer)
    decide(office.shop)
    soon = clock() + HOUR / 2
    with transaction() as session:
        session.execute(update(Booking).where(Booking.id == booking.id).values(starts_at=soon, ends_at=soon + HOUR))
    office.follow()
    assert reminders(office) == []


def test_of_a_cancelled_booking_nobody_is_reminded(office: Office) -> None:
    booking = office.booked(START)
    office.post()
    office.cancel(booking, by=office.customer)
    office.post()
    assert {(state, why) for _, state, why in reminders(office)} == {("skipped", "not_so_any_more")}


def test_who_books_late_is_not_reminded_of_what_they_just_did(office: Office) -> None:
    booking = office.booked(START)
    soon = clock() + HOUR / 2
    with transaction() as session:
        session.execute(update(Booking).where(Booking.id == booking.id).values(starts_at=soon, ends_at=soon + HOUR))
    office.follow()
    assert reminders(office) == []


def test_after_an_outage_the_last_reminder_goes_out_once_and_says_why_the_other_did_not(office: Office) -> None:
    office.booked(START)
    office.follow()
    for _ in range(2):
        office.send(at=START - HOUR / 2)
    assert reminders(office) == [(START - DAY, "skipped", "superseded"), (START - HOUR, "sent", None)]
    assert [each["Subject"].partition(":")[0] for each in office.mails()].count("Reminder") == 1


def test_after_the_start_nobody_is_reminded(office: Office) -> None:
    office.booked(START)
    office.follow()
    office.send(at=START)
    assert {(state, why) for _, state, why in reminders(office)} == {("skipped", "already_started")}


def test_what_was_planned_late_is_sent_if_it_is_of_use(office: Office) -> None:
    """The tail was held up for longer than until the reminder was due."""
    booking = office.booked(START)
    soon = clock() + HOUR / 2
    with transaction() as session:
        session.execute(update(Booking).where(Booking.id == booking.id).values(starts_at=soon, ends_at=soon + HOUR))
        connection = session.connection()
        connection.exec_driver_sql("UPDATE events SET created_at = now() - interval '3 hours'")
    office.post()
    assert [(state, why) for _, state, why in reminders(office)] == [("sent", None)]


def test_a_business_reminds_as_it_says_and_a_service_by_rules_of_its_own(office: Office) -> None:
    own, _ = a_service(office.shop.owner, office.shop.business.id, resources=1, max_advance_days=400)
    quiet, _ = a_service(office.shop.owner, office.shop.business.id, resources=1, max_advance_days=400)
    week = [ReminderRule(minutes=7 * 24 * 60)]
    choose(office, ReminderRules(rules=week, services={own.id: [ReminderRule(minutes=30)], quiet.id: []}))
    for sold in (office.shop.service, own, quiet):
        a_booking(replace(office.shop, service=sold), START, by=office.customer)
    decide(office.shop)
    office.follow()
    assert [due for due, _, _ in reminders(office)] == [START - 7 * DAY, START - HOUR / 2]


def test_what_is_planned_by_a_rule_that_is_taken_away_is_not_sent_unless_it_comes_back(office: Office) -> None:
    office.booked(START)
    office.follow()
    choose(office, ReminderRules(rules=[]))
    office.send(at=START - DAY)
    assert reminders(office)[0] == (START - DAY, "skipped", "rule_taken_away")
    choose(office, ReminderRules(rules=[ReminderRule(minutes=60)]))
    office.send(at=START - HOUR)
    assert reminders(office)[1] == (START - HOUR, "sent", None)


def test_a_service_that_gets_rules_of_its_own_reminds_by_them_alone(office: Office) -> None:
    booking = office.booked(START)
    office.follow()
    choose(
        office,
        ReminderRules(rules=[ReminderRule(minutes=60 * 24)], services={booking.service_id: [ReminderRule(minutes=60)]}),
    )
    office.send(at=START - DAY)
    office.send(at=START - HOUR)
    assert [each[1:] for each in reminders(office)] == [("skipped", "rule_taken_away"), ("sent", None)]


def test_what_somebody_sends_once_more_needs_no_rule(office: Office) -> None:
    office.booked(START)
    office.follow()
    office.send(at=START - DAY)
    choose(office, ReminderRules(rules=[]))
    sent = office.log(kind="reminder")[0]
    with transaction() as session:
        notifications.resend(session, sent.id, caller=office.shop.owner, now=START - HOUR)
    office.send(at=START - HOUR)
    assert sorted(each.state for each in office.log(kind="reminder")) == ["sent", "sent", "skipped"]


def test_a_follow_up_comes_after_what_took_place(office: Office) -> None:
    choose(office, ReminderRules(rules=[ReminderRule(notice=Notice.FOLLOW_UP, minutes=120)]))
    booking = office.booked(START)
    start = clock().replace(microsecond=0) - HOUR
    ended(booking, start)
    with transaction() as session:
        bookings.complete(session, booking.id, caller=office.shop.owner, now=clock())
    office.post()
    due = start + HOUR / 2 + 2 * HOUR
    assert reminders(office, "follow_up") == [(due, "due", None)]
    office.send(at=due)
    assert office.mails()[-1]["Subject"] == f"How was it? Cut at {office.shop.business.name}"


def test_a_follow_up_of_long_ago_is_not_sent_nor_one_of_what_did_not_take_place(office: Office) -> None:
    choose(office, ReminderRules(rules=[ReminderRule(notice=Notice.FOLLOW_UP, minutes=120)]))
    for ago, missed in ((9 * DAY, False), (HOUR, True)):
        booking = office.booked(START + HOUR * missed)
        ended(booking, clock() - ago)
        with transaction() as session:
            bookings.complete(session, booking.id, caller=office.shop.owner, now=clock())
        office.follow()
        if missed:
            with transaction() as session:
                bookings.no_show(session, booking.id, caller=office.shop.owner, now=clock())
    office.send(at=clock() + 3 * HOUR)
    assert [why for _, _, why in reminders(office, "follow_up")] == ["too_late", "not_so_any_more"]


def test_who_does_not_want_reminders_gets_the_rest(office: Office) -> None:
    with transaction() as session:
        address = office.customer.email.upper()
        notifications.unsubscribe(session, office.shop.business.id, address, now=clock())
    office.booked(START)
    office.post()
    office.send(at=START - DAY)
    assert reminders(office)[0] == (START - DAY, "skipped", "unsubscribed")
    assert [each["Subject"].partition(":")[0] for each in office.mails()] == ["Confirmed"]
