"""A provider that is away for hours: nothing is used up by it, and all goes on when it is back."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from config.transaction import transaction
from domain.kernel.jobs import Job, State
from domain.kernel.plot import APPLY, REPAY
from tests.payments.cashier import Cashier, a_cashier
from tests.payments.test_money_in_trouble import looked_at
from tests.receivers import until

BOTH = pytest.mark.parametrize("provider", ["stripe", "paystack"])
LOOK = {"stripe": "/v1/payment_intents/*", "paystack": "/transaction/verify/*"}
REFUND = {"stripe": "/v1/refunds", "paystack": "/refund"}


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


def left(*kinds: str) -> int:
    """Count the jobs of these kinds that are not done."""
    with transaction() as session:
        open_ones = select(func.count()).select_from(Job).where(Job.kind.in_(kinds), Job.state != State.DONE)
        return session.scalar(open_ones) or 0


@BOTH
def test_webhooks_and_refunds_of_a_provider_that_is_away_are_left_to_their_rows(
    cashier: Cashier, provider: str
) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    until(lambda: left(APPLY, REPAY) == 0, seconds=20)
    for path in (LOOK[provider], REFUND[provider]):
        cashier.providers.fail("status", when="before", path=path, times=1000)
    cashier.providers.customer_pays(cashier.ref(payment))
    cashier.providers.settle()
    until(lambda: left(APPLY) == 0, seconds=20)
    assert cashier.look(booking)["status"] == "awaiting_payment"
    cashier.providers.heal()
    looked_at(cashier)
    cashier.settled(booking, status="confirmed")
    for path in (LOOK[provider], REFUND[provider]):
        cashier.providers.fail("status", when="before", path=path, times=1000)
    cashier.owner.post(f"/api/payments/{payment['id']}/refunds", {})
    for _ in range(4):
        looked_at(cashier)
    until(lambda: left(REPAY) == 0, seconds=20)
    assert [each[2] for each in cashier.refunds(booking)] == ["pending"]
    cashier.providers.heal()
    looked_at(cashier)
    cashier.settled(booking, payment_status="refunded")
    assert cashier.balance(booking) == 0
