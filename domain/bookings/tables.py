"""Rows of the bookings room."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Uuid,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.tables import Base, Serial, Ulid, Versioned


class Booking(Versioned, Base):
    """Somebody's claim on a slot, from `pending` to its end.

    `accepted_no` is the order of acceptance. `wanted_resource_ids` is who was asked for, `resources` who it got: a list
    of {role, resource_id}, one for each role of its service as it was then; the first one's is `resource_id` too.
    Wall time, zone and tz database version are kept beside the instant, which is what binds. Buffers, price, deposit
    and the cancellation policy are as they were when it was made. `customer_id` is None when somebody else was named
    as the customer, whose rights then stay with `booked_by`; `by_member`, if that was a member of the business, who has them
    as long as they are one. `paid_amount` is what has come of the price, `refunded_amount`
    what has gone back; the payments room keeps both. `overrides` names the rules that a member waived. `manage_no` is what
    its manage links hang on: those of an earlier number are revoked.
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
        CheckConstraint("deposit_amount BETWEEN 0 AND price_amount", "deposit"),
        CheckConstraint("cancellation_fee_amount BETWEEN 0 AND price_amount", "cancellation_fee"),
        CheckConstraint("(status LIKE 'awaiting%') = (hold_expires_at IS NOT NULL)", "hold"),
        CheckConstraint("(status = 'rejected') = (rejection_code IS NOT NULL)", "rejection"),
        CheckConstraint("resource_id IS NOT DISTINCT FROM CAST(resources -> 0 ->> 'resource_id' AS uuid)", "resources"),
        Index("ix_bookings_pending", "business_id", "accepted_no", postgresql_where="status = 'pending'"),
        Index("ix_bookings_hold", "hold_expires_at", postgresql_where="hold_expires_at IS NOT NULL"),
        Index("ix_bookings_business", "business_id", "id"),
        Index("ix_bookings_starts", "business_id", "starts_at"),
        Index("ix_bookings_updated", "business_id", "updated_at"),
        Index("ix_bookings_customer", "customer_id", "id"),
        Index("ix_bookings_booked_by", "booked_by", "id", postgresql_where="NOT by_member"),
        Index("ix_bookings_confirmed", "ends_at", postgresql_where="status = 'confirmed'"),
    )

    id: Mapped[Ulid]
    accepted_no: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id"))
    service_id: Mapped[UUID] = mapped_column(ForeignKey("services.id"), index=True)
    wanted_resource_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default="{}")
    resource_id: Mapped[UUID | None] = mapped_column(ForeignKey("resources.id"))
    resources: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    booked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    by_member: Mapped[bool] = mapped_column(default=False, server_default="false")
    customer_name: Mapped[str]
    customer_email: Mapped[str]
    customer_phone: Mapped[str | None]
    notes: Mapped[str | None]
    attributes: Mapped[dict[str, Any]] = mapped_column("metadata", default=dict, server_default="{}")
    overrides: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
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
    deposit_amount: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str]
    cancellation_policy: Mapped[dict[str, Any]]
    cancellation_fee_amount: Mapped[int | None] = mapped_column(BigInteger)
    paid_amount: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    refunded_amount: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    hold_expires_at: Mapped[datetime | None]
    rejection_code: Mapped[str | None]
    rejection_reasons: Mapped[list[Any]] = mapped_column(default=list)
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    manage_no: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    request_id: Mapped[str | None]

    @property
    def asked_for(self) -> dict[UUID, str | None]:
        """Return who was asked for, and the role that they fill for this booking; None: none."""
        fills = {UUID(each["resource_id"]): each["role"] for each in self.resources}
        return {each: fills.get(each) for each in self.wanted_resource_ids}


class Reschedule(Base):
    """A move to another place that was asked for, and what became of it; the old place is kept until it is moved.

    It stands in one queue with the bookings of its lane: `accepted_no` comes from the same sequence. A booking has at
    most one that is pending. Written under the booking's lock only. `asked_by` None: by who has its manage link.
    """

    __tablename__ = "reschedules"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'moved', 'refused', 'withdrawn')", "status"),
        CheckConstraint("(status = 'refused') = (rejection_code IS NOT NULL)", "rejection"),
        CheckConstraint("(status = 'pending') = (decided_at IS NULL)", "decided"),
        CheckConstraint("starts_at < ends_at", "times"),
        Index("uq_reschedules_pending", "booking_id", unique=True, postgresql_where="status = 'pending'"),
        Index("ix_reschedules_pending", "business_id", "accepted_no", postgresql_where="status = 'pending'"),
        Index("ix_reschedules_booking_id", "booking_id", "accepted_no"),
    )

    id: Mapped[Ulid]
    accepted_no: Mapped[int] = mapped_column(BigInteger, default=func.nextval("bookings_accepted_no_seq"), unique=True)
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bookings.id"))
    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id"))
    wanted_resource_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default="{}")
    status: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    timezone: Mapped[str]
    local_start: Mapped[str]
    tzdata_version: Mapped[str]
    overrides: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    rejection_code: Mapped[str | None]
    rejection_reasons: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    request_id: Mapped[str | None]
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class Move(Base):
    """One line of a booking's history: a status that became another, when, and by whom (None: the system).

    A reschedule leaves the status as it was; `changes` tells what it changed, each as [before, after]. `reason` is
    the system's code for why, `note` what the caller had to say.

    What a person or a program did is an entry of the audit log, too: `entry_id`, which rises with `at`, `business_id`,
    `through` and `through_id` as in `kernel.audit`, and `request_id`. The system's own lines have none of that.
    """

    __tablename__ = "booking_history"
    __table_args__ = (
        Index("uq_booking_history_version", "booking_id", "version", unique=True),
        Index(
            "uq_booking_history_entry", "business_id", "entry_id", unique=True, postgresql_where="entry_id IS NOT NULL"
        ),
    )

    id: Mapped[Serial]
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bookings.id"))
    version: Mapped[int] = mapped_column(Integer)
    from_status: Mapped[str | None]
    to_status: Mapped[str]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None]
    note: Mapped[str | None]
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    at: Mapped[datetime]
    entry_id: Mapped[UUID | None]
    business_id: Mapped[UUID | None]
    through: Mapped[str | None]
    through_id: Mapped[UUID | None]
    request_id: Mapped[str | None]


class CalendarFeed(Base):
    """A private address at which a calendar reads bookings: of a resource, of a business, or (neither) of its maker.

    Only the token's hash is kept. The feed shows what its maker may see when it is read, and is gone once that is nothing.
    """

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        CheckConstraint("resource_id IS NULL OR business_id IS NOT NULL", "resource"),
        Index("ix_calendar_feeds_user_id", "user_id", "id"),
    )

    id: Mapped[Ulid]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    business_id: Mapped[UUID | None] = mapped_column(ForeignKey("businesses.id", ondelete="CASCADE"))
    resource_id: Mapped[UUID | None] = mapped_column(ForeignKey("resources.id", ondelete="CASCADE"))
    name: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    rotated_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
