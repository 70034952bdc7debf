"""What providers' webhooks said."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.kernel import locks
from domain.kernel.ids import new_id
from domain.payments.tables import ProviderEvent


def keep_event(
    session: Session, account_id: UUID, *, key: str, kind: str, payment_ref: str | None, body: bytes, now: datetime
) -> tuple[UUID, bool]:
    """Keep what was said once, and count its copies; return its id, and whether it is new."""
    added = insert(ProviderEvent).values(
        id=new_id(),
        account_id=account_id,
        dedupe_key=key,
        kind=kind,
        payment_ref=payment_ref,
        body=body,
        state="new",
        received_at=now,
    )
    counted = added.on_conflict_do_update(
        index_elements=["account_id", "dedupe_key"], set_={"copies": ProviderEvent.copies + 1}
    )
    row = session.execute(counted.returning(ProviderEvent.id, ProviderEvent.copies)).one()
    return row.id, row.copies == 1


def event_by_id(session: Session, event_id: UUID) -> ProviderEvent | None:
    """Return what was said."""
    return session.get(ProviderEvent, event_id, populate_existing=True)


def event_for_update(session: Session, event_id: UUID) -> ProviderEvent:
    """Lock what was said, and return it freshly read."""
    (found,) = locks.rows_for_update(session, ProviderEvent, ProviderEvent.id == event_id)
    return found
