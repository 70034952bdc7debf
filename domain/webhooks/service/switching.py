"""An endpoint is switched off and on, and what becomes of one is told."""

from datetime import datetime

from sqlalchemy.orm import Session

from domain.kernel import audit, events
from domain.kernel.actors import Actor
from domain.kernel.changes import NOTHING, Changes
from domain.webhooks import queries
from domain.webhooks.rules.states import EndpointState, Reason
from domain.webhooks.rules.urls import host_of
from domain.webhooks.tables import WebhookEndpoint

BATCH = 5000
"""Deliveries that are buried or deleted in one transaction; the purge comes back for the rest."""


def disabled(session: Session, row: WebhookEndpoint, reason: Reason, *, by: Actor, now: datetime) -> bool:
    """Disable a locked endpoint; what waits for it is dead. False: it was not enabled."""
    if row.state != EndpointState.ENABLED:
        return False
    row.state, row.disabled_reason = EndpointState.DISABLED, reason.value
    why: Changes = {"disabled_reason": (None, reason.value)}
    tell_change(session, "disabled", row, by, why, now, reason=reason.value)
    queries.bury(session, limit=BATCH, now=now)
    return True


def enabled_again(session: Session, row: WebhookEndpoint, *, by: Actor, now: datetime) -> bool:
    """Enable a locked endpoint; False: it was not disabled."""
    if row.state != EndpointState.DISABLED:
        return False
    queries.bury_of(session, row.id, now=now)  # what waited since before would come out of order, and unasked
    row.state, row.disabled_reason, row.failing_since = EndpointState.ENABLED, None, None
    tell_change(session, "enabled", row, by, NOTHING, now)
    return True


def tell_change(
    session: Session, what: str, row: WebhookEndpoint, by: Actor, changes: Changes, now: datetime, **more: str
) -> None:
    """Count a locked endpoint's version up, and tell of it."""
    row.version += 1
    tell(session, what, row, by, changes, now, **more)


def tell(
    session: Session, what: str, row: WebhookEndpoint, by: Actor, changes: Changes, now: datetime, **more: str
) -> None:
    """Leave an event, which says *more*, and an audit entry with what changed."""
    row.updated_at = now
    session.flush()
    fact = events.Fact(
        kind=f"webhook_endpoint.{what}",
        business_id=row.business_id,
        subject_id=row.id,
        subject_version=row.version,
        payload={"host": host_of(row.url), **more},  # the rest may hold a secret, and is for admins
    )
    events.record(session, [fact], now=now)
    audit.record(session, by, fact.kind, row.id, business_id=row.business_id, changes=changes, now=now)
