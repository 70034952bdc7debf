"""Accounts, payments, refunds and disputes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.tables import Base, Ulid, Versioned


class ProviderAccount(Versioned, Base):
    """An account at a provider: the platform's, whose keys are in the settings, or a business's own, sealed here.

    Its webhooks find it by the `token` in their path, never by what they claim. It is archived, never deleted: what was
    paid by it is looked up and given back by it.
    """

    __tablename__ = "provider_accounts"
    __table_args__ = (
        CheckConstraint("provider IN ('stripe', 'paystack')", "provider"),
        CheckConstraint("(business_id IS NULL) = (secret_key IS NULL)", "keys"),
        Index(
            "uq_provider_accounts_platform", "provider", "is_live", unique=True, postgresql_where="business_id IS NULL"
        ),
        Index(
            "uq_provider_accounts_business",
            "business_id",
            "provider",
            unique=True,
            postgresql_where="archived_at IS NULL",
        ),
    )

    id: Mapped[Ulid]
    business_id: Mapped[UUID | None] = mapped_column(ForeignKey("businesses.id"))
    provider: Mapped[str]
    is_live: Mapped[bool]
    public_key: Mapped[str | None]
    secret_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    webhook_secrets: Mapped[bytes | None] = mapped_column(LargeBinary)
    token: Mapped[str] = mapped_column(unique=True)
    archived_at: Mapped[datetime | None]


class Payment(Versioned, Base):
    """Money asked for a booking, by a provider's account or by the business itself (`offline`).

    `received_amount` is what counts of what has come: not more than `amount`, whatever fee the customer bore beside,
    unless it came otherwise than it was asked for.
    `key_no` numbers the keys under which it was sent to the provider, `first_sent_at` is when that began: until then
    the provider cannot know of it. `next_look_at` is when it is looked up there, whatever webhooks say; `refreshed_at` is
    when somebody last had that done at once, `seen_at` when the look began that is believed, and `missing_since` since when
    the provider says that it knows no such payment.
    """

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("provider IN ('stripe', 'paystack', 'offline')", "provider"),
        CheckConstraint("purpose IN ('price', 'deposit', 'balance')", "purpose"),
        CheckConstraint(
            "state IN ('creating', 'open', 'processing', 'succeeded', 'canceled', 'failed', 'review')", "state"
        ),
        CheckConstraint("(provider = 'offline') = (account_id IS NULL)", "account"),
        CheckConstraint("(provider = 'offline') = (method IS NOT NULL)", "method"),
        CheckConstraint("amount >= 1", "amount"),
        CheckConstraint("received_amount >= 0", "received"),
        CheckConstraint("(settled_at IS NOT NULL) = (state IN ('succeeded', 'review'))", "settled"),
        UniqueConstraint("account_id", "provider_ref"),
        Index(
            "uq_payments_open",
            "booking_id",
            "provider",
            unique=True,
            postgresql_where="state IN ('creating', 'open', 'processing') AND cancel_requested_at IS NULL",
        ),
        Index("ix_payments_booking_id", "booking_id"),
        Index("ix_payments_business_id", "business_id", "id"),
        Index("ix_payments_review", "business_id", postgresql_where="state = 'review'"),
        Index("ix_payments_next_look_at", "next_look_at", postgresql_where="next_look_at IS NOT NULL"),
    )

    id: Mapped[Ulid]
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bookings.id"))
    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("provider_accounts.id"))
    provider: Mapped[str]
    purpose: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    state: Mapped[str]
    key_no: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    provider_ref: Mapped[str | None]
    handover: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    return_url: Mapped[str | None]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    method: Mapped[str | None]
    note: Mapped[str | None]
    received_amount: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    fee_amount: Mapped[int | None] = mapped_column(BigInteger)
    failure_code: Mapped[str | None]
    failure_message: Mapped[str | None]
    cancel_requested_at: Mapped[datetime | None]
    first_sent_at: Mapped[datetime | None]
    next_look_at: Mapped[datetime | None]
    looks: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    refreshed_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    missing_since: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    request_id: Mapped[str | None]


class Refund(Versioned, Base):
    """Money given back of a payment that succeeded. `asked_by` None: by the rules, and not by anybody.

    `first_sent_at` is when it may first have reached the provider; until `sending_until` somebody may be sending it.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'sent', 'attention', 'succeeded', 'failed')", "state"),
        CheckConstraint(
            "reason IN ('requested', 'cancelled', 'late', 'duplicate', 'surplus', 'review', 'external')", "reason"
        ),
        CheckConstraint("amount >= 1", "amount"),
        UniqueConstraint("payment_id", "provider_ref"),
        Index("ix_refunds_booking_id", "booking_id"),
        Index("ix_refunds_business_id", "business_id", "id"),
        Index("ix_refunds_attention", "business_id", postgresql_where="state = 'attention'"),
        Index("ix_refunds_next_look_at", "next_look_at", postgresql_where="next_look_at IS NOT NULL"),
    )

    id: Mapped[Ulid]
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bookings.id"))
    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    reason: Mapped[str]
    note: Mapped[str | None]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    state: Mapped[str]
    key_no: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    provider_ref: Mapped[str | None]
    failure_code: Mapped[str | None]
    failure_message: Mapped[str | None]
    first_sent_at: Mapped[datetime | None]
    last_sent_at: Mapped[datetime | None]
    sending_until: Mapped[datetime | None]
    next_look_at: Mapped[datetime | None]
    looks: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    request_id: Mapped[str | None]


class Dispute(Versioned, Base):
    """A customer's bank that takes the money of a payment back, or asks about it."""

    __tablename__ = "disputes"
    __table_args__ = (
        CheckConstraint("state IN ('inquiry', 'open', 'won', 'lost')", "state"),
        CheckConstraint("amount >= 0", "amount"),
        UniqueConstraint("payment_id", "provider_ref"),
        Index("ix_disputes_booking_id", "booking_id"),
        Index("ix_disputes_business_id", "business_id", "id"),
    )

    id: Mapped[Ulid]
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bookings.id"))
    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id"))
    provider_ref: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    state: Mapped[str]
    is_withdrawn: Mapped[bool]
    reason: Mapped[str | None]
    due_at: Mapped[datetime | None]
