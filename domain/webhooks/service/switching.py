"""An endpoint is switched off and on, and what becomes of one is told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.kernel import audit, events, jobs
from domain.kernel.actors import Actor
from domain.kernel.changes import NOTHING, Changes
from domain.kernel.plot import BURY
from domain.webhooks import queries
from domain.webhooks.rules.errors import EndpointClearing
from domain.webhooks.rules.states import EndpointState, Reason
from domain.webhooks.rules.urls import host_of
from domain.webhooks.tables import WebhookEndpoint

BATCH = 5000
"""Deliveries that are buried or deleted in one transaction; the purge comes back for the rest."""
AT_ONCE = 1000
"""Deliveries of an endpoint that are changed while somebody waits for it, or for its lock: a tenth of a second's work."""


def disabled(session: Session, row: WebhookEndpoint, reason: Reason, *, by: Actor, now: datetime) -> bool:
    """Disable a locked endpoint; what waits for it is dead, all of it soon. False: it was not enabled."""
    if row.state != EndpointState.ENABLED:
        return False
    row.state, row.disabled_reason = EndpointState.DISABLED, reason.value
    why: Changes = {"disabled_reason": (None, reason.value)}
    tell_change(session, "disabled", row, by, why, now, reason=reason.value)
    bury_first(session, row.id, now=now)
    return True


def enabled_again(session: Session, row: WebhookEndpoint, *, by: Actor, now: datetime) -> bool:
    """Enable a locked endpoint; False: it was not disabled.

    Errors: EndpointClearing, while more waits since before than can be buried at once.
    """
    if row.state != EndpointState.DISABLED:
        return False
    if queries.do_more_wait(session, row.id, than=AT_ONCE):
        raise EndpointClearing
    queries.bury_of(session, row.id, limit=AT_ONCE, now=now)  # it would come out of order, and unasked
    row.state, row.disabled_reason, row.failing_since = EndpointState.ENABLED, None, None
    tell_change(session, "enabled", row, by, NOTHING, now)
    return True


def bury_first(session: Session, endpoint_id: UUID, *, now: datetime) -> None:
    """Let a batch of what waits for a locked endpoint be dead, and have a job see to the rest: somebody waits for this."""
    if queries.bury_of(session, endpoint_id, limit=AT_ONCE, now=now) == AT_ONCE:
        jobs.add(session, [jobs.Order(kind=BURY, ref_id=endpoint_id)], now=now)


def bury_batch(session: Session, endpoint_id: UUID, *, now: datetime) -> bool:
    """Let the next batch be dead of what waits for an endpoint that is sent nothing; tell whether there may be more.

    Locks the endpoint: what waits once it is enabled again is not meant. The last one ends the endpoint's jobs.
    """
    if queries.is_off_for_update(session, endpoint_id):
        buried = queries.bury_of(session, endpoint_id, limit=AT_ONCE, now=now)
        if buried == AT_ONCE:
            return True
    jobs.finish(session, BURY, [endpoint_id], now=now)
    return False


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
