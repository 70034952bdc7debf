"""New rules hold for the bookings that there are: what they say of these is planned by a job, once."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from config.clock import clock
from config.transaction import transaction
from domain.bookings.tables import Booking
from domain.kernel.jobs import Job, State
from domain.kernel.plot import REPLAN
from domain.notifications import service as notifications
from domain.notifications.queries import replanning
from domain.notifications.rules.notices import Notice
from domain.notifications.rules.reminding import ReminderRule, ReminderRules
from tests.builders import a_booking, a_reschedule, decide, weekday
from tests.messages.office import DAY, HOUR, Office, an_office
from workers.reminders import replan

START = weekday(ahead=14)
TWO_DAYS = ReminderRules(rules=[ReminderRule(minutes=48 * 60), ReminderRule(minutes=60)])


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        yield made


def choose(office: Office, rules: ReminderRules) -> None:
    with transaction() as session:
        notifications.replace_reminders(session, office.shop.business.id, rules, caller=office.shop.owner, now=clock())


def jobs(office: Office) -> list[int]:
    open_ones = select(Job.id).where(
        Job.kind == REPLAN, Job.ref_id == office.shop.business.id, Job.state == State.READY
    )
    with transaction() as session:
        return list(session.scalars(open_ones.order_by(Job.id)))


def work(office: Office) -> None:
    for each in jobs(office):
        replan(each)
    assert jobs(office) == []


def planned(office: Office, booking: Booking, kind: str = "reminder") -> list[datetime]:
    return [each.due_at for each in office.log(kind=kind, booking_id=booking.id)]


def test_what_new_rules_say_of_a_booking_that_there_is_is_sent_and_what_only_the_old_ones_said_is_not(
    office: Office,
) -> None:
    booking = office.booked(START)
    office.follow()
    choose(office, TWO_DAYS)
    work(office)
    assert planned(office, booking) == [START - 2 * DAY, START - DAY, START - HOUR]
    for each in planned(office, booking):
        office.send(at=each)
    became = [(each.state, each.skip_reason) for each in office.log(kind="reminder")]
    assert became == [("sent", None), ("skipped", "rule_taken_away"), ("sent", None)]


def test_it_is_planned_once_however_often_it_is_done_and_whoever_else_plans_it(office: Office) -> None:
    booking = office.booked(START)
    choose(office, TWO_DAYS)
    work(office)  # before the tail has come to the booking
    office.follow()
    choose(office, ReminderRules(rules=[]))
    choose(office, TWO_DAYS)
    work(office)
    assert planned(office, booking) == [START - 2 * DAY, START - HOUR]


def test_page_after_page_is_planned_and_of_other_shops_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replanning, "PAGE", 2)
    together = [a_booking(office.shop, START + number * HOUR / 2, by=office.customer) for number in range(-2, 2)]
    decide(office.shop)
    office.follow()
    choose(office, TWO_DAYS)
    work(office)
    assert all(each.starts_at - 2 * DAY in planned(office, each) for each in together)
    assert {each.business_id for each in office.log(kind="reminder")} == {office.shop.business.id}


def test_who_dies_between_two_pages_leaves_it_to_the_next(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replanning, "PAGE", 1)
    first, second = (office.booked(START + number * HOUR) for number in range(2))
    choose(office, TWO_DAYS)
    [job_id] = jobs(office)
    with transaction() as session:
        place = notifications.replan_page(session, job_id, office.shop.business.id, after=None, now=clock())
    assert place is not None
    assert (len(planned(office, first)), len(planned(office, second))) == (2, 0)
    work(office)
    assert (len(planned(office, first)), len(planned(office, second))) == (2, 2)


def test_rules_that_are_replaced_meanwhile_have_a_job_of_their_own(office: Office) -> None:
    booking = office.booked(START)
    choose(office, TWO_DAYS)
    [first] = jobs(office)
    choose(office, ReminderRules(rules=[ReminderRule(minutes=120)]))
    replan(first)
    assert len(jobs(office)) == 1
    assert planned(office, booking) == [START - 2 * HOUR]


def test_a_reminder_whose_time_is_past_is_not_planned_and_a_follow_up_is_of_what_is_over(office: Office) -> None:
    soon, over = office.booked(START), office.booked(START + HOUR)
    now = clock()
    with transaction() as session:
        mine = update(Booking).where(Booking.id == soon.id)
        session.execute(mine.values(starts_at=now + DAY, ends_at=now + DAY + HOUR / 2))
        ended = {"starts_at": now - HOUR, "ends_at": now - HOUR / 2, "status": "completed"}
        session.execute(update(Booking).where(Booking.id == over.id).values(**ended))
    choose(office, ReminderRules(rules=[*TWO_DAYS.rules, ReminderRule(notice=Notice.FOLLOW_UP, minutes=24 * 60)]))
    work(office)
    assert now + DAY - HOUR in planned(office, soon)
    assert now + DAY - 2 * DAY not in planned(office, soon)
    assert planned(office, over, "follow_up") == [now - HOUR / 2 + timedelta(minutes=24 * 60)]


def test_a_booking_that_was_moved_is_reminded_of_by_new_rules_where_it_is_now(office: Office) -> None:
    booking, later = office.booked(START), weekday(ahead=20)
    a_reschedule(booking, later, by=office.customer)
    decide(office.shop)
    office.follow()
    choose(office, TWO_DAYS)
    work(office)
    assert later - 2 * DAY in planned(office, booking)
    assert START - 2 * DAY not in planned(office, booking)
