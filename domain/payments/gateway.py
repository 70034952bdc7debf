"""What payments need of a provider: calls that are made outside of any transaction, and what they may come to.

Amounts here are in the minor unit of ISO 4217 throughout; a provider counts in its own unit behind this face
(`rules/currencies.py`). Implementations live in `workers/providers`.

    ProviderError
    ├── Refused      it has not happened and will not, however often it is asked for: says the provider, by a known code
    ├── Missing      the provider knows no such object of this account
    ├── Away         it has surely not happened, and may when it is asked for again: no connection, too many calls,
    │                a key that is not accepted
    └── Unknown      it may have happened: the answer was lost, or was that something went wrong (*answered*)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.kernel.money import Money
from domain.payments.rules.states import DisputeState, RefundState, State


class ProviderError(Exception):
    """A call to a provider did not come to what was asked for; *code* and *message* are the provider's."""

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}" if message else code)


class Refused(ProviderError):
    """The provider will not do it, however often it is asked."""


class Missing(ProviderError):
    """The provider knows no such object of this account."""


class Away(ProviderError):
    """The call was surely not applied; it may be made again."""


class Unknown(ProviderError):
    """The call may have been applied.

    *answered* when the provider said so itself: Stripe keeps such an answer for its key, so that asking again with the
    same key cannot come to anything else.
    """

    def __init__(self, code: str, message: str = "", *, answered: bool = False) -> None:
        super().__init__(code, message)
        self.answered = answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A payment to be made possible. *key* is Stripe's idempotency key and Paystack's reference."""

    payment_id: UUID
    booking_id: UUID
    key: str
    price: Money
    email: str
    description: str
    return_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """Money to be given back of a payment that succeeded, known to the provider as *ref*."""

    refund_id: UUID
    payment_id: UUID
    key: str
    ref: str
    price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRefund:
    """A refund as its provider tells it; *refund_id* if it carries one of ours. *ref* is the provider's own id."""

    ref: str
    refund_id: UUID | None
    amount: int
    state: RefundState
    failure_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDispute:
    """A dispute as its provider tells it; *is_withdrawn* while its amount is with the bank and not with the business."""

    ref: str
    amount: int
    state: DisputeState
    is_withdrawn: bool
    reason: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A payment as its provider tells it at one moment, with all that became of it.

    *amount* is what was asked for and *received* what has come of it; None: an amount that cannot be one of ours.
    *handover* is what the customer's side needs to pay, told by the call that makes it possible.
    """

    ref: str
    state: State
    amount: int | None
    currency: str
    is_live: bool
    received: int | None = 0
    fee: int | None = None
    payment_id: UUID | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    handover: Mapping[str, str] = field(default_factory=dict)
    refunds: Sequence[SeenRefund] = ()
    disputes: Sequence[SeenDispute] = ()


class Gateway(Protocol):
    """One account at one provider. Every call raises `ProviderError`, and nothing else for what the provider does."""

    def create(self, order: Order) -> Seen:
        """Make a payment possible. The same key never makes two."""

    def look(self, ref: str) -> Seen:
        """Return a payment with its refunds and disputes as they are now."""

    def cancel(self, ref: str) -> Seen:
        """See to it that a payment cannot be paid any more; return what it is now, whatever came of that."""

    def refund(self, order: RefundOrder) -> SeenRefund:
        """Give money back."""

    def between(self, since: datetime, until: datetime) -> Iterable[Seen]:
        """Return every payment that was made possible from *since* and before *until*, without refunds and disputes."""
