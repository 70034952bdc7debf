"""What is written down about money: what webhooks said, comparisons, checks, and the ledger."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.tables import Base, Serial, Ulid


class ProviderEvent(Base):
    """What a provider's webhook said, kept as it came, before anybody asks what it means.

    `state` is `new` until it is applied or ignored, and `outcome` says which and why. The body is dropped after a month.
    """

    __tablename__ = "provider_events"
    __table_args__ = (
        CheckConstraint("state IN ('new', 'applied', 'ignored')", "state"),
        UniqueConstraint("account_id", "dedupe_key"),
        Index("ix_provider_events_received_at", "received_at", postgresql_where="body IS NOT NULL"),
        Index("ix_provider_events_new", "account_id", "payment_ref", postgresql_where="state = 'new'"),
        Index("ix_provider_events_payment_id", "payment_id"),
    )

    id: Mapped[Ulid]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("provider_accounts.id"))
    dedupe_key: Mapped[str]
    kind: Mapped[str]
    payment_ref: Mapped[str | None]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments.id"))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    copies: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    state: Mapped[str]
    outcome: Mapped[str | None]
    received_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ProviderReconciliation(Base):
    """A comparison of the providers' lists with ours, for one business: *differences* are what it found."""

    __tablename__ = "provider_reconciliations"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'done', 'failed')", "state"),
        CheckConstraint("since < until", "times"),
        Index("ix_provider_reconciliations_business_id", "business_id", "id"),
        Index("uq_provider_reconciliations_running", "business_id", unique=True, postgresql_where="state = 'running'"),
    )

    id: Mapped[Ulid]
    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id"))
    since: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[str]
    differences: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    failure_code: Mapped[str | None]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class MoneyCheck(Base):
    """What a check of all money found when it was last made: how many rows are not as they should be."""

    __tablename__ = "money_checks"

    name: Mapped[str] = mapped_column(primary_key=True)
    differences: Mapped[int] = mapped_column(Integer)
    checked_at: Mapped[datetime]


class LedgerEntry(Base):
    """One movement of money, as its provider told it: in is above zero. Never changed and never deleted.

    `source` tells apart what moved: with the payment and the kind it is unique, so that nothing is written twice.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('charge', 'fee', 'refund', 'refund_failed', 'dispute', 'dispute_reinstated')", "kind"
        ),
        UniqueConstraint("payment_id", "kind", "source"),
        Index("ix_ledger_entries_business_id", "business_id", "id"),
    )

    id: Mapped[Serial]
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bookings.id"))
    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id"))
    kind: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    source: Mapped[str]
    at: Mapped[datetime]
