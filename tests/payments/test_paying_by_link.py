"""Paying by a manage link: what is due of that booking, and no other."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from config.clock import clock
from config.payments import platform_accounts
from config.transaction import transaction
from domain.kernel.ids import Kind, parsed
from domain.notifications import service as notifications
from domain.payments.tables import Payment
from tests.application import application
from tests.builders import weekday
from tests.flows.guests import a_guest, opened, ticket_of
from tests.payments.cashier import PATHS, Cashier, a_cashier
from web.api import payments

BOTH = pytest.mark.parametrize("provider", ["stripe", "paystack"])


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


@BOTH
def test_a_guest_pays_their_booking(cashier: Cashier, provider: str) -> None:
    booking = cashier.booked()
    guest = a_guest(booking)
    payment = guest.post(PATHS[provider], {"booking_id": booking["id"]}).get_json()
    assert payment["state"] == "open"
    assert guest.get(f"/api/payments/{payment['id']}").get_json()["id"] == payment["id"]
    cashier.providers.customer_pays(cashier.ref(payment))
    cashier.settled(booking, status="confirmed", payment_status="paid")
    with transaction() as session:
        row = session.scalars(select(Payment).where(Payment.id == parsed(Kind.PAYMENT, payment["id"]))).one()
    assert row.asked_by is None


@BOTH
def test_a_guest_neither_pays_nor_sees_another_booking_of_the_same_customer(cashier: Cashier, provider: str) -> None:
    mine, other = cashier.booked(), cashier.booked(starts_at=weekday(ahead=10).isoformat())
    theirs = cashier.ask(other, provider)
    guest = a_guest(mine)
    assert guest.post(PATHS[provider], {"booking_id": other["id"]}).get_json()["code"] == "not_found"
    for path in (f"/api/payments/{theirs['id']}", f"/api/payments/{theirs['id']}?refresh=true"):
        assert guest.get(path).get_json()["code"] == "not_found"


def told(ticket: str) -> tuple[str, list[str]]:
    answer = opened(application().test_client(), ticket).get_json()
    return answer["locale"], answer["pays_by"]


def test_whoever_opens_a_link_is_told_by_whom_it_can_be_paid_and_in_which_language(
    cashier: Cashier, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = ticket_of(cashier.booked())
    assert told(ticket) == ("en", ["stripe", "paystack"])
    given = platform_accounts()
    monkeypatch.setattr(payments, "platform_accounts", lambda: {"paystack": given["paystack"]})
    with transaction() as session:
        change = {"locale": "ar-EG"}
        notifications.change_message_settings(
            session, cashier.shop.business.id, change, caller=cashier.shop.owner, now=clock()
        )
    assert told(ticket) == ("ar-EG", ["paystack"])
