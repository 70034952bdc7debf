"""A provider that is away for an hour: holds run out meanwhile, and in the end nobody has paid for nothing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from config.clock import clock
from config.transaction import transaction
from domain.kernel.ids import Kind, parsed
from domain.payments.tables import Payment
from tests.builders import weekday
from tests.payments.cashier import PATHS, PRICE, Cashier, Json, a_cashier
from tests.payments.test_money_in_trouble import looked_at, paid
from tests.receivers import until

BOTH = pytest.mark.parametrize("provider", ["stripe", "paystack"])
API = {"stripe": "/v1/*", "paystack": "/*"}


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


def an_hour_passes(cashier: Cashier, *payments: Json) -> None:
    """Let an hour go by: every look comes, several times, and in vain."""
    ids = [parsed(Kind.PAYMENT, each["id"]) for each in payments]
    with transaction() as session:
        old = update(Payment).where(Payment.id.in_(ids))
        session.execute(old.values(created_at=clock() - timedelta(hours=1)))
    for _ in range(4):
        looked_at(cashier)


@BOTH
def test_in_the_end_nobody_has_paid_for_nothing(cashier: Cashier, provider: str) -> None:
    starts = [weekday() + timedelta(hours=each) for each in (-3, -2, -1, 0)]
    gone, _ = paid(cashier, provider)  # at the last of these
    free, taken, late = (cashier.booked(starts_at=each.isoformat()) for each in starts[:3])
    pages = [cashier.ask(each, provider) for each in (free, taken)]
    refs = [cashier.ref(each) for each in pages]
    cashier.providers.settle()
    cashier.providers.fail("status", when="before", path=API[provider], times=10_000)
    cashier.providers.tamper("*", drop=True, times=1000)
    asked = cashier.customer.post(PATHS[provider], {"booking_id": late["id"]}, Prefer="respond-async")
    assert (asked.status_code, asked.get_json()["state"]) == (202, "creating")
    for each in refs:
        cashier.providers.customer_pays(each)
    cashier.customer.turn(gone, "cancelled")
    for each in (free, taken, late):
        cashier.expire(each)
    rival = cashier.booked(starts_at=starts[1].isoformat())
    an_hour_passes(cashier, *pages)
    assert [cashier.look(each)["status"] for each in (free, taken, rival)] == ["expired", "expired", "awaiting_payment"]
    assert [each[2] for each in cashier.refunds(gone)] == ["pending"]
    cashier.providers.heal()
    looked_at(cashier)
    cashier.settled(free, status="confirmed", payment_status="paid")
    until(lambda: cashier.refunds(taken) == [(PRICE.amount, "late", "succeeded")], seconds=20)
    until(lambda: cashier.payment(asked.get_json())["state"] == "canceled", seconds=20)
    until(lambda: cashier.refunds(gone) == [(PRICE.amount, "cancelled", "succeeded")], seconds=20)
    assert [cashier.balance(each) for each in (free, taken, late, gone)] == [PRICE.amount, 0, 0, 0]
    assert cashier.refunds(free) == cashier.refunds(late) == []
