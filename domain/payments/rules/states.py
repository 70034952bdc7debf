"""The states of payments, refunds and disputes, and how they may move: data, not ifs."""

from collections.abc import Mapping
from enum import StrEnum


class Provider(StrEnum):
    """Who takes the money: one of the providers, or the business itself."""

    STRIPE = "stripe"
    PAYSTACK = "paystack"
    OFFLINE = "offline"


class Purpose(StrEnum):
    """What a payment is for: all of the price, what is due of it at first, or the rest."""

    PRICE = "price"
    DEPOSIT = "deposit"
    BALANCE = "balance"


class State(StrEnum):
    """Where a payment stands, by what its provider was last seen to say."""

    CREATING = "creating"
    OPEN = "open"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"
    FAILED = "failed"
    REVIEW = "review"


class RefundState(StrEnum):
    """Where a refund stands: with us, with the provider, with a person who has to look, or at an end."""

    PENDING = "pending"
    SENT = "sent"
    ATTENTION = "attention"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundReason(StrEnum):
    """Why money goes back."""

    REQUESTED = "requested"
    CANCELLED = "cancelled"
    LATE = "late"
    DUPLICATE = "duplicate"
    SURPLUS = "surplus"
    REVIEW = "review"
    EXTERNAL = "external"


class DisputeState(StrEnum):
    """Where a dispute stands: a bank that only asks, one that has taken the money, and how it ended."""

    INQUIRY = "inquiry"
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Entry(StrEnum):
    """What moved money, in the ledger."""

    CHARGE = "charge"
    FEE = "fee"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    DISPUTE_REINSTATED = "dispute_reinstated"


OPEN = frozenset({State.CREATING, State.OPEN, State.PROCESSING})
"""A booking has one of these with each provider at most, beside those that are being cancelled."""

PAID = frozenset({State.SUCCEEDED, State.REVIEW})
"""In these money has come."""

NEXT: Mapping[State, frozenset[State]] = {
    State.CREATING: frozenset(
        {State.OPEN, State.PROCESSING, State.SUCCEEDED, State.CANCELED, State.FAILED, State.REVIEW}
    ),
    State.OPEN: frozenset({State.PROCESSING, State.SUCCEEDED, State.CANCELED, State.FAILED, State.REVIEW}),
    State.PROCESSING: frozenset({State.OPEN, State.SUCCEEDED, State.CANCELED, State.FAILED, State.REVIEW}),
    State.CANCELED: frozenset({State.SUCCEEDED, State.REVIEW}),
    State.FAILED: frozenset({State.SUCCEEDED, State.REVIEW}),
    State.REVIEW: frozenset({State.SUCCEEDED}),
    State.SUCCEEDED: frozenset(),
}
"""Every move there is. What had ended without money comes back when the money came after all: the provider is right."""

RESERVED = frozenset({RefundState.PENDING, RefundState.SENT, RefundState.ATTENTION, RefundState.SUCCEEDED})
"""Refunds in these are counted as given back, so that nothing is promised twice."""

UNDONE = frozenset({RefundReason.LATE, RefundReason.DUPLICATE, RefundReason.SURPLUS, RefundReason.REVIEW})
"""Refunds for these make money as if it had never come; what goes back on purpose is not asked for again."""

DROPPED = "dropped"
"""The failure code of a refund that somebody has decided not to make."""

REFUND_NEXT: Mapping[RefundState, frozenset[RefundState]] = {
    RefundState.PENDING: frozenset(
        {RefundState.SENT, RefundState.ATTENTION, RefundState.SUCCEEDED, RefundState.FAILED}
    ),
    RefundState.SENT: frozenset({RefundState.ATTENTION, RefundState.SUCCEEDED, RefundState.FAILED}),
    RefundState.ATTENTION: frozenset(
        {RefundState.PENDING, RefundState.SENT, RefundState.SUCCEEDED, RefundState.FAILED}
    ),
    RefundState.SUCCEEDED: frozenset({RefundState.FAILED}),
    RefundState.FAILED: frozenset(),
}
"""A bank may send back what had succeeded. A refund that failed is not tried again: another one is asked for."""

TAKEN = frozenset({DisputeState.OPEN, DisputeState.LOST})
"""Disputes in these have taken the money away."""
