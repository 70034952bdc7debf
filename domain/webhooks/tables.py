"""Rows of the webhooks room."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.tables import Base, Ulid, Versioned


class WebhookEndpoint(Versioned, Base):
    """Where a business has its events sent: those of *kinds* (`booking.confirmed`, `booking.*`), or all.

    Secrets are sealed here; the previous one is good until `previous_until`. `failing_since` is when the first try
    failed that no success has followed; on how many days some did since then is `failing_days`, the last of which began
    at `failing_day_at`.
    """

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        CheckConstraint("state IN ('enabled', 'disabled', 'deleted')", "state"),
        CheckConstraint("(state = 'disabled') = (disabled_reason IS NOT NULL)", "reason"),
        CheckConstraint("disabled_reason IN ('gone', 'failing', 'asked')", "reasons"),
        CheckConstraint("(previous_secret IS NULL) = (previous_until IS NULL)", "previous"),
        Index("ix_webhook_endpoints_business_id", "business_id", "id"),
    )

    id: Mapped[Ulid]
    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id"))
    url: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    description: Mapped[str | None]
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_until: Mapped[datetime | None]
    state: Mapped[str]
    disabled_reason: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    failing_days: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    failing_day_at: Mapped[datetime | None]


class WebhookDelivery(Base):
    """An event that is sent to an endpoint until it arrives or is given up.

    `attempts` counts all tries, `tries` those since it was last asked for that were not interrupted, with the one under way:
    they are its place on the schedule. `interruptions` counts those in a row that ended in the one
    way or the other for which the receiver is not to blame: whose worker died, or whose secret could not be read. `body` is what is sent, from
    the first try on. While it is `sending` its lease says by whom, and until when they are trusted.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('due', 'sending', 'delivered', 'dead')", "state"),
        CheckConstraint("(state = 'due') = (next_attempt_at IS NOT NULL)", "due"),
        CheckConstraint("(state = 'sending') = (leased_by IS NOT NULL AND lease_until IS NOT NULL)", "lease"),
        CheckConstraint("(state IN ('delivered', 'dead')) = (finished_at IS NOT NULL)", "finished"),
        UniqueConstraint("endpoint_id", "event_id"),
        Index("ix_webhook_deliveries_due", "endpoint_id", "next_attempt_at", "id", postgresql_where="state = 'due'"),
        Index("ix_webhook_deliveries_soon", "next_attempt_at", postgresql_where="state = 'due'"),
        Index("ix_webhook_deliveries_sending", "endpoint_id", postgresql_where="state = 'sending'"),
        Index("ix_webhook_deliveries_finished_at", "finished_at", postgresql_where="state IN ('delivered', 'dead')"),
        Index("ix_webhook_deliveries_business_id", "business_id", "id"),
        Index("ix_webhook_deliveries_endpoint_id", "endpoint_id", "id"),
        Index(
            "ix_webhook_deliveries_not_delivered",
            *("business_id", "state", "id"),
            postgresql_where="state <> 'delivered'",
        ),
    )

    id: Mapped[Ulid]
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoints.id"))
    business_id: Mapped[UUID]
    event_id: Mapped[UUID]
    kind: Mapped[str]
    body: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="due", default="due")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    tries: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    interruptions: Mapped[int] = mapped_column(SmallInteger, server_default="0", default=0)
    next_attempt_at: Mapped[datetime | None]
    leased_by: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    finished_at: Mapped[datetime | None]


class WebhookAttempt(Base):
    """One try of a delivery, never changed: what was answered, or why nothing was."""

    __tablename__ = "webhook_attempts"

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime]
    milliseconds: Mapped[int | None] = mapped_column(Integer)
    status: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None]
    detail: Mapped[str | None]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)


class WebhookReplay(Base):
    """What an endpoint is to be sent again, of some time, from the event behind `after_id` on. It is gone when it is done."""

    __tablename__ = "webhook_replays"

    id: Mapped[Ulid]
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime]
    after_id: Mapped[int] = mapped_column(BigInteger, server_default="0", default=0)
    created_at: Mapped[datetime]
