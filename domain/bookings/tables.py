"""Rows of the bookings room."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.tables import Base, Serial, Ulid, Versioned


class Booking(Versioned, Base):
    """Somebody's claim on a slot, from `pending` to its end.

    `accepted_no` is the order of acceptance. `resource_id` is what it got, `wanted_resource_id` what was asked for.
    Wall time, zone and tz database version are kept beside the instant, which is what binds. Buffers, price and the
    cancellation policy are as they were when it was made.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        CheckConstraint(
            "status IN ('pending', 'awaiting_approval', 'awaiting_payment', 'confirmed', 'completed', 'no_show',"
            " 'cancelled', 'declined', 'expired', 'rejected')",
            "status",
        ),
        CheckConstraint(
            "payment_status IN ('not_required', 'unpaid', 'processing', 'paid', 'partially_refunded', 'refunded',"
            " 'disputed')",
            "payment_status",
        ),
        CheckConstraint("starts_at < ends_at", "times"),
        CheckConstraint("party >= 1", "party"),
        CheckConstraint("price_amount >= 0", "price"),
        CheckConstraint("(status LIKE 'awaiting%') = (hold_expires_at IS NOT NULL)", "hold"),
        CheckConstraint("(status = 'rejected') = (rejection_code IS NOT NULL)", "rejection"),
        Index("ix_bookings_pending", "business_id", "accepted_no", postgresql_where="status = 'pending'"),
        Index("ix_bookings_hold", "hold_expires_at", postgresql_where="hold_expires_at IS NOT NULL"),
        Index("ix_bookings_business", "business_id", "id"),
        Index("ix_bookings_customer", "customer_id", "id"),
    )

    id: Mapped[Ulid]
    accepted_no: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id"))
    service_id: Mapped[UUID] = mapped_column(ForeignKey("services.id"), index=True)
    wanted_resource_id: Mapped[UUID | None] = mapped_column(ForeignKey("resources.id"))
    resource_id: Mapped[UUID | None] = mapped_column(ForeignKey("resources.id"))
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    booked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    status: Mapped[str]
    payment_status: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    timezone: Mapped[str]
    local_start: Mapped[str]
    tzdata_version: Mapped[str]
    buffer_before_minutes: Mapped[int] = mapped_column(Integer)
    buffer_after_minutes: Mapped[int] = mapped_column(Integer)
    party: Mapped[int] = mapped_column(Integer)
    price_amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    cancellation_policy: Mapped[dict[str, Any]]
    hold_expires_at: Mapped[datetime | None]
    rejection_code: Mapped[str | None]
    rejection_reasons: Mapped[list[Any]] = mapped_column(default=list)
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    request_id: Mapped[str | None]


class Move(Base):
    """One line of a booking's history: a status that became another, when, and by whom (None: the system)."""

    __tablename__ = "booking_history"
    __table_args__ = (Index("uq_booking_history_version", "booking_id", "version", unique=True),)

    id: Mapped[Serial]
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bookings.id"))
    version: Mapped[int] = mapped_column(Integer)
    from_status: Mapped[str | None]
    to_status: Mapped[str]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None]
    at: Mapped[datetime]
