"""What businesses have chosen: how they write, when they remind, their own words, and who does not want to hear."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.notifications.tables import MessageSettings, MessageTemplate, ReminderOptOut, ReminderPlan


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


def opt_out(session: Session, business_id: UUID, address: str, *, now: datetime) -> None:
    """Note that an address does not want to be reminded by a business. Safe to repeat."""
    row = {"business_id": business_id, "address": address.lower(), "created_at": now}
    session.execute(insert(ReminderOptOut).values(**row).on_conflict_do_nothing())


def has_opted_out(session: Session, business_id: UUID, address: str) -> bool:
    """Tell whether an address does not want to be reminded by a business."""
    return session.get(ReminderOptOut, (business_id, address.lower())) is not None


def opt_in(session: Session, business_id: UUID, address: str) -> None:
    """Forget that an address did not want to be reminded by a business. Safe to repeat."""
    mine = (ReminderOptOut.business_id == business_id, ReminderOptOut.address == address.lower())
    session.execute(delete(ReminderOptOut).where(*mine))
