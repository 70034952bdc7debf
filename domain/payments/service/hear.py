"""What webhooks say: kept as it came, before anybody asks what it means, and looked into later.

A webhook is never believed beyond which object to look at. Which account it is of is known by its path and its
signature; whose payment it is, by what was stored.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.kernel import jobs
from domain.kernel.plot import APPLY
from domain.payments import queries
from domain.payments.tables import Payment, ProviderEvent

KEPT = timedelta(days=30)
PURGED = 5000


class Said(NamedTuple):
    """A webhook's event: what tells it from others, of which kind it is, and which payment it is about (None: none)."""

    key: str
    kind: str
    payment_ref: str | None
    body: bytes


def hear(session: Session, account_id: UUID, said: Said, *, now: datetime) -> UUID:
    """Keep an event, and have it looked into if it is new; return its id."""
    event_id, is_new = queries.keep_event(
        session,
        account_id,
        key=said.key,
        kind=said.kind,
        payment_ref=said.payment_ref,
        body=said.body,
        now=now,
    )
    if is_new:
        jobs.add(session, [jobs.Order(kind=APPLY, ref_id=event_id)], now=now)
    return event_id


def meant(session: Session, event_id: UUID) -> tuple[ProviderEvent, Payment | None] | None:
    """Return an event that is still to be looked into, with the payment that it is about, if that is known."""
    event = queries.event_by_id(session, event_id)
    if event is None or event.state != "new":
        return None
    payment = None
    if event.payment_ref is not None:
        payment = queries.payment_by_ref(session, event.account_id, event.payment_ref)
    return event, payment


def finished(
    session: Session, event_id: UUID, state: str, outcome: str, *, now: datetime, payment_id: UUID | None = None
) -> None:
    """Write down what became of an event; its job is done by that."""
    event = queries.event_for_update(session, event_id)
    event.state, event.outcome, event.finished_at, event.payment_id = state, outcome, now, payment_id
    session.flush()
    jobs.finish(session, APPLY, [event_id], now=now)


def purged(session: Session, *, now: datetime) -> bool:
    """Drop the bodies of webhooks that are a month old, a batch of them; tell whether there may be more."""
    return queries.forget_bodies(session, before=now - KEPT, limit=PURGED) == PURGED


def again(session: Session, event_id: UUID, *, now: datetime) -> None:
    """Have an event looked into once more, whatever became of it."""
    event = queries.event_for_update(session, event_id)
    event.state, event.outcome, event.finished_at = "new", None, None
    session.flush()
    jobs.add(session, [jobs.Order(kind=APPLY, ref_id=event_id)], now=now)
