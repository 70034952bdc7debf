"""Rows of the catalog room."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.tables import Base, Ulid, Versioned

ROLE = "resource"
"""The one role of a service that needs a single resource, unless it was given another name."""


class Business(Versioned, Base):
    """Sells services, in its own time zone and currency; belongs to an account."""

    __tablename__ = "businesses"
    __table_args__ = tuple(
        Index(f"ix_businesses_{name}", text(f"lower({name})"), "id", postgresql_where="archived_at IS NULL")
        for name in ("category", "city", "country", "currency")
    )

    id: Mapped[Ulid]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    timezone: Mapped[str]
    currency: Mapped[str]
    category: Mapped[str | None]
    city: Mapped[str | None]
    country: Mapped[str | None]
    description: Mapped[str | None]
    archived_at: Mapped[datetime | None]


class Lane(Base):
    """A business's lane: whoever inserts claims there locks this row first, so decisions come one after another."""

    __tablename__ = "lanes"

    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id", ondelete="CASCADE"), primary_key=True)


class Service(Versioned, Base):
    """What is booked. Durations are minutes; the price is for one seat, in minor units of the business's currency.

    A deposit is what has to be paid at first: an amount for each seat, or a percentage of the price; neither is all.
    A booking takes one resource for each of its `roles`; the first one's hours set the grid of its starts.
    """

    __tablename__ = "services"
    __table_args__ = (
        CheckConstraint("duration_minutes BETWEEN 1 AND 43200", "duration"),
        CheckConstraint("slot_interval_minutes BETWEEN 1 AND 43200", "slot_interval"),
        CheckConstraint("buffer_before_minutes BETWEEN 0 AND 1440", "buffer_before"),
        CheckConstraint("buffer_after_minutes BETWEEN 0 AND 1440", "buffer_after"),
        CheckConstraint("min_notice_minutes BETWEEN 0 AND 525600", "min_notice"),
        CheckConstraint("max_advance_days BETWEEN 0 AND 1095", "max_advance"),
        CheckConstraint("capacity BETWEEN 1 AND 10000", "capacity"),
        CheckConstraint("daily_limit >= 1", "daily_limit"),
        CheckConstraint("price_amount >= 0", "price"),
        CheckConstraint("deposit_amount >= 1", "deposit_amount"),
        CheckConstraint("deposit_percent BETWEEN 1 AND 100", "deposit_percent"),
        CheckConstraint("deposit_amount IS NULL OR deposit_percent IS NULL", "one_deposit"),
        CheckConstraint("hold_minutes BETWEEN 1 AND 10080", "hold"),
        CheckConstraint("approval_hours BETWEEN 1 AND 720", "approval"),
        CheckConstraint("jsonb_typeof(roles) = 'array' AND roles <> '[]'", "roles"),
        Index("ix_services_business_id", "business_id", "id"),
    )

    id: Mapped[Ulid]
    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id"))
    name: Mapped[str]
    description: Mapped[str | None]
    duration_minutes: Mapped[int] = mapped_column(Integer)
    slot_interval_minutes: Mapped[int | None] = mapped_column(Integer)
    buffer_before_minutes: Mapped[int] = mapped_column(Integer, default=0)
    buffer_after_minutes: Mapped[int] = mapped_column(Integer, default=0)
    min_notice_minutes: Mapped[int] = mapped_column(Integer, default=0)
    max_advance_days: Mapped[int] = mapped_column(Integer, default=60)
    roles: Mapped[list[Any]] = mapped_column(default=lambda: [ROLE])
    capacity: Mapped[int] = mapped_column(Integer, default=1)
    capacity_changed_at: Mapped[datetime | None]
    daily_limit: Mapped[int | None] = mapped_column(Integer)
    price_amount: Mapped[int] = mapped_column(BigInteger, default=0)
    deposit_amount: Mapped[int | None] = mapped_column(BigInteger)
    deposit_percent: Mapped[int | None] = mapped_column(SmallInteger)
    requires_approval: Mapped[bool] = mapped_column(default=False)
    payment_required: Mapped[bool]
    hold_minutes: Mapped[int] = mapped_column(Integer, default=15)
    approval_hours: Mapped[int] = mapped_column(Integer, default=24)
    cancellation_policy: Mapped[dict[str, Any]]
    archived_at: Mapped[datetime | None]

    @property
    def holds_at_first(self) -> bool:
        """Tell whether a booking's place is held, for approval or payment, before it is confirmed."""
        return self.requires_approval or (self.payment_required and self.price_amount > 0)


class Resource(Versioned, Base):
    """What is occupied: a person, a room, a chair. A lower priority number is preferred."""

    __tablename__ = "resources"
    __table_args__ = (
        Index("uq_resources_default", "business_id", unique=True, postgresql_where="is_default"),
        Index("ix_resources_business_id", "business_id", "id"),
    )

    id: Mapped[Ulid]
    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    kind: Mapped[str]
    priority: Mapped[int] = mapped_column(SmallInteger, default=0)
    is_default: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None]


class Offer(Base):
    """That a resource offers a service, by filling one role of it.

    A service of a single role that nobody is said to fill is offered by the default resource.
    """

    __tablename__ = "service_resources"

    service_id: Mapped[UUID] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True)
    resource_id: Mapped[UUID] = mapped_column(
        ForeignKey("resources.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(default=ROLE)


class Schedule(Versioned, Base):
    """Weekly hours and dated overrides, in local time: of one resource, or (no resource) of the business.

    `weekly` is a list of [weekday, start, end] and `overrides` maps an ISO date to a list of [start, end]; weekday 0 is
    Monday, times are minutes of the day, an end at or before its start runs into the next day. Replaced as a whole.
    """

    __tablename__ = "schedules"
    __table_args__ = (
        Index("uq_schedules_business", "business_id", unique=True, postgresql_where="resource_id IS NULL"),
        Index("uq_schedules_resource", "resource_id", unique=True, postgresql_where="resource_id IS NOT NULL"),
    )

    id: Mapped[Ulid]
    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id"), index=True)
    resource_id: Mapped[UUID | None] = mapped_column(ForeignKey("resources.id"))
    timezone: Mapped[str | None]
    weekly: Mapped[list[Any]]
    overrides: Mapped[dict[str, Any]]


class TimeOff(Versioned, Base):
    """A dated closure in instants, of one resource or (no resource) of the whole business."""

    __tablename__ = "time_off"
    __table_args__ = (
        CheckConstraint(
            "NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during)"
            " AND NOT upper_inf(during) AND isfinite(lower(during)) AND isfinite(upper(during))",
            "during",
        ),
        Index("ix_time_off_business_id", "business_id", text("upper(during)")),
    )

    id: Mapped[Ulid]
    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id"))
    resource_id: Mapped[UUID | None] = mapped_column(ForeignKey("resources.id"), index=True)
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    reason: Mapped[str | None]
