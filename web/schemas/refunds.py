"""Shapes of refunds."""

from typing import Annotated, Literal

from pydantic import Field

from domain.payments.rules.states import RefundReason, RefundState
from domain.payments.service import Outcome
from domain.payments.tables import Refund
from web.answers import View
from web.fields import BookingId, Notes, PaymentId, RefundId
from web.moments import Instant
from web.pagination import Listing
from web.parsing import Path, Schema
from web.schemas.services import MoneyView


class RefundRequest(Schema):
    """What is to be given back."""

    amount: Annotated[int | None, Field(ge=1, description="In minor units; all that is left if left out")] = None
    note: Annotated[Notes | None, Field(description="Why, for the books; the customer sees it too")] = None


class ResolutionRequest(Schema):
    """What becomes of a refund that needs a person."""

    outcome: Annotated[
        Outcome,
        Field(
            strict=False,
            description="`send`: it is not at the provider and is sent once more; `handed_back`: you gave the money back "
            "otherwise; `drop`: it is not given back, whatever the rules say",
        ),
    ]
    note: Annotated[Notes | None, Field(description="Why, for the books; the customer sees it too")] = None


class RefundPath(Path):
    """Which refund of which payment."""

    payment_id: PaymentId
    refund_id: RefundId


class RefundView(View):
    """Money that goes back."""

    id: RefundId
    object: Literal["refund"] = "refund"
    payment_id: PaymentId
    booking_id: BookingId
    amount: MoneyView
    reason: Annotated[RefundReason, Field(description="`requested`, or the rule by which it goes back")]
    state: RefundState
    note: str | None
    failure_code: Annotated[str | None, Field(description="`sent_or_not`: nobody could tell; else the provider's")]
    failure_message: Annotated[str | None, Field(description="The same in the provider's words")]
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, row: Refund) -> "RefundView":
        """Show a row."""
        own = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls.model_validate(own | {"amount": MoneyView(amount=row.amount, currency=row.currency)})


RefundList = Listing[RefundView]
