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
from domain.payments.rules.errors import WebhooksPiledUp
from domain.payments.tables import Payment, ProviderEvent

KEPT = timedelta(days=30)
PURGED = 5000
MOST_WAITING = 100
SAME_NEWS = timedelta(minutes=1)
LONGEST_UNKNOWN = 16_000


class Said(NamedTuple):
    """A webhook's event: what tells it from others, of which kind it is, and which payment it is about (None: none)."""

    key: str
    kind: str
    payment_ref: str | None
    body: bytes


def hear(session: Session, account_id: UUID, said: Said, *, now: datetime) -> UUID:
    """Keep an event, and have it looked into if it is new; return its id.

    Paystack says of two equal refunds the very same, so a copy that comes later than its sender would repeat itself for is
    looked into once more.

    Whoever has a business signs what its own account is said to say. So that they hold up nobody else, no more than a
    hundred of those wait at a time. Errors: WebhooksPiledUp; a provider sends it again.
    """
    own = queries.account(session, account_id).business_id is not None
    if own and queries.waiting_events(session, account_id, limit=MOST_WAITING) >= MOST_WAITING:
        raise WebhooksPiledUp
    event, is_new = queries.keep_event(
        session, account_id, key=said.key, kind=said.kind, payment_ref=said.payment_ref, body=said.body
    )
    if is_new:
        jobs.add(session, [jobs.Order(kind=APPLY, ref_id=event.id)], now=now)
    elif event.finished_at is not None and now - event.finished_at > SAME_NEWS:
        again(session, event.id, now=now)
    return event.id


class Meant(NamedTuple):
    """An event that is to be looked into *at* this moment by the database's clock, and its payment, if that is known."""

    event: ProviderEvent
    payment: Payment | None
    at: datetime


def meant(session: Session, event_id: UUID) -> Meant | None:
    """Return what an event is about; None: it has been looked into."""
    event = queries.event_by_id(session, event_id)
    if event is None or event.state != "new":
        return None
    payment = None
    if event.payment_ref is not None:
        payment = queries.payment_by_ref(session, event.account_id, event.payment_ref)
    return Meant(event, payment, queries.present(session))


def applied(
    session: Session, event: ProviderEvent, outcome: str, *, heard_by: datetime, payment_id: UUID, now: datetime
) -> None:
    """Write down that an event's payment was looked at, and with it whatever else of it was *heard_by* then.

    Providers say several things of one payment at a time, and whoever has an account of their own, as many as they like.
    """
    about = queries.events_about_for_update(session, event, heard_by=heard_by)
    for each in about:
        each.state, each.outcome, each.finished_at, each.payment_id = "applied", outcome, now, payment_id
    session.flush()
    jobs.finish(session, APPLY, [each.id for each in about], now=now)


def ignored(session: Session, event_id: UUID, outcome: str, *, now: datetime) -> None:
    """Write down that an event is about nothing that is known here; its job is done by that."""
    event = queries.event_for_update(session, event_id)
    event.state, event.outcome, event.finished_at = "ignored", outcome, now
    if len(event.body or b"") > LONGEST_UNKNOWN:
        event.body = None
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
