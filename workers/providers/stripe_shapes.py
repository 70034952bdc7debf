"""What Stripe's objects say, in our words."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from config.logging import log
from domain.kernel.ids import Kind
from domain.payments.gateway import Seen, SeenDispute, SeenRefund
from domain.payments.rules.currencies import from_provider
from domain.payments.rules.states import DisputeState, Provider, RefundState, State
from workers.providers.amounts import gone
from workers.providers.answers import Json, inner, ours, rows, text, whole, whole_if_any, words

STATES: Mapping[str, State] = {
    "requires_payment_method": State.OPEN,
    "requires_confirmation": State.OPEN,
    "requires_action": State.OPEN,
    "processing": State.PROCESSING,
    "succeeded": State.SUCCEEDED,
    "canceled": State.CANCELED,
}
"""Without `requires_capture`: we ask for none, so one that comes is to be looked into."""

REFUND_STATES: Mapping[str, RefundState] = {
    "pending": RefundState.SENT,
    "requires_action": RefundState.SENT,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}

DISPUTE_STATES: Mapping[str, tuple[DisputeState, bool]] = {
    "warning_needs_response": (DisputeState.INQUIRY, False),
    "warning_under_review": (DisputeState.INQUIRY, False),
    "warning_closed": (DisputeState.WON, False),
    "prevented": (DisputeState.WON, False),
    "needs_response": (DisputeState.OPEN, True),
    "under_review": (DisputeState.OPEN, True),
    "appeal_needs_response": (DisputeState.OPEN, True),
    "appeal_under_review": (DisputeState.OPEN, True),
    "won": (DisputeState.WON, False),
    "lost": (DisputeState.LOST, True),
}
"""And whether the money is with the bank. One that was prevented ends in a refund, which is seen by itself."""


def seen(intent: Json, refunds: Sequence[SeenRefund] = (), disputes: Sequence[SeenDispute] = ()) -> Seen:
    """Return a payment intent as a payment; the fee is known where the charge's balance transaction was expanded."""
    currency = text(intent, "currency").upper()
    error = inner(intent, "last_payment_error")
    return Seen(
        ref=text(intent, "id"),
        state=_state(intent),
        amount=from_provider(Provider.STRIPE, whole(intent, "amount"), currency),
        currency=currency,
        is_live=intent.get("livemode") is True,
        received=from_provider(Provider.STRIPE, received(intent), currency),
        fee=_fee(intent, currency),
        payment_id=ours(Kind.PAYMENT, inner(intent, "metadata").get("payment_id")),
        failure_code=words(error, "decline_code") or words(error, "code"),
        failure_message=words(error, "message"),
        refunds=refunds,
        disputes=disputes,
    )


def received(intent: Json) -> int:
    """Return what came of a payment intent, in Stripe's unit."""
    return whole_if_any(intent, "amount_received") or 0


def refund(found: Json) -> SeenRefund:
    """Return a refund."""
    return SeenRefund(
        ref=text(found, "id"),
        refund_id=ours(Kind.REFUND, inner(found, "metadata").get("refund_id")),
        amount=gone(Provider.STRIPE, whole(found, "amount"), text(found, "currency").upper()),
        state=_refund_state(found),
        failure_code=words(found, "failure_reason"),
    )


def dispute(found: Json) -> SeenDispute:
    """Return a dispute."""
    state, is_withdrawn = _dispute_state(found)
    due = whole_if_any(inner(found, "evidence_details"), "due_by")
    return SeenDispute(
        ref=text(found, "id"),
        amount=gone(Provider.STRIPE, whole(found, "amount"), text(found, "currency").upper()),
        state=state,
        is_withdrawn=is_withdrawn,
        reason=words(found, "reason"),
        due_at=None if due is None else datetime.fromtimestamp(due, UTC),
    )


def _fee(intent: Json, currency: str) -> int | None:
    """Return Stripe's fee; None when it settled in another currency, whose amounts do not add up with ours."""
    moved = inner(inner(intent, "latest_charge"), "balance_transaction")
    if not moved or text(moved, "currency").upper() != currency:
        return None
    return from_provider(Provider.STRIPE, whole(moved, "fee"), currency)


def _state(intent: Json) -> State:
    word = text(intent, "status")
    if word not in STATES:
        log.warning("provider_word_unknown", provider="stripe", kind="payment_intent", ref=intent.get("id"), word=word)
    return STATES.get(word, State.OPEN)


def _refund_state(found: Json) -> RefundState:
    word = words(found, "status") or ""
    if word not in REFUND_STATES:
        log.warning("provider_word_unknown", provider="stripe", kind="refund", ref=found.get("id"), word=word)
    return REFUND_STATES.get(word, RefundState.SENT)


def _dispute_state(found: Json) -> tuple[DisputeState, bool]:
    word = text(found, "status")
    if word in DISPUTE_STATES:
        return DISPUTE_STATES[word]
    log.warning("provider_word_unknown", provider="stripe", kind="dispute", ref=found.get("id"), word=word)
    is_withdrawn = sum(whole(each, "amount") for each in rows(found, "balance_transactions")) < 0
    return (DisputeState.OPEN if is_withdrawn else DisputeState.INQUIRY), is_withdrawn
