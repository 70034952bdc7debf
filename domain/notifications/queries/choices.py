"""What businesses have chosen: how they write, when they remind, their own words, and who does not want to hear."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.kernel.addresses import folded
from domain.notifications.tables import MessageSettings, MessageTemplate, Notification, ReminderOptOut, ReminderPlan


def settings_of(session: Session, business_id: UUID) -> MessageSettings | None:
    """Return how a business writes, if it has said so."""
    return session.get(MessageSettings, business_id)


def settings_for_update(session: Session, business_id: UUID, unsaid: Mapping[str, Any]) -> MessageSettings:
    """Lock how a business writes; where it has said nothing, from what is *unsaid* on."""
    session.execute(insert(MessageSettings).values(business_id=business_id, **unsaid).on_conflict_do_nothing())
    return session.get_one(MessageSettings, business_id, with_for_update={"key_share": True}, populate_existing=True)


def reminder_plan(session: Session, business_id: UUID) -> ReminderPlan | None:
    """Return by which rules a business reminds, if it has said so."""
    return session.get(ReminderPlan, business_id)


def reminder_plan_for_update(session: Session, business_id: UUID, unsaid: Mapping[str, Any]) -> ReminderPlan:
    """Lock by which rules a business reminds; where it has said nothing, from what is *unsaid* on."""
    session.execute(insert(ReminderPlan).values(business_id=business_id, rules=unsaid).on_conflict_do_nothing())
    return session.get_one(ReminderPlan, business_id, with_for_update={"key_share": True}, populate_existing=True)


def templates(session: Session, business_id: UUID) -> Sequence[MessageTemplate]:
    """Return a business's own templates."""
    return session.scalars(select(MessageTemplate).where(MessageTemplate.business_id == business_id)).all()


def template(session: Session, business_id: UUID, kind: str, language: str) -> MessageTemplate | None:
    """Return a business's own template for a kind of message."""
    return session.get(MessageTemplate, (business_id, kind, language))


def template_for_update(session: Session, business_id: UUID, kind: str, language: str) -> MessageTemplate | None:
    """Lock a business's own template, if there is one."""
    key = (business_id, kind, language)
    return session.get(MessageTemplate, key, with_for_update={"key_share": True}, populate_existing=True)


def opt_out(session: Session, business_id: UUID, address: str, *, now: datetime) -> bool:
    """Note that an address does not want to be reminded by a business, since *now*; False: it did not before either."""
    row = {"business_id": business_id, "address": folded(address), "created_at": now}
    kept = insert(ReminderOptOut).values(**row)
    said = kept.on_conflict_do_update(index_elements=["business_id", "address"], set_={"created_at": now})
    return bool(session.scalar(said.returning(literal_column("xmax = 0"))))  # PostgreSQL's mark of a row that is new


def opted_out_at(session: Session, business_id: UUID, address: str) -> datetime | None:
    """Return when an address said last that it does not want to be reminded by a business; None: it does."""
    mine = (ReminderOptOut.business_id == business_id, ReminderOptOut.address == folded(address))
    return session.scalar(select(ReminderOptOut.created_at).where(*mine))


def opt_in(session: Session, business_id: UUID, address: str, off_at: datetime) -> bool:
    """Forget that an address did not want to be reminded by a business, as it said last at *off_at*; False: not so."""
    mine = (ReminderOptOut.business_id == business_id, ReminderOptOut.address == folded(address))
    gone = delete(ReminderOptOut).where(*mine, ReminderOptOut.created_at == off_at)
    return session.scalar(gone.returning(ReminderOptOut.address)) is not None


def write_once(session: Session, row: Mapping[str, Any]) -> None:
    """Plan a message, unless there is one with its `dedupe_key`."""
    session.execute(insert(Notification).values(**row).on_conflict_do_nothing(index_elements=["dedupe_key"]))
