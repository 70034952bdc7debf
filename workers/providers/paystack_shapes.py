"""What Paystack's objects say, in our words."""

import json
import re
from collections.abc import Mapping, Sequence

from config.logging import log
from domain.kernel.ids import Kind
from domain.payments.gateway import Seen, SeenDispute, SeenRefund
from domain.payments.rules.currencies import from_provider
from domain.payments.rules.states import DisputeState, Provider, RefundState, State
from workers.providers.amounts import gone
from workers.providers.answers import Json, inner, moment_if_any, ours, text, whole, whole_if_any, words

STATES: Mapping[str, State] = {
    "success": State.SUCCEEDED,
    "reversed": State.SUCCEEDED,  # refunds and disputes tell the rest
    "failed": State.OPEN,  # the customer may try again on the same page
    "abandoned": State.OPEN,
    "ongoing": State.OPEN,  # the customer is asked for something still
    "pending": State.PROCESSING,
    "queued": State.PROCESSING,
    "processing": State.PROCESSING,
}

REFUND_STATES: Mapping[str, RefundState] = {
    "pending": RefundState.SENT,
    "processing": RefundState.SENT,
    "needs-attention": RefundState.ATTENTION,
    "processed": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
}

WAITING = frozenset({"awaiting-merchant-feedback", "awaiting-bank-feedback", "pending"})
RESOLUTIONS: Mapping[str, DisputeState] = {
    "merchant-accepted": DisputeState.LOST,
    "auto-accepted": DisputeState.LOST,
    "declined": DisputeState.WON,
}

NOTE = "AionBooking refund {}"
NOTED = re.compile(r"AionBooking refund (rfd_[0-9a-z]{26})(?![0-9a-z])")


def seen(found: Json, refunds: Sequence[SeenRefund] = (), disputes: Sequence[SeenDispute] = ()) -> Seen:
    """Return a transaction as a payment. More may have come than was asked for, where customers bear the fees."""
    currency = text(found, "currency").upper()
    state = _state(found)
    is_paid = state is State.SUCCEEDED
    asked = whole_if_any(found, "requested_amount") or whole(found, "amount")
    fee = whole_if_any(found, "fees") if is_paid else None
    return Seen(
        ref=text(found, "reference"),
        state=state,
        amount=from_provider(Provider.PAYSTACK, asked, currency),
        currency=currency,
        is_live=found.get("domain") == "live",
        received=from_provider(Provider.PAYSTACK, whole(found, "amount"), currency) if is_paid else 0,
        fee=None if fee is None else from_provider(Provider.PAYSTACK, fee, currency),
        payment_id=ours(Kind.PAYMENT, _metadata(found).get("payment_id")),
        failure_message=words(found, "gateway_response") if found.get("status") == "failed" else None,
        refunds=refunds,
        disputes=disputes,
    )


def refund(found: Json) -> SeenRefund:
    """Return a refund; it is one of ours by what we wrote in its note."""
    noted = NOTED.search(words(found, "merchant_note") or "")
    return SeenRefund(
        ref=text(found, "id"),
        refund_id=ours(Kind.REFUND, noted[1]) if noted else None,
        amount=gone(Provider.PAYSTACK, whole(found, "amount"), text(found, "currency").upper()),
        state=_refund_state(found),
    )


def dispute(found: Json, transaction: Json) -> SeenDispute:
    """Return a dispute about *transaction*, and about all of it where it names no amount."""
    state = _dispute_state(found)
    amount = whole_if_any(found, "refund_amount")
    amount = whole(transaction, "amount") if amount is None else amount
    return SeenDispute(
        ref=text(found, "id"),
        amount=gone(Provider.PAYSTACK, amount, text(transaction, "currency").upper()),
        state=state,
        is_withdrawn=state is DisputeState.LOST,  # Paystack takes the money when a dispute is accepted, and not before
        reason=words(found, "category"),
        due_at=moment_if_any(found, "dueAt"),
    )


def is_about(found: Json, transaction: Json) -> bool:
    """Tell whether a refund or dispute is of *transaction*: Paystack passes over a filter that it does not know."""
    about = found.get("transaction")
    about = about.get("id") if isinstance(about, Mapping) else about
    return about is None or str(about) == text(transaction, "id")


def _metadata(found: Json) -> Json:
    """Return metadata, which comes back as an object, as JSON in text, or as 0, "" or null where there is none."""
    said = found.get("metadata")
    if not isinstance(said, str):
        return inner(found, "metadata")
    try:
        return inner({"metadata": json.loads(said)}, "metadata")
    except (ValueError, RecursionError):
        return {}


def _state(found: Json) -> State:
    word = text(found, "status")
    if word not in STATES:
        log.warning("provider_word_unknown", provider="paystack", kind="transaction", ref=found.get("id"), word=word)
    return STATES.get(word, State.OPEN)


def _refund_state(found: Json) -> RefundState:
    word = text(found, "status")
    if word not in REFUND_STATES:
        log.warning("provider_word_unknown", provider="paystack", kind="refund", ref=found.get("id"), word=word)
    return REFUND_STATES.get(word, RefundState.SENT)


def _dispute_state(found: Json) -> DisputeState:
    word, resolution = text(found, "status"), words(found, "resolution") or ""
    if word == "resolved" and resolution in RESOLUTIONS:
        return RESOLUTIONS[resolution]
    if word not in WAITING:
        said = f"{word} {resolution}".strip()
        log.warning("provider_word_unknown", provider="paystack", kind="dispute", ref=found.get("id"), word=said)
    return DisputeState.OPEN
