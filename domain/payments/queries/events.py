"""What providers' webhooks said."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, defer

from domain.kernel import locks
from domain.kernel.ids import new_id
from domain.kernel.periods import Period, made_within
from domain.payments.tables import ProviderAccount, ProviderEvent


class Heard(NamedTuple):
    """What was said, and of which account."""

    event: ProviderEvent
    account: ProviderAccount


def keep_event(
    session: Session, account_id: UUID, *, key: str, kind: str, payment_ref: str | None, body: bytes
) -> tuple[ProviderEvent, bool]:
    """Keep what was said once, by the database's clock, and count its copies; return it, and whether it is new."""
    added = insert(ProviderEvent).values(
        id=new_id(),
        account_id=account_id,
        dedupe_key=key,
        kind=kind,
        payment_ref=payment_ref,
        body=body,
        state="new",
        received_at=func.now(),
    )
    counted = added.on_conflict_do_update(
        index_elements=["account_id", "dedupe_key"], set_={"copies": ProviderEvent.copies + 1}
    )
    kept = session.scalars(counted.returning(ProviderEvent), execution_options={"populate_existing": True}).one()
    return kept, kept.copies == 1


def present(session: Session) -> datetime:
    """Return the present by the database's clock, which all hosts share."""
    found: datetime = session.scalars(select(func.clock_timestamp())).one()
    return found


def waiting_events(session: Session, account_id: UUID, *, limit: int) -> int:
    """Return how many of an account's events are still to be looked into; beyond *limit* they are not counted."""
    waiting = select(ProviderEvent.id).where(ProviderEvent.account_id == account_id, ProviderEvent.state == "new")
    return session.scalars(select(func.count()).select_from(waiting.limit(limit).subquery())).one()


def event_by_id(session: Session, event_id: UUID) -> ProviderEvent | None:
    """Return what was said."""
    return session.get(ProviderEvent, event_id, populate_existing=True)


def events(
    session: Session, made: Period, *, state: str | None, kind: str | None, before: UUID | None, limit: int
) -> Sequence[Heard]:
    """Return what was said, the newest first, without its bodies: these may be long, and there are many."""
    filters = {ProviderEvent.state: state, ProviderEvent.kind: kind}
    where = [column == value for column, value in filters.items() if value is not None]
    where += made_within(made, ProviderEvent.received_at, ProviderEvent.id)
    if before is not None:
        where.append(ProviderEvent.id < before)
    rows = select(ProviderEvent, ProviderAccount).join(ProviderAccount, ProviderAccount.id == ProviderEvent.account_id)
    asked = rows.where(*where).order_by(ProviderEvent.id.desc()).limit(limit)
    return [Heard(event, account) for event, account in session.execute(asked.options(defer(ProviderEvent.body)))]


def event_for_update(session: Session, event_id: UUID) -> ProviderEvent:
    """Lock what was said, and return it freshly read."""
    (found,) = locks.rows_for_update(session, ProviderEvent, ProviderEvent.id == event_id)
    return found


def events_about_for_update(session: Session, event: ProviderEvent, *, heard_by: datetime) -> Sequence[ProviderEvent]:
    """Lock an event, and what else its account said of the same payment until then that is still to be looked into."""
    same = and_(ProviderEvent.account_id == event.account_id, ProviderEvent.payment_ref == event.payment_ref)
    waiting = and_(same, ProviderEvent.state == "new", ProviderEvent.received_at <= heard_by)
    return locks.rows_for_update(session, ProviderEvent, or_(ProviderEvent.id == event.id, waiting))


def forget_bodies(session: Session, *, before: datetime, limit: int) -> int:
    """Drop the bodies of what was said long ago; return how many those were."""
    old = (ProviderEvent.body.is_not(None), ProviderEvent.received_at < before, ProviderEvent.state != "new")
    ids = select(ProviderEvent.id).where(*old).limit(limit)
    gone = update(ProviderEvent).where(ProviderEvent.id.in_(ids)).values(body=None).returning(ProviderEvent.id)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())
