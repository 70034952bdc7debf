"""Whoever has not proven their address is told only so much a day on one account, and only the account pays for it."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from config.clock import clock
from config.settings import settings
from config.transaction import Session, transaction
from domain.accounts import service as accounts
from domain.accounts.rules import Plan, Principal
from domain.accounts.tables import User
from domain.bookings.rules import Customer
from domain.kernel.actors import OPERATOR
from domain.notifications import service as messages
from domain.notifications.rules import judging
from domain.notifications.rules.judging import MOST_AN_HOUR, WAITS
from domain.notifications.rules.notices import Skip
from domain.notifications.service import Wait, sending
from tests.builders import a_booking, a_shop, a_user, decide, prove, weekday
from tests.messages.office import DAY, HOUR, Office, an_office
from workers import notifications

STRANGERS_WAIT = WAITS[Skip.TOO_MANY_STRANGERS]


def stranger() -> Customer:
    """Return somebody who has registered nowhere."""
    return Customer(name="Bo", email=f"bo.{uuid4().hex}@example.com")


def at_most(patch: pytest.MonkeyPatch, mails: int) -> None:
    changed = settings().model_copy(update={"free_daily_stranger_mails": mails})
    patch.setattr(notifications, "settings", lambda: changed)


def booked(office: Office, ahead: int, *, by: Principal, whom: Customer | None = None) -> None:
    """Book for a stranger, and tell them."""
    a_booking(office.shop, weekday(ahead=ahead), by=by, customer=whom or stranger())
    decide(office.shop)
    office.post()


def confirmed(office: Office) -> list[str]:
    """Return what became of the confirmations."""
    return [state for _, state in office.told(kind="confirmed")]


def test_what_is_one_stranger_too_many_waits_for_another_day_and_others_go_on_to_hear(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_most(monkeypatch, 2)
    with an_office(monkeypatch) as office:
        prove(office.customer.email)
        for ahead in (3, 10, 17, 24):
            booked(office, ahead, by=office.shop.owner)
        office.booked(weekday(ahead=31))
        office.post()
        assert confirmed(office) == ["sent", "sent", "due", "due", "sent"]
        late = office.log(kind="confirmed", state="due")
        assert {each.last_error for each in late} == {"too_many_strangers"}
        assert all(
            STRANGERS_WAIT - timedelta(minutes=5) < each.next_try_at - clock() for each in late if each.next_try_at
        )

        office.send(at=clock() + STRANGERS_WAIT + HOUR)
        assert confirmed(office) == ["sent", "sent", "due", "due", "sent"]
        office.send(at=clock() + DAY + HOUR)
        assert confirmed(office) == ["sent"] * 5


def test_whoever_books_elsewhere_for_strangers_uses_up_their_own_account(monkeypatch: pytest.MonkeyPatch) -> None:
    at_most(monkeypatch, 1)
    with an_office(monkeypatch) as office:
        nobody = a_user()
        prove(nobody.email)
        for ahead in (3, 10):
            booked(office, ahead, by=nobody)
        booked(office, 17, by=office.shop.owner)
        assert confirmed(office) == ["sent", "due", "sent"]


def test_what_waits_is_put_off_together(monkeypatch: pytest.MonkeyPatch) -> None:
    at_most(monkeypatch, 1)
    with an_office(monkeypatch) as office:
        for ahead in (3, 10, 17, 24, 31):
            a_booking(office.shop, weekday(ahead=ahead), by=office.shop.owner, customer=stranger())
        decide(office.shop)
        office.follow()
        office.send(at=clock())
        waited: list[Wait] = []

        def postponed(session: Session, row: UUID, lease: UUID, wait: Wait, *, now: datetime) -> None:
            waited.append(wait)
            sending.postponed(session, row, lease, wait, now=now)

        monkeypatch.setattr(notifications.notifications, "postponed", postponed)
        monkeypatch.setattr(sending, "BATCH", 1)
        office.send(at=clock() + STRANGERS_WAIT + HOUR)
        assert (len(waited), sorted(confirmed(office))) == (1, [*["due"] * 4, "sent"])


def test_a_paid_account_tells_whomever_it_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    at_most(monkeypatch, 1)
    with an_office(monkeypatch) as office:
        with transaction() as session:
            accounts.change_plan(session, office.shop.owner.email, Plan.PAID, by=OPERATOR, now=clock())
        for ahead in (3, 10, 17):
            booked(office, ahead, by=office.shop.owner)
        assert confirmed(office) == ["sent"] * 3


def test_nobody_silences_a_business_by_writing_to_its_customer_in_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with an_office(monkeypatch) as office:
        victim, rival = stranger(), a_shop(max_advance_days=400)
        prove(rival.owner.email, ago=30 * DAY)
        for hour in range(2 * MOST_AN_HOUR + 4):
            a_booking(
                rival, weekday(ahead=3) + hour // 8 * 7 * DAY + hour % 8 * HOUR / 2, by=rival.owner, customer=victim
            )
        decide(rival)
        office.post()
        assert (
            office.told(business_id=rival.business.id, kind="confirmed", state="sent")
            == [("confirmed", "sent")] * MOST_AN_HOUR
        )
        booked(office, 3, by=office.shop.owner, whom=victim)
        assert office.told(business_id=office.shop.business.id, kind="confirmed") == [("confirmed", "sent")]


def test_staff_who_have_proven_nothing_are_strangers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    at_most(monkeypatch, 2)
    with an_office(monkeypatch) as office:
        prove(office.customer.email)
        addresses = ["a@example.com", "b@example.com", "c@example.com"]
        with transaction() as session:
            messages.change_message_settings(
                session,
                office.shop.business.id,
                {"staff_notices": ["confirmed"], "staff_addresses": addresses},
                caller=office.shop.owner,
                now=clock(),
            )
        office.booked()
        office.post()
        assert sorted(state for _, state in office.told(audience="staff")) == ["due", "sent", "sent"]


def test_what_a_business_does_to_a_booking_is_on_its_own_account(monkeypatch: pytest.MonkeyPatch) -> None:
    with an_office(monkeypatch) as office:
        booking = office.booked()
        office.follow()
        office.cancel(booking, by=office.shop.owner)
        office.post()
        with transaction() as session:
            mine = session.get_one(User, office.customer.user_id).account_id
        theirs = office.shop.business.account_id
        assert {each.kind: each.account_id for each in office.log()} == {
            "received": mine,
            "confirmed": mine,
            "reminder": mine,
            "cancelled": theirs,
        }


def test_a_desk_hears_of_all_of_a_busy_hour_if_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "MOST_AN_HOUR", 2)
    with an_office(monkeypatch) as office:
        told_at = {"staff_notices": ["confirmed"], "staff_addresses": ["desk@example.com"]}
        with transaction() as session:
            messages.change_message_settings(
                session, office.shop.business.id, told_at, caller=office.shop.owner, now=clock()
            )
        for ahead in (3, 10, 17, 24, 31):
            a_booking(office.shop, weekday(ahead=ahead), by=office.shop.owner, customer=stranger())
        decide(office.shop)
        office.post()
        waiting = [row for row in office.log(audience="staff") if row.state == "due"]
        assert {(row.last_error, row.attempts) for row in waiting} == {("too_many", 0)}
        for hours in (1, 2):
            assert len(office.server.to("desk@example.com")) == 2 * hours
            office.send(at=clock() + hours * (HOUR + timedelta(minutes=1)))
        assert {row.state for row in office.log(audience="staff")} == {"sent"}
