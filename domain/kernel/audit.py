"""The audit log: who changed what, when, and through which session, key or link.

An entry is written by the verb that makes the change, in its transaction, so neither is there without the other. What
happens to bookings is told by their own history, which is read together with this: `bookings.service.trail`.
A trigger lets entries be added, and deleted once they are old, by `purged` alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.kernel.actions import ACTIONS
from domain.kernel.actors import Actor
from domain.kernel.changes import NOTHING, Changes, kept
from domain.kernel.ids import first_id, id_at
from domain.kernel.periods import ALWAYS, Period
from domain.kernel.tables import Base

PURGED = 5000
OF_INSTALLATION = "through = 'command' OR (business_id IS NULL AND account_id IS NULL)"


class AuditEntry(Base):
    """One change. It names others by their ids only, without foreign keys: it outlives them.

    It is of a business, or of an account, or (neither) of the installation. Ids rise with `created_at`.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint("business_id IS NULL OR account_id IS NULL", "scope"),
        CheckConstraint(
            "through IN ('session', 'api_key', 'manage_link', 'mailed_link', 'command', 'system')", "through"
        ),
        Index("ix_audit_entries_business_id", "business_id", "id", postgresql_where="business_id IS NOT NULL"),
        Index("ix_audit_entries_account_id", "account_id", "id", postgresql_where="account_id IS NOT NULL"),
        Index("ix_audit_entries_subject_id", "subject_id", "id"),
        Index("ix_audit_entries_installation", "id", postgresql_where=OF_INSTALLATION),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    business_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]
    through: Mapped[str]
    through_id: Mapped[UUID | None]
    request_id: Mapped[str | None]
    action: Mapped[str]
    subject_id: Mapped[UUID | None]
    changes: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which entries to list; None: whatever theirs is."""

    actor_id: UUID | None = None
    key_id: UUID | None = None
    subject_id: UUID | None = None
    actions: frozenset[str] | None = None
    made: Period = ALWAYS


def record(
    session: Session,
    by: Actor,
    action: str,
    subject_id: UUID | None,
    *,
    business_id: UUID | None = None,
    account_id: UUID | None = None,
    changes: Changes = NOTHING,
    now: datetime,
) -> None:
    """Write down a change with the transaction that makes it. An action that is not listed is a KeyError, so that none goes undocumented."""
    if action not in ACTIONS:
        raise KeyError(action)
    entry = AuditEntry(
        id=id_at(now),
        business_id=business_id,
        account_id=account_id,
        actor_id=by.user_id,
        through=by.through.value,
        through_id=by.through_id,
        request_id=session.info.get("request_id"),
        action=action,
        subject_id=subject_id,
        changes=kept(changes),
        created_at=now,
    )
    session.add(entry)


def purged(session: Session, *, retention: timedelta, now: datetime) -> bool:
    """Delete entries that are older than *retention*, a batch of them; tell whether there may be more."""
    session.execute(select(func.set_config("aionbooking.purging", AuditEntry.__tablename__, True)))  # noqa: FBT003 - SQL
    old = select(AuditEntry.id).where(AuditEntry.id < first_id(now - retention)).order_by(AuditEntry.id).limit(PURGED)
    gone = session.scalars(delete(AuditEntry).where(AuditEntry.id.in_(old)).returning(AuditEntry.id))
    return len(gone.all()) == PURGED
