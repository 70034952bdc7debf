"""Shapes of payments and refunds."""

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from domain.payments.rules.states import OPEN, Provider, Purpose, State
from domain.payments.service import Quote, Sought, Taken
from domain.payments.tables import Payment
from web.answers import View
from web.fields import BookingId, BusinessId, Notes, PaymentId
from web.moments import Instant
from web.pagination import DatedQuery
from web.parsing import Path, Query, Schema
from web.schemas.services import MoneyView


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        known = parts.hostname and parts.username is None and (parts.port is None or parts.port)
    except ValueError:
        known = False
    if not known:
        raise PydanticCustomError("invalid", "Input should be an address of the web, without a user's name")
    return text


Url = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[!-~]+$"), AfterValidator(_address)]
"""Where a customer is sent back to; it may have the application's own scheme only at the provider, not here."""


class IntentRequest(Schema):
    """A booking to be paid by Stripe."""

    booking_id: BookingId
    return_url: Annotated[Url | None, Field(description="Kept with the payment, for your own use")] = None


class TransactionRequest(Schema):
    """A booking to be paid by Paystack."""

    booking_id: BookingId
    callback_url: Annotated[Url | None, Field(description="Where Paystack sends the customer afterwards")] = None


class OfflineRequest(Schema):
    """Money that the business took itself."""

    booking_id: BookingId
    method: Annotated[Literal["cash", "transfer", "card", "other"], Field(description="How it was paid")]
    amount: Annotated[
        int | None, Field(ge=1, description="In minor units, just what is due; needed for the rest after a deposit")
    ] = None
    note: Annotated[Notes | None, Field(description="For the books; the customer sees it too")] = None

    def taken(self) -> Taken:
        """Return this as what was taken."""
        return Taken(method=self.method, amount=self.amount, note=self.note)


class ReviewRequest(Schema):
    """What becomes of money that does not match."""

    decision: Annotated[Literal["accept", "refund"], Field(description="Let it count, or give it back")]


class PaymentPath(Path):
    """Which payment."""

    payment_id: PaymentId


class PaymentQuery(Query):
    """How to look at a payment."""

    refresh: Annotated[bool, Field(description="Ask the provider first, and wait for that")] = False


class PaymentsQuery(DatedQuery):
    """Which payments, of those that you may see."""

    booking_id: BookingId | None = None
    business_id: BusinessId | None = None
    provider: Annotated[Provider | None, Field(description="Who took it; `offline` is the business itself")] = None
    state: State | None = None
    provider_ref: Annotated[str | None, Field(max_length=200, description="The provider's name of it")] = None

    def sought(self) -> Sought:
        """Return what is asked for."""
        return Sought(self.booking_id, self.business_id, self.provider, self.state, self.provider_ref)


class PaymentView(View):
    """Money asked for a booking, and what became of it."""

    id: PaymentId
    object: Literal["payment"] = "payment"
    booking_id: BookingId
    business_id: BusinessId
    provider: Provider
    purpose: Purpose
    state: State
    amount: MoneyView
    received: MoneyView
    method: Annotated[str | None, Field(description="Of an offline payment: how it was paid")]
    note: str | None
    client_secret: Annotated[str | None, Field(description="Stripe's, for the customer's browser, while it is open")]
    publishable_key: Annotated[str | None, Field(description="Stripe's, for the customer's browser, while it is open")]
    authorization_url: Annotated[str | None, Field(description="Paystack's page, while it is open")]
    access_code: Annotated[str | None, Field(description="Paystack's, for its own window, while it is open")]
    reference: Annotated[str | None, Field(description="Paystack's name of it, while it is open")]
    provider_ref: Annotated[str | None, Field(description="The provider's name of it, by which its dashboard finds it")]
    return_url: str | None
    failure_code: Annotated[str | None, Field(description="What the provider said last, if it did not go well")]
    failure_message: Annotated[str | None, Field(description="The same in the provider's words")]
    is_cancelling: Annotated[bool, Field(description="It is not to be paid any more; the provider is being told")]
    version: int
    created_at: Instant
    updated_at: Instant
    settled_at: Instant | None

    @classmethod
    def of(cls, row: Payment) -> "PaymentView":
        """Show a row."""
        own = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        is_cancelling = row.cancel_requested_at is not None and row.state in OPEN
        handover = row.handover if row.state in OPEN and not is_cancelling else {}
        shown: dict[str, Any] = {name: handover.get(name) for name in ("client_secret", "publishable_key")}
        shown |= {name: handover.get(name) for name in ("authorization_url", "access_code", "reference")}
        return cls.model_validate(
            own
            | shown
            | {
                "amount": MoneyView(amount=row.amount, currency=row.currency),
                "received": MoneyView(amount=row.received_amount, currency=row.currency),
                "is_cancelling": is_cancelling,
            }
        )


class QuoteView(View):
    """What cancelling a booking would cost now."""

    object: Literal["cancellation_quote"] = "cancellation_quote"
    booking_id: BookingId
    fee: Annotated[MoneyView, Field(description="What cancelling costs by the policy; no more is kept than was paid")]
    refund: Annotated[MoneyView, Field(description="What goes back")]
    changes_at: Annotated[Instant | None, Field(description="From when on another fee is kept; None: never")]
    quote: Annotated[str, Field(description="Send it when cancelling: no higher fee is kept then")]
    valid_until: Annotated[Instant, Field(description="Until when the quote is good")]

    @classmethod
    def of(cls, found: Quote, booking_id: UUID, *, quote: str, valid_until: datetime) -> "QuoteView":
        """Show what was found, with the *quote* that it can be held to."""
        return cls(
            booking_id=booking_id,
            fee=MoneyView(amount=found.fee, currency=found.currency),
            refund=MoneyView(amount=found.refund, currency=found.currency),
            changes_at=found.changes_at,
            quote=quote,
            valid_until=valid_until,
        )
