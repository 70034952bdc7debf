"""Refunds that a provider will not make, for a reason that is not known here yet, or never."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
from sqlalchemy import select, update

from config.clock import clock
from config.transaction import transaction
from domain.kernel.ids import Kind, parsed
from domain.kernel.jobs import lease_of
from domain.kernel.leases import ATTEMPTS
from domain.kernel.plot import APPLY
from domain.payments.service.promise import MOST_FAILED
from domain.payments.tables import Refund
from tests.payments.cashier import PRICE, Cashier, a_cashier
from tests.payments.test_money_in_trouble import looked_at, paid
from tests.receivers import until
from tests.standins import PAYSTACK
from workers import maintenance
from workers.provider_events import PATIENCE

REFUND = (PRICE.amount, "cancelled")


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


def refunds_looked_at(cashier: Cashier) -> None:
    """Let the time of every refund's look come, and of no payment's, by which refunds are seen too."""
    with cashier.workers.paused():
        with transaction() as session:
            session.execute(update(Refund).where(Refund.next_look_at.is_not(None)).values(next_look_at=clock()))
        maintenance.look_at_money()  # which passes over what a worker has in hand
    until(lambda: not cashier.workers.once(), seconds=20)


def told_what_came_of(cashier: Cashier, method: str, path: str) -> None:
    """Wait until a refund was sent, and what came of that has been written down."""
    until(lambda: bool(cashier.providers.calls(method, path)), seconds=20)
    cashier.workers.once()  # it waits for what was begun


def test_a_refund_is_sent_with_another_key_after_a_failure_that_stripe_keeps_for_the_key(cashier: Cashier) -> None:
    booking, _ = paid(cashier, "stripe")
    cashier.providers.fail("status", when="before", path="/v1/refunds", method="POST")
    cashier.customer.turn(booking, "cancelled")
    told_what_came_of(cashier, "POST", "*/v1/refunds")
    looked_at(cashier)
    looked_at(cashier)
    until(lambda: cashier.refunds(booking) == [(*REFUND, "succeeded")], seconds=20)
    assert len({call["key"] for call in cashier.providers.calls("POST", "*/v1/refunds")}) == 2
    assert cashier.balance(booking) == 0


def test_a_refund_that_a_dispute_forestalls_is_not_asked_for_again_and_again(cashier: Cashier) -> None:
    booking, payment = paid(cashier, "stripe")
    until(lambda: all(state != "new" for _, state in cashier.heard()), seconds=20)
    cashier.providers.tamper("*", drop=True)
    dispute = cashier.providers.customer_disputes(cashier.ref(payment))
    cashier.customer.turn(booking, "cancelled")
    until(lambda: cashier.refunds(booking) == [(*REFUND, "failed")], seconds=20)
    assert cashier.balance(booking) == 0
    cashier.providers.dispute(dispute["id"], "win")
    looked_at(cashier)
    until(lambda: cashier.refunds(booking) == [(*REFUND, "failed"), (*REFUND, "succeeded")], seconds=20)
    assert cashier.balance(booking) == 0


def test_a_refund_that_was_made_at_paystack_itself_is_not_asked_for_again_and_again(cashier: Cashier) -> None:
    booking, payment = paid(cashier, "paystack")
    cashier.providers.tamper("*", drop=True)
    signed = {"Authorization": f"Bearer {PAYSTACK.secret_keys[0]}"}
    base = cashier.providers.paystack_base
    assert requests.post(f"{base}/refund", json={"transaction": cashier.ref(payment)}, headers=signed, timeout=9).ok
    cashier.customer.turn(booking, "cancelled")
    until(lambda: "failed" in [each[2] for each in cashier.refunds(booking)], seconds=20)
    looked_at(cashier)
    assert sorted(cashier.refunds(booking)) == [(*REFUND, "failed"), (PRICE.amount, "external", "succeeded")]
    assert cashier.balance(booking) == 0


def test_a_refund_that_the_bank_sends_back_each_time_is_for_a_person_in_the_end(cashier: Cashier) -> None:
    booking, payment = paid(cashier, "stripe")
    cashier.providers.act(cashier.ref(payment), "let_refunds_fail")
    cashier.customer.turn(booking, "cancelled")
    wanted = [*[(*REFUND, "failed")] * MOST_FAILED, (*REFUND, "attention")]
    until(lambda: cashier.refunds(booking) == wanted, seconds=20)
    looked_at(cashier)
    assert cashier.refunds(booking) == wanted


def test_a_webhook_about_nothing_of_ours_is_given_up_before_its_job_is_dead() -> None:
    lease = lease_of(APPLY)
    tried = sum((lease.after(attempt) for attempt in range(1, ATTEMPTS - 1)), timedelta())
    assert tried > PATIENCE


@pytest.mark.parametrize("provider", ["stripe", "paystack"])
def test_a_refund_whose_answer_was_lost_is_looked_for_first(cashier: Cashier, provider: str) -> None:
    booking, _ = paid(cashier, provider)
    path = "/v1/refunds" if provider == "stripe" else "/refund"
    cashier.providers.tamper("*", drop=True)
    cashier.providers.fail("reset", when="after", path=path, method="POST")
    cashier.customer.turn(booking, "cancelled")
    told_what_came_of(cashier, "POST", f"*{path}")
    for _ in range(2):
        refunds_looked_at(cashier)
    until(lambda: cashier.refunds(booking) == [(*REFUND, "succeeded")], seconds=20)
    assert len(cashier.providers.calls("POST", f"*{path}")) == 1


def test_a_refund_is_sent_twice_under_one_key(cashier: Cashier) -> None:
    booking, _ = paid(cashier, "stripe")
    cashier.providers.fail("reset", when="before", path="/v1/refunds", method="POST")
    cashier.customer.turn(booking, "cancelled")
    told_what_came_of(cashier, "POST", "*/v1/refunds")
    looked_at(cashier)
    until(lambda: cashier.refunds(booking) == [(*REFUND, "succeeded")], seconds=20)
    assert len({call["key"] for call in cashier.providers.calls("POST", "*/v1/refunds")}) == 1


def test_a_look_that_fails_says_nothing_about_the_key(cashier: Cashier) -> None:
    booking, _ = paid(cashier, "stripe")
    cashier.providers.fail("reset", when="before", path="/v1/refunds", method="POST")
    cashier.customer.turn(booking, "cancelled")
    told_what_came_of(cashier, "POST", "*/v1/refunds")
    cashier.providers.fail("status", when="before", path="/v1/payment_intents/*", method="GET")
    for _ in range(2):
        refunds_looked_at(cashier)
    until(lambda: cashier.refunds(booking) == [(*REFUND, "succeeded")], seconds=20)
    assert len({call["key"] for call in cashier.providers.calls("POST", "*/v1/refunds")}) == 1


@pytest.mark.parametrize("provider", ["stripe", "paystack"])
def test_a_refund_is_looked_at_once_more_after_a_week_and_after_a_month(cashier: Cashier, provider: str) -> None:
    booking, _ = paid(cashier, provider)
    cashier.customer.turn(booking, "cancelled")
    until(lambda: cashier.refunds(booking) == [(*REFUND, "succeeded")], seconds=20)
    cashier.providers.settle()
    path = {"stripe": "*/v1/refunds", "paystack": "*/refund"}[provider]
    for later in (timedelta(days=30), None):
        before = len(cashier.providers.calls("GET", path))
        _a_week_passes(booking)
        refunds_looked_at(cashier)
        until(lambda wanted=later: _looked_at_next(booking) == wanted, seconds=20)
        assert len(cashier.providers.calls("GET", path)) > before


def _looked_at_next(booking: dict[str, str]) -> timedelta | None:
    """Return how long after it was sent the refund of a booking is looked at next; None: no more."""
    with transaction() as session:
        row = session.scalars(select(Refund).where(Refund.booking_id == parsed(Kind.BOOKING, booking["id"]))).one()
    assert row.last_sent_at is not None
    return row.next_look_at and row.next_look_at - row.last_sent_at


def _a_week_passes(booking: dict[str, str]) -> None:
    """Let the refund of a booking have been sent eight days, or six weeks, ago."""
    of_it = Refund.booking_id == parsed(Kind.BOOKING, booking["id"])
    with transaction() as session:
        row = session.scalars(select(Refund).where(of_it)).one()
        assert row.last_sent_at is not None
        is_first = clock() - row.last_sent_at < timedelta(days=1)
        row.last_sent_at = clock() - timedelta(days=8 if is_first else 42)
