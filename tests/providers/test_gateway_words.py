"""Words, amounts and notes of the providers that their stand-ins never say, or not in all ways."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest

from domain.kernel.ids import Kind, shown
from domain.payments.gateway import Unknown
from domain.payments.rules.states import DisputeState, RefundState, State
from workers.providers import paystack_shapes, stripe_shapes


@contextmanager
def noted() -> Iterator[list[dict[str, Any]]]:
    """Yield what is logged of shapes, whatever the process has done to its logs."""
    said: list[dict[str, Any]] = []
    log = SimpleNamespace(warning=lambda event, **more: said.append({"event": event, **more}))
    with patch.object(stripe_shapes, "log", log), patch.object(paystack_shapes, "log", log):
        yield said


OURS = UUID("6a1f3f2e-0c86-4a0e-9a86-0d4d5c5f6a11")
PAYMENT = shown(Kind.PAYMENT, OURS)
REFUND = shown(Kind.REFUND, OURS)
INTENT: Mapping[str, Any] = {"id": "pi_1", "amount": 4500, "currency": "eur", "status": "succeeded", "livemode": True}
TRANSACTION: Mapping[str, Any] = {
    "id": 2**62,
    "reference": "pay-1",
    "amount": "466750",
    "requested_amount": "450000",
    "currency": "NGN",
    "status": "success",
    "domain": "live",
    "fees": None,
}
DISPUTE: Mapping[str, Any] = {"id": "du_1", "amount": 4500, "currency": "eur", "balance_transactions": []}


@pytest.mark.parametrize(
    ("word", "state", "is_known"),
    [
        ("requires_payment_method", State.OPEN, True),
        ("requires_confirmation", State.OPEN, True),
        ("requires_action", State.OPEN, True),
        ("processing", State.PROCESSING, True),
        ("succeeded", State.SUCCEEDED, True),
        ("canceled", State.CANCELED, True),
        ("requires_capture", State.OPEN, False),
        ("levitating", State.OPEN, False),
    ],
)
def test_states_of_an_intent(word: str, state: State, *, is_known: bool) -> None:
    with noted() as logs:
        assert stripe_shapes.seen({**INTENT, "status": word}).state is state
    assert [each["event"] for each in logs] == ([] if is_known else ["provider_word_unknown"])


@pytest.mark.parametrize(
    ("word", "state", "is_known"),
    [
        ("success", State.SUCCEEDED, True),
        ("reversed", State.SUCCEEDED, True),
        ("failed", State.OPEN, True),
        ("abandoned", State.OPEN, True),
        ("ongoing", State.OPEN, True),
        ("pending", State.PROCESSING, True),
        ("queued", State.PROCESSING, True),
        ("processing", State.PROCESSING, True),
        ("levitating", State.OPEN, False),
    ],
)
def test_states_of_a_transaction(word: str, state: State, *, is_known: bool) -> None:
    with noted() as logs:
        seen = paystack_shapes.seen({**TRANSACTION, "status": word})
    assert (seen.state, seen.received) == (state, 466_750 if state is State.SUCCEEDED else 0)
    assert [each["event"] for each in logs] == ([] if is_known else ["provider_word_unknown"])


@pytest.mark.parametrize(
    ("word", "moved", "state", "is_withdrawn"),
    [
        ("warning_needs_response", 0, DisputeState.INQUIRY, False),
        ("warning_under_review", 0, DisputeState.INQUIRY, False),
        ("warning_closed", 0, DisputeState.WON, False),
        ("prevented", 0, DisputeState.WON, False),
        ("needs_response", -4500, DisputeState.OPEN, True),
        ("under_review", -4500, DisputeState.OPEN, True),
        ("appeal_under_review", -4500, DisputeState.OPEN, True),
        ("won", 0, DisputeState.WON, False),
        ("lost", -4500, DisputeState.LOST, True),
        ("levitating", -4500, DisputeState.OPEN, True),
        ("levitating", 0, DisputeState.INQUIRY, False),
    ],
)
def test_states_of_a_dispute_at_stripe(word: str, moved: int, state: DisputeState, *, is_withdrawn: bool) -> None:
    dispute = stripe_shapes.dispute({**DISPUTE, "status": word, "balance_transactions": [{"amount": moved}]})
    assert (dispute.state, dispute.is_withdrawn) == (state, is_withdrawn)


@pytest.mark.parametrize(
    ("status", "resolution", "state", "is_withdrawn"),
    [
        ("awaiting-merchant-feedback", None, DisputeState.OPEN, False),
        ("awaiting-bank-feedback", None, DisputeState.OPEN, False),
        ("pending", None, DisputeState.OPEN, False),
        ("resolved", "merchant-accepted", DisputeState.LOST, True),
        ("resolved", "auto-accepted", DisputeState.LOST, True),
        ("resolved", "declined", DisputeState.WON, False),
        ("resolved", None, DisputeState.OPEN, False),
        ("archived", None, DisputeState.OPEN, False),
    ],
)
def test_states_of_a_dispute_at_paystack(
    status: str, resolution: str | None, state: DisputeState, *, is_withdrawn: bool
) -> None:
    found = {"id": 1, "refund_amount": None, "status": status, "resolution": resolution, "dueAt": "soon"}
    dispute = paystack_shapes.dispute(found, TRANSACTION)
    assert (dispute.state, dispute.is_withdrawn) == (state, is_withdrawn)
    assert (dispute.amount, dispute.due_at) == (466_750, None)


@pytest.mark.parametrize(
    ("word", "state"), [("canceled", RefundState.FAILED), (None, RefundState.SENT), ("levitating", RefundState.SENT)]
)
def test_states_of_a_refund_at_stripe(word: str | None, state: RefundState) -> None:
    assert stripe_shapes.refund({"id": "re_1", "amount": 1, "currency": "eur", "status": word}).state is state


def test_an_unknown_state_of_a_refund_at_paystack() -> None:
    found = {"id": 2**63, "amount": "1", "currency": "NGN", "status": "levitating"}
    refund = paystack_shapes.refund(found)
    assert (refund.ref, refund.state, refund.amount) == (str(2**63), RefundState.SENT, 1)


@pytest.mark.parametrize(
    ("note", "is_ours"),
    [
        (f"AionBooking refund {REFUND}", True),
        (f"by Ada: AionBooking refund {REFUND}.", True),
        (f"AionBooking refund {REFUND}0", False),
        (f"AionBooking refund {'-' * 36}", False),
        (REFUND, False),
        (f"AionBooking refund {PAYMENT}", False),
        ("", False),
        (None, False),
        (7, False),
    ],
)
def test_a_refund_is_known_by_its_note(note: object, *, is_ours: bool) -> None:
    found = {"id": 1, "amount": 1, "currency": "NGN", "status": "pending", "merchant_note": note}
    assert paystack_shapes.refund(found).refund_id == (OURS if is_ours else None)


@pytest.mark.parametrize(
    "metadata",
    [None, "", 0, 7, [], "[]", "null", "{", "[" * 100_000, {"payment_id": 7}, {"payment_id": "seven"}, '{"a": "b"}'],
)
def test_metadata_that_says_nothing(metadata: object) -> None:
    assert paystack_shapes.seen({**TRANSACTION, "metadata": metadata}).payment_id is None
    assert stripe_shapes.seen({**INTENT, "metadata": metadata}).payment_id is None


@pytest.mark.parametrize("metadata", [{"payment_id": PAYMENT}, f'{{"payment_id": "{PAYMENT}"}}'])
def test_metadata_that_names_a_payment(metadata: object) -> None:
    assert paystack_shapes.seen({**TRANSACTION, "metadata": metadata}).payment_id == OURS


def test_amounts_at_paystack_may_be_text_and_more_than_was_asked() -> None:
    seen = paystack_shapes.seen(TRANSACTION)
    assert (seen.amount, seen.received, seen.is_live, seen.fee) == (450_000, 466_750, True, None)
    without = {name: value for name, value in TRANSACTION.items() if name != "requested_amount"}
    assert paystack_shapes.seen(without).amount == 466_750


@pytest.mark.parametrize("amount", [None, "", "4 500", "-1", "٣", "4500.50", 4500.5, True, {}, "9" * 19])
def test_an_amount_that_is_none_is_no_amount(amount: object) -> None:
    with pytest.raises(Unknown):
        paystack_shapes.seen({**TRANSACTION, "amount": amount})


@pytest.mark.parametrize(
    ("currency", "amount", "ours"), [("isk", 4500, 45), ("isk", 4550, None), ("mga", 45, 4500), ("xts", 45, None)]
)
def test_an_amount_that_cannot_be_ours_is_none(currency: str, amount: int, ours: int | None) -> None:
    intent = {**INTENT, "currency": currency, "amount": amount, "amount_received": amount}
    seen = stripe_shapes.seen(intent)
    assert (seen.amount, seen.received, seen.currency) == (ours, ours, currency.upper())


def test_a_fee_needs_a_balance_transaction_in_the_same_currency() -> None:
    for charge, fee in (
        (None, None),
        ("ch_1", None),
        ({"balance_transaction": None}, None),
        ({"balance_transaction": "txn_1"}, None),
        ({"balance_transaction": {"currency": "usd", "fee": 161}}, None),
        ({"balance_transaction": {"currency": "eur", "fee": 161}}, 161),
    ):
        assert stripe_shapes.seen({**INTENT, "latest_charge": charge}).fee == fee


def test_why_a_card_was_declined_is_told_by_the_closer_word() -> None:
    error = {"code": "card_declined", "decline_code": "insufficient_funds", "message": "No funds."}
    seen = stripe_shapes.seen({**INTENT, "status": "requires_payment_method", "last_payment_error": error})
    assert (seen.failure_code, seen.failure_message) == ("insufficient_funds", "No funds.")


def test_when_a_dispute_is_due() -> None:
    due = datetime(2026, 3, 1, tzinfo=UTC)
    at_stripe = {**DISPUTE, "status": "needs_response", "evidence_details": {"due_by": int(due.timestamp())}}
    assert stripe_shapes.dispute(at_stripe).due_at == due
    at_paystack = {"id": 1, "refund_amount": 1, "status": "pending", "dueAt": "2026-03-01T00:00:00.000Z"}
    assert paystack_shapes.dispute(at_paystack, TRANSACTION).due_at == due


@pytest.mark.parametrize(("about", "is_it"), [(2**62, True), ({"id": str(2**62)}, True), (None, True), (7, False)])
def test_what_is_listed_of_another_transaction_is_passed_over(about: object, *, is_it: bool) -> None:
    assert paystack_shapes.is_about({"transaction": about}, TRANSACTION) is is_it
