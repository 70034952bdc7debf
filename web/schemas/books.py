"""Shapes of a business's books: what moved its money, and what is disputed."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from domain.payments.rules.states import DisputeState, Entry
from domain.payments.service import Wanted
from domain.payments.tables import Dispute, LedgerEntry
from web.answers import View
from web.fields import BookingId, BusinessId, DisputeId, LedgerEntryId, PaymentId
from web.moments import Instant
from web.pagination import DatedQuery
from web.schemas.services import MoneyView


class BooksQuery(DatedQuery):
    """Which of a business's rows."""

    business_id: BusinessId
    booking_id: BookingId | None = None
    payment_id: PaymentId | None = None

    def wanted(self) -> Wanted:
        """Return what is asked for."""
        return Wanted(payment_id=self.payment_id, booking_id=self.booking_id)


class DisputesQuery(BooksQuery):
    """Which disputes of a business."""

    state: DisputeState | None = None


class LedgerQuery(BooksQuery):
    """Which movements of a business's money."""

    kind: Entry | None = None


class DisputeView(View):
    """A customer's bank that asks about a payment, or takes its money back."""

    id: DisputeId
    object: Literal["dispute"] = "dispute"
    payment_id: PaymentId
    booking_id: BookingId
    business_id: BusinessId
    state: DisputeState
    amount: MoneyView
    is_withdrawn: Annotated[bool, Field(description="The bank has the money")]
    reason: Annotated[str | None, Field(description="In the provider's words")]
    due_at: Annotated[Instant | None, Field(description="Until when the provider takes an answer, if it is known")]
    provider_ref: Annotated[str, Field(description="The provider's name of it; it is answered there")]
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, row: Dispute) -> "DisputeView":
        """Show a row."""
        own = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls.model_validate(own | {"amount": MoneyView(amount=row.amount, currency=row.currency)})


class LedgerEntryView(View):
    """One movement of money. It is never changed: what was undone is another movement."""

    id: LedgerEntryId
    object: Literal["ledger_entry"] = "ledger_entry"
    payment_id: PaymentId
    booking_id: BookingId
    business_id: BusinessId
    kind: Entry
    amount: Annotated[MoneyView, Field(description="In is above zero, out is below")]
    source: Annotated[str, Field(description="The provider's name of what moved it, or ours where no provider did")]
    created_at: Instant

    @classmethod
    def of(cls, row: LedgerEntry) -> "LedgerEntryView":
        """Show a row."""
        own = {name: getattr(row, name) for name in ("payment_id", "booking_id", "business_id", "kind", "source")}
        amount = MoneyView(amount=row.amount, currency=row.currency)
        return cls.model_validate(own | {"id": UUID(int=row.id), "amount": amount, "created_at": row.at})
