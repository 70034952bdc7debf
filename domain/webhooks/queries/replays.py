"""Replays: the events of some time, told to one endpoint again, a page of them in a transaction."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.kernel import locks
from domain.webhooks.queries.fan_out import NEW, TOLD_OF
from domain.webhooks.tables import WebhookDelivery, WebhookEndpoint, WebhookReplay

OF_A_TIME = """
     WHERE endpoint.id = :endpoint_id
       AND events.created_at >= :since
       AND events.created_at < :until
       AND events.id > :after_id
"""
PAGE = text(f"""
    SELECT max(id), count(*)
      FROM (SELECT events.id {TOLD_OF} {OF_A_TIME} ORDER BY events.id LIMIT :limit) AS page
""")  # noqa: S608 - put together from constants

# What is on its way is left alone.
AGAIN = text(f"""
    {NEW} {OF_A_TIME}
       AND events.id <= :upto_id
     ORDER BY events.id
        ON CONFLICT (endpoint_id, event_id) DO UPDATE
       SET state = 'due', tries = 0, interruptions = 0, next_attempt_at = :now, finished_at = NULL
     WHERE webhook_deliveries.state IN ('delivered', 'dead')
""")  # noqa: S608 - put together from constants


class Page(NamedTuple):
    """The id of a page's last event, None where it has none, and how many it has."""

    upto_id: int | None
    events: int


def page(session: Session, what: WebhookReplay, *, limit: int) -> Page:
    """Return the next events of a replay that its endpoint is to be told of, up to *limit*."""
    return Page._make(session.execute(PAGE, {**_asked(what), "limit": limit}).one())


def replay(session: Session, what: WebhookReplay, upto_id: int, *, now: datetime) -> None:
    """Send a page of a replay, whether or not it was sent before. Its endpoint is locked."""
    locks.require(session, WebhookEndpoint.__tablename__)
    locks.enter(session, WebhookDelivery.__tablename__)
    session.execute(AGAIN, {**_asked(what), "upto_id": upto_id, "now": now})


def replay_by_id(session: Session, replay_id: UUID) -> WebhookReplay | None:
    """Return a replay as it stands; None once it is done."""
    return session.get(WebhookReplay, replay_id, populate_existing=True)


def _asked(what: WebhookReplay) -> dict[str, object]:
    return {"endpoint_id": what.endpoint_id, "since": what.since, "until": what.until, "after_id": what.after_id}
