"""Replays: asked for in one transaction, and worked off a page in each by a job, so that none is open for long.

What is told of the feed waits for the oldest transaction that writes, and whoever records what came of a try waits for the
endpoint's lock.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.kernel import audit, jobs
from domain.kernel.changes import fresh
from domain.kernel.ids import new_id
from domain.kernel.plot import REPLAY
from domain.webhooks import queries
from domain.webhooks.rules.errors import ReplayTooLarge
from domain.webhooks.rules.states import EndpointState
from domain.webhooks.service.delivery import enabled
from domain.webhooks.tables import WebhookReplay

MOST_REPLAYED = 10_000
PAGE = 500
"""Events that are replayed in one transaction."""


def replay(
    session: Session, endpoint_id: UUID, since: datetime, until: datetime, *, caller: Principal, now: datetime
) -> int:
    """Have a job send what happened from *since* until before *until*, and by now; return how many events that is.

    They keep their ids, also those that were sent already. Errors: NotFound, AdminsOnly, EndpointDisabled, ReplayTooLarge.
    """
    endpoint = enabled(session, endpoint_id, caller)
    asked = WebhookReplay(
        id=new_id(), endpoint_id=endpoint.id, since=since, until=min(until, now), after_id=0, created_at=now
    )
    events = queries.page(session, asked, limit=MOST_REPLAYED + 1).events
    if events > MOST_REPLAYED:
        raise ReplayTooLarge(most=MOST_REPLAYED)
    session.add(asked)
    session.flush()
    audit.record(
        session,
        caller.actor,
        "webhook_endpoint.replayed",
        endpoint.id,
        business_id=endpoint.business_id,
        changes=fresh({"since": since, "until": until}),
        now=now,
    )
    jobs.add(session, [jobs.Order(kind=REPLAY, ref_id=asked.id)], now=now)
    return events


def replay_page(session: Session, replay_id: UUID, *, now: datetime) -> bool:
    """Send the next page of a replay, and tell whether there may be more; the last one ends it, and its jobs.

    What is on its way is left alone, and nothing is sent to an endpoint that was disabled meanwhile. Locks the endpoint.
    """
    found = queries.replay_by_id(session, replay_id)
    if found is not None and _took_a_page(session, found.endpoint_id, replay_id, now):
        return True
    jobs.finish(session, REPLAY, [replay_id], now=now)
    return False


def _took_a_page(session: Session, endpoint_id: UUID, replay_id: UUID, now: datetime) -> bool:
    endpoint = queries.endpoint_for_update(session, endpoint_id)
    asked = queries.replay_by_id(session, replay_id)  # whoever had the lock may have taken this page, or the last one
    if asked is None:
        return False
    page = queries.page(session, asked, limit=PAGE)
    if endpoint.state != EndpointState.ENABLED or page.upto_id is None:
        session.delete(asked)
        session.flush()
        return False
    queries.replay(session, asked, page.upto_id, now=now)
    asked.after_id = page.upto_id
    session.flush()
    return True
