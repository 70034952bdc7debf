"""Whoever has not proven their address may be told by a free account only so often a day, whoever else is told."""

from uuid import uuid4

import pytest

from config.clock import clock
from config.settings import settings
from config.transaction import transaction
from domain.accounts import service as accounts
from domain.accounts.rules import Plan
from domain.bookings.rules import Customer
from domain.kernel.actors import OPERATOR
from tests.builders import prove, weekday
from tests.messages.office import DAY, HOUR, an_office
from workers import notifications


def stranger() -> Customer:
    """Return somebody who has registered nowhere."""
    return Customer(name="Bo", email=f"bo.{uuid4().hex}@example.com")


def at_most(patch: pytest.MonkeyPatch, mails: int) -> None:
    changed = settings().model_copy(update={"free_daily_stranger_mails": mails})
    patch.setattr(notifications, "settings", lambda: changed)


def test_a_free_account_tells_so_many_strangers_a_day_and_others_go_on_to_hear(monkeypatch: pytest.MonkeyPatch) -> None:
    at_most(monkeypatch, 2)
    with an_office(monkeypatch) as office:
        prove(office.customer.email)
        for ahead in (3, 10, 17):
            office.booked(weekday(ahead=ahead), customer=stranger())
            office.post()
        office.booked(weekday(ahead=24))
        office.post()
        assert [each.skip_reason for each in office.log(kind="confirmed")] == [None, None, "too_many_strangers", None]

        office.send(at=clock() + DAY + HOUR)
        late = stranger()
        office.booked(weekday(ahead=31), customer=late)
        office.follow()
        office.send(at=clock() + DAY + HOUR)
        assert office.told(address=late.email, kind="confirmed") == [("confirmed", "sent")]


def test_a_paid_account_tells_whomever_it_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    at_most(monkeypatch, 1)
    with an_office(monkeypatch) as office:
        with transaction() as session:
            accounts.change_plan(session, office.shop.owner.email, Plan.PAID, by=OPERATOR, now=clock())
        for ahead in (3, 10, 17):
            office.booked(weekday(ahead=ahead), customer=stranger())
            office.post()
        assert office.told(kind="confirmed") == [("confirmed", "sent")] * 3
