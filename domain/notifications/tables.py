"""Rows of the notifications room."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, PrimaryKeyConstraint, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.addresses import FOLDED
from domain.kernel.tables import Base, Ulid, Versioned
from domain.notifications.rules.notices import Urgency


class Notification(Base):
    """One message to one recipient: planned, and then sent, skipped or given up. It is the log, too.

    `due_at` is when it is meant to be sent, `next_try_at` when somebody may claim it: when it is due, when the lease of
    who has it is over, or when it is tried again. None of that: it has come to an end. `dedupe_key` says what it is
    about, so that it is not planned twice; one that was asked for again has none. `sequence` is how often the booking
    had moved when it was planned, `details` what the event told. `deaths` counts who
    died, or lost the database, while they had it, `unsure` how often its end was said and nothing heard. Of what is due at once the lowest `urgency` goes first.
    `subject` and `locale` are as it was sent. It counts against `account_id`: of who did what it
    tells of, or of the business if that was a member; and not there but against its booking, if somebody did it by the
    manage link (`is_by_link`).
    """

    __tablename__ = "notifications"
    __table_args__ = (
        CheckConstraint("state IN ('due', 'sending', 'sent', 'failed', 'skipped')", "state"),
        CheckConstraint("channel IN ('email')", "channel"),
        CheckConstraint("audience IN ('customer', 'staff', 'user')", "audience"),
        CheckConstraint("audience = 'user' OR booking_id IS NOT NULL", "booking"),
        CheckConstraint("booking_id IS NULL OR business_id IS NOT NULL", "business"),
        CheckConstraint("(state IN ('due', 'sending')) = (next_try_at IS NOT NULL)", "next_try"),
        CheckConstraint("(state = 'sending') = (leased_by IS NOT NULL)", "lease"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", "sent"),
        CheckConstraint("(state = 'skipped') = (skip_reason IS NOT NULL)", "skipped"),
        Index("ix_notifications_next_try_at", "next_try_at", postgresql_where="next_try_at IS NOT NULL"),
        Index("ix_notifications_urgency", "urgency", "next_try_at", postgresql_where="next_try_at IS NOT NULL"),
        Index(
            "ix_notifications_sent_at",
            text(FOLDED.format("address")),
            "sent_at",
            postgresql_where="sent_at IS NOT NULL",
        ),
        Index("ix_notifications_account_id_sent_at", "account_id", "sent_at", postgresql_where="sent_at IS NOT NULL"),
        Index("ix_notifications_turn", "urgency", "account_id", "next_try_at", postgresql_where="state = 'due'"),
        Index("ix_notifications_lease", "next_try_at", postgresql_where="state = 'sending'"),
        Index("ix_notifications_again_of", "again_of", postgresql_where="again_of IS NOT NULL"),
        Index("ix_notifications_due_at", "due_at", postgresql_where="next_try_at IS NULL"),
        Index("ix_notifications_booking_id", "booking_id", "id"),
        Index("ix_notifications_business_id", "business_id", "id"),
    )

    id: Mapped[Ulid]
    business_id: Mapped[UUID | None] = mapped_column(ForeignKey("businesses.id"))
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("bookings.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    is_by_link: Mapped[bool] = mapped_column(default=False, server_default="false")
    event_id: Mapped[UUID | None]
    version: Mapped[int | None] = mapped_column(Integer)
    kind: Mapped[str]
    channel: Mapped[str]
    audience: Mapped[str]
    address: Mapped[str]
    name: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    sequence: Mapped[int] = mapped_column(Integer)
    urgency: Mapped[int] = mapped_column(SmallInteger, default=Urgency.NEWS, server_default=str(Urgency.NEWS.value))
    state: Mapped[str]
    due_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    leased_by: Mapped[UUID | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    deaths: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    unsure: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    last_error: Mapped[str | None]
    skip_reason: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    subject: Mapped[str | None]
    locale: Mapped[str | None]
    dedupe_key: Mapped[str | None] = mapped_column(unique=True)
    again_of: Mapped[UUID | None] = mapped_column(ForeignKey("notifications.id"))
    created_at: Mapped[datetime]


class MessageSettings(Versioned, Base):
    """How a business writes: in which language, under which name, and what its staff are told.

    Of `staff_notices` its `staff_addresses` are told, and, where `tells_who_serves`, the users who are the booking's
    resources.
    """

    __tablename__ = "message_settings"

    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id", ondelete="CASCADE"), primary_key=True)
    locale: Mapped[str]
    sender_name: Mapped[str | None]
    reply_to: Mapped[str | None]
    staff_notices: Mapped[list[Any]]
    staff_addresses: Mapped[list[Any]]
    tells_who_serves: Mapped[bool]


class ReminderPlan(Versioned, Base):
    """By which rules a business reminds; without a row by those that hold for everybody. Replaced as a whole."""

    __tablename__ = "reminder_plans"

    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id", ondelete="CASCADE"), primary_key=True)
    rules: Mapped[dict[str, Any]]


class MessageTemplate(Versioned, Base):
    """A business's own words for a notice in a language, in place of ours."""

    __tablename__ = "message_templates"
    __table_args__ = (PrimaryKeyConstraint("business_id", "kind", "language"),)

    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id", ondelete="CASCADE"))
    kind: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]


class ReminderOptOut(Base):
    """An address that does not want to be reminded by a business; folded."""

    __tablename__ = "reminder_optouts"
    __table_args__ = (PrimaryKeyConstraint("business_id", "address"),)

    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id", ondelete="CASCADE"))
    address: Mapped[str]
    created_at: Mapped[datetime]
