"""Money when something goes wrong: answers lost, workers killed, webhooks doubled, late, forged or missing."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select, update

from config.clock import clock
from config.transaction import transaction
from domain.kernel.ids import Kind, parsed
from domain.kernel.jobs import Job
from domain.kernel.plot import ADVANCE
from domain.payments import service as payments
from domain.payments.tables import LedgerEntry, Payment, Refund
from tests.payments.cashier import PATHS, PRICE, Cashier, a_cashier
from tests.receivers import until
from workers import maintenance
from workers import payments as tasks

BOTH = pytest.mark.parametrize("provider", ["stripe", "paystack"])
CREATE = {"stripe": "/v1/payment_intents", "paystack": "/transaction/initialize"}
REFUND = {"stripe": "/v1/refunds", "paystack": "/refund"}
MADE = {"stripe": "payment_intent", "paystack": "transaction"}


class Killed(BaseException):
    """Stands for a process that is gone."""


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


def paid(cashier: Cashier, provider: str) -> tuple[dict[str, Any], dict[str, Any]]:
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    cashier.providers.customer_pays(cashier.ref(payment))
    cashier.settled(booking, status="confirmed")
    cashier.providers.settle()
    return booking, payment


def looked_at(cashier: Cashier) -> None:
    """Let the time of every look come, once those that were begun have said when the next is."""
    with cashier.workers.paused():
        with transaction() as session:
            for table in (Payment, Refund):
                session.execute(update(table).where(table.next_look_at.is_not(None)).values(next_look_at=clock()))
        maintenance.look_at_money()  # which passes over what a worker has in hand
    until(lambda: not cashier.workers.once(), seconds=20)


@BOTH
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", ["reset", "status"])
def test_a_lost_answer_makes_no_second_payment(cashier: Cashier, provider: str, when: str, kind: str) -> None:
    booking = cashier.booked()
    cashier.providers.fail(kind, when=when, path=CREATE[provider])
    payment = cashier.ask(booking, provider)
    assert payment["state"] == "open"
    assert len(cashier.providers.calls("POST", f"*{CREATE[provider]}")) >= 2
    cashier.providers.customer_pays(cashier.ref(payment))
    cashier.settled(booking, status="confirmed")
    assert cashier.balance(booking) == PRICE.amount


@BOTH
def test_a_provider_that_is_down_for_long_is_asked_again_and_the_caller_told(cashier: Cashier, provider: str) -> None:
    booking = cashier.booked()
    cashier.providers.fail("status", when="before", path=CREATE[provider], times=50)
    answer = cashier.customer.post(PATHS[provider], {"booking_id": booking["id"]}, Prefer="wait=1")
    assert (answer.status_code, answer.get_json()["state"]) == (202, "creating")
    cashier.providers.heal()
    looked_at(cashier)
    until(lambda: cashier.payment(answer.get_json())["state"] == "open", seconds=20)


@BOTH
@pytest.mark.parametrize("step", ["next_step", "settle"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_is_killed_leaves_nothing_undone(
    cashier: Cashier, monkeypatch: pytest.MonkeyPatch, provider: str, step: str, when: str
) -> None:
    real, killed = getattr(payments, step), []

    def once(*args: Any, **more: Any) -> Any:  # noqa: ANN401 - as the real one
        if killed:
            return real(*args, **more)
        killed.append(step)
        if when == "after":
            with transaction() as session:
                real(session, *args[1:], **more)
        raise Killed

    with cashier.workers.paused():
        booking = cashier.booked()
        answer = cashier.customer.post(PATHS[provider], {"booking_id": booking["id"]}, Prefer="wait=1").get_json()
        monkeypatch.setattr(tasks.payments, step, once)
        with transaction() as session:
            job = select(Job.id).where(Job.kind == ADVANCE, Job.ref_id == parsed(Kind.PAYMENT, answer["id"]))
            job_id = session.scalars(job).one()
        with pytest.raises(Killed):
            tasks.advance(job_id)
        with transaction() as session:
            session.execute(update(Job).where(Job.id == job_id).values(lease_until=clock(), leased_by=None))
    until(lambda: cashier.payment(answer)["state"] == "open", seconds=20)
    cashier.providers.customer_pays(cashier.ref(answer))
    cashier.settled(booking, status="confirmed")
    assert cashier.balance(booking) == PRICE.amount


@BOTH
def test_a_webhook_that_never_comes_is_not_needed(cashier: Cashier, provider: str) -> None:
    cashier.providers.tamper("*", drop=True, times=100)
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    cashier.providers.customer_pays(cashier.ref(payment))
    time.sleep(0.2)
    assert cashier.look(booking)["status"] == "awaiting_payment"
    looked_at(cashier)
    cashier.settled(booking, status="confirmed")


def test_who_cannot_wait_has_the_provider_asked(cashier: Cashier) -> None:
    cashier.providers.tamper("*", drop=True, times=100)
    booking = cashier.booked()
    payment = cashier.ask(booking, "stripe")
    cashier.providers.customer_pays(cashier.ref(payment))
    assert cashier.customer.get(f"/api/payments/{payment['id']}?refresh=true").get_json()["state"] == "succeeded"


@BOTH
def test_webhooks_may_come_three_times_and_in_any_order(cashier: Cashier, provider: str) -> None:
    cashier.providers.tamper("*", hold=True, copies=3, times=100)
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    cashier.providers.customer_pays(cashier.ref(payment))
    cashier.providers.release(order="reversed")
    cashier.settled(booking, status="confirmed")
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(LedgerEntry).where(LedgerEntry.kind == "charge",
            LedgerEntry.payment_id == parsed(Kind.PAYMENT, payment["id"]))) == 1  # fmt: skip


@BOTH
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_refund_whose_answer_is_lost_is_sent_once(cashier: Cashier, provider: str, when: str) -> None:
    booking, payment = paid(cashier, provider)
    cashier.providers.fail("reset", when=when, path=REFUND[provider])
    cashier.owner.post(f"/api/payments/{payment['id']}/refunds", {})
    until(lambda: cashier.workers.once() == 0, seconds=20)
    looked_at(cashier)
    cashier.settled(booking, payment_status="refunded")
    assert len(cashier.providers.applied("POST", f"*{REFUND[provider]}")) == 1
    assert cashier.balance(booking) == 0


def test_a_refund_that_fails_later_is_taken_back_in_the_books(cashier: Cashier) -> None:
    booking, payment = paid(cashier, "stripe")
    cashier.owner.post(f"/api/payments/{payment['id']}/refunds", {"amount": 100_000})
    cashier.settled(booking, payment_status="partially_refunded")
    (made,) = cashier.providers.objects("refund")
    cashier.providers.refund(made["id"], "fail")
    cashier.settled(booking, payment_status="paid")
    assert cashier.refunds(booking) == [(100_000, "requested", "failed")]
    assert cashier.balance(booking) == PRICE.amount


@pytest.mark.parametrize(("verb", "status", "left"), [("win", "paid", PRICE.amount), ("lose", "disputed", 0)])
def test_a_dispute_takes_the_money_and_may_give_it_back(cashier: Cashier, verb: str, status: str, left: int) -> None:
    booking, payment = paid(cashier, "stripe")
    dispute = cashier.providers.customer_disputes(cashier.ref(payment))
    cashier.settled(booking, payment_status="disputed")
    assert cashier.balance(booking) == 0
    refused = cashier.owner.post(f"/api/payments/{payment['id']}/refunds", {})
    assert refused.get_json()["code"] == "refund_too_large"
    cashier.providers.dispute(dispute["id"], verb)
    cashier.settled(booking, payment_status=status)
    until(lambda: cashier.balance(booking) == left, seconds=20)


def test_what_was_refunded_at_the_provider_is_a_fact(cashier: Cashier) -> None:
    booking, payment = paid(cashier, "stripe")
    import stripe  # noqa: PLC0415

    client = stripe.StripeClient("sk_test_stripe", base_addresses={"api": cashier.providers.stripe_base})
    client.v1.refunds.create({"payment_intent": cashier.ref(payment), "amount": 50_000})
    cashier.settled(booking, payment_status="partially_refunded")
    assert cashier.refunds(booking) == [(50_000, "external", "succeeded")]


def test_two_beats_give_one_job_to_each_payment(cashier: Cashier) -> None:
    def jobs_of(payment: dict[str, Any]) -> int:
        mine = select(func.count()).select_from(Job).where(Job.kind == ADVANCE)
        with transaction() as session:
            return session.scalar(mine.where(Job.ref_id == parsed(Kind.PAYMENT, payment["id"]))) or 0

    payment = cashier.ask(cashier.booked(), "stripe")
    until(lambda: not cashier.workers.once(), seconds=20)
    with cashier.workers.paused():
        with transaction() as session:
            session.execute(update(Payment).where(Payment.next_look_at.is_not(None)).values(next_look_at=clock()))
        before = jobs_of(payment)
        maintenance.look_at_money()
        maintenance.look_at_money()
        assert jobs_of(payment) == before + 1
