"""Money that goes back at Paystack: refunds, which have no idempotency key, and disputes."""

from typing import Any

import pytest

from tests.providers.shop import Shop
from tests.receivers import Receiver
from tests.standins import Providers


@pytest.fixture
def paid(paystack: Shop, providers: Providers) -> dict[str, Any]:
    paystack.begun("pay-1")
    return providers.customer_pays("pay-1")


def refunded(paystack: Shop, **body: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    answer = paystack.ask("POST", "/refund", json={"transaction": "pay-1"} | body)
    assert (answer.status_code, answer.json()["message"]) == (200, "Refund has been queued for processing")
    return dict(answer.json()["data"])


def found(paystack: Shop, refund: dict[str, Any]) -> dict[str, Any]:
    return dict(paystack.ask("GET", f"/refund/{refund['id']}").json()["data"])


def test_a_refund_is_queued_then_processed(paystack: Shop, paid: dict[str, Any], web: Receiver) -> None:
    refund = refunded(paystack)
    assert (refund["status"], refund["amount"], refund["transaction"]["id"]) == ("pending", 450_000, paid["id"])
    done = found(paystack, refund)
    assert (done["status"], done["transaction"], done["fully_deducted"]) == ("processed", paid["id"], True)
    verified = paystack.ask("GET", "/transaction/verify/pay-1").json()["data"]
    assert verified["status"] == "reversed"
    told = [web.named(f"refund.{each}").event["data"] for each in ("pending", "processing", "processed")]
    assert [each["amount"] for each in told] == ["450000"] * 3  # text, as in life
    assert {each["transaction_reference"] for each in told} == {"pay-1"}
    assert (told[0]["refund_reference"], "id" in told[0]) == (None, False)


def test_each_call_is_one_more_refund_until_nothing_is_left(paystack: Shop, paid: dict[str, Any]) -> None:
    first, second = refunded(paystack, amount=200_000), refunded(paystack, amount="200000", merchant_note="again")
    assert first["id"] != second["id"]
    over = paystack.ask("POST", "/refund", json={"transaction": paid["id"], "amount": 50_001})
    assert (over.status_code, over.json()["code"]) == (400, "invalid_amount")
    assert refunded(paystack)["amount"] == 50_000
    none_left = paystack.ask("POST", "/refund", json={"transaction": "pay-1"})
    assert none_left.json()["message"] == "Transaction has been fully reversed"
    listed = paystack.ask("GET", "/refund", params={"transaction": paid["id"]}).json()["data"]
    assert [each["amount"] for each in listed] == [50_000, 200_000, 200_000]
    assert listed[1]["merchant_note"] == "again"


@pytest.mark.parametrize("outcome", ["failed", "needs-attention", "processing"])
def test_a_refund_may_come_out_otherwise(
    paystack: Shop, paid: dict[str, Any], providers: Providers, web: Receiver, outcome: str
) -> None:
    assert paid["status"] == "success"
    providers.dispose(paystack_refunds=outcome)
    refund = refunded(paystack)
    assert found(paystack, refund)["status"] == outcome
    told = web.named(f"refund.{outcome}").event["data"]
    assert told["amount"] == ("450000" if outcome == "processing" else 450_000)
    if outcome == "failed":
        assert refunded(paystack)["amount"] == 450_000  # what did not go back can go again


def test_a_refund_may_be_decided_by_hand(paystack: Shop, paid: dict[str, Any], providers: Providers) -> None:
    assert paid["status"] == "success"
    providers.dispose(paystack_refunds="pending", paystack_refund_amounts="string")
    refund = refunded(paystack)
    assert (found(paystack, refund)["status"], found(paystack, refund)["amount"]) == ("pending", "450000")
    providers.refund(refund["id"], "processed")
    assert found(paystack, refund)["status"] == "processed"


def test_what_was_not_paid_cannot_be_refunded(paystack: Shop) -> None:
    paystack.begun("pay-2")
    answer = paystack.ask("POST", "/refund", json={"transaction": "pay-2"})
    assert (answer.status_code, answer.json()["code"]) == (400, "transaction_not_paid")


@pytest.mark.parametrize(
    ("verb", "amount", "status"), [("declined", 0, "success"), ("merchant-accepted", 450_000, "reversed")]
)
def test_a_dispute_is_told_reminded_of_and_resolved(
    paystack: Shop, paid: dict[str, Any], providers: Providers, web: Receiver, verb: str, amount: int, status: str
) -> None:
    dispute = providers.customer_disputes("pay-1")
    opened = web.named("charge.dispute.create").event["data"]
    assert (opened["status"], opened["transaction"]["reference"]) == ("awaiting-merchant-feedback", "pay-1")
    providers.dispute(dispute["id"], "remind")
    assert web.named("charge.dispute.remind")
    providers.dispute(dispute["id"], verb)
    closed = paystack.ask("GET", f"/dispute/{dispute['id']}").json()["data"]
    assert (closed["status"], closed["resolution"], closed["refund_amount"]) == ("resolved", verb, amount)
    assert closed["transaction"]["status"] == status
    assert web.named("charge.dispute.resolve").event["data"]["resolution"] == verb
    listed = paystack.ask("GET", "/dispute", params={"transaction": paid["id"], "status": "resolved"}).json()
    assert ([each["id"] for each in listed["data"]], listed["meta"]["total"]) == ([dispute["id"]], 1)
