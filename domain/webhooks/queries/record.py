"""What became of tries: locked by endpoint first, then by delivery, as whoever claims does."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, delete, exists, select, text, update
from sqlalchemy.orm import Session

from domain.kernel import locks
from domain.webhooks.rules.schedule import AFTER_INTERRUPTION, INTERRUPTIONS
from domain.webhooks.rules.states import OVER, DeliveryState, EndpointState, Failure
from domain.webhooks.tables import WebhookAttempt, WebhookDelivery, WebhookEndpoint

# Whoever comes first takes them back; nobody waits. Those that one worker held wait for different times: one that kills
# whoever sends it does not take the same others with it again and again.
TAKEN_BACK = text("""
    WITH lapsed AS (
        SELECT delivery.id, delivery.attempts, row.interruptions,
               endpoint.state = 'enabled' AND row.interruptions < :most AS goes_on
          FROM webhook_deliveries AS delivery
          JOIN webhook_endpoints AS endpoint ON endpoint.id = delivery.endpoint_id
         CROSS JOIN LATERAL (
               SELECT 1 + CASE WHEN delivery.last_error = :failure THEN delivery.interruptions ELSE 0 END AS interruptions
               ) AS row
         WHERE delivery.state = 'sending' AND delivery.lease_until <= :now
         LIMIT 1000
           FOR NO KEY UPDATE OF delivery SKIP LOCKED),
    noted AS (
        INSERT INTO webhook_attempts (delivery_id, number, at, error)
        SELECT id, attempts, :now, :failure FROM lapsed)
    UPDATE webhook_deliveries AS delivery
       SET state = CASE WHEN lapsed.goes_on THEN 'due' ELSE 'dead' END,
           tries = greatest(delivery.tries - 1, 0), interruptions = lapsed.interruptions,
           next_attempt_at = CASE WHEN lapsed.goes_on
               THEN CAST(:now AS timestamptz) + lapsed.interruptions * (0.5 + random()) * CAST(:pause AS interval) END,
           finished_at = CASE WHEN lapsed.goes_on THEN NULL ELSE CAST(:now AS timestamptz) END,
           leased_by = NULL, lease_until = NULL, last_error = :failure
      FROM lapsed
     WHERE delivery.id = lapsed.id
 RETURNING delivery.id
""")

BURIED = text("""
    WITH waiting AS (
        SELECT delivery.id
          FROM webhook_endpoints AS endpoint
          JOIN webhook_deliveries AS delivery ON delivery.endpoint_id = endpoint.id AND delivery.state = 'due'
         WHERE endpoint.state <> 'enabled'
         LIMIT :limit
           FOR NO KEY UPDATE OF delivery SKIP LOCKED)
    UPDATE webhook_deliveries AS delivery
       SET state = 'dead', next_attempt_at = NULL, finished_at = :now, last_error = :failure
      FROM waiting
     WHERE delivery.id = waiting.id
 RETURNING delivery.id
""")

# Of the first that are to come later, so that a long row of others costs whoever waits for it no more than that.
HURRIED = text("""
    UPDATE webhook_deliveries SET next_attempt_at = :now
     WHERE id IN (
           SELECT id
             FROM (SELECT id, last_error FROM webhook_deliveries
                    WHERE endpoint_id = :endpoint_id AND state = 'due' AND next_attempt_at > :now
                    ORDER BY next_attempt_at LIMIT :limit) AS later
            WHERE last_error = :failure)
""")


def take_back(session: Session, *, now: datetime) -> Sequence[UUID]:
    """Take back what was being sent by somebody who fell silent, to be sent again soon; a try that is noted.

    It takes up no place on the schedule, for the receiver is not to blame. What was interrupted INTERRUPTIONS times in a
    row is dead: it ends whoever sends it.

    Locks deliveries, and waits for none that others hold. Not their endpoints, which come before them: so this is a
    transaction of its own, that locks nothing after.
    """
    locks.enter(session, WebhookDelivery.__tablename__)
    bounds = {"most": INTERRUPTIONS, "pause": AFTER_INTERRUPTION}
    return session.scalars(TAKEN_BACK, {"now": now, "failure": Failure.INTERRUPTED.value, **bounds}).all()


def delivery_for_update(session: Session, delivery_id: UUID) -> WebhookDelivery | None:
    """Lock a delivery, after its endpoint, and return it freshly read."""
    locks.require(session, WebhookEndpoint.__tablename__)
    found = locks.rows_for_update(session, WebhookDelivery, WebhookDelivery.id == delivery_id)
    return found[0] if found else None


def add_attempt(session: Session, delivery_id: UUID, number: int, at: datetime, **told: Any) -> None:  # noqa: ANN401 - columns
    """Keep one try."""
    session.add(WebhookAttempt(delivery_id=delivery_id, number=number, at=at, **told))


def bury(session: Session, *, limit: int, now: datetime) -> int:
    """Let what waits for endpoints that are sent nothing be dead, so many at a time; return how many that were.

    Locks deliveries, and waits for none that others hold.
    """
    return len(session.scalars(BURIED, {"now": now, "failure": Failure.ENDPOINT.value, "limit": limit}).all())


def bury_of(session: Session, endpoint_id: UUID, *, limit: int, now: datetime) -> int:
    """Let so much of what waits for one locked endpoint be dead; return how much that was.

    Waits for the purge, which waits for nobody, where that is at the same. In the order of the index: one batch after
    another would else read again and again what the batches before have buried.
    """
    locks.require(session, WebhookEndpoint.__tablename__)
    waits = _waits_for(endpoint_id)
    first = select(WebhookDelivery.id).where(*waits).order_by(WebhookDelivery.next_attempt_at).limit(limit)
    over = {"state": DeliveryState.DEAD, "next_attempt_at": None, "finished_at": now, "last_error": Failure.ENDPOINT}
    buried = update(WebhookDelivery).where(WebhookDelivery.id.in_(first), *waits).values(over)
    result = session.execute(buried.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)  # noqa: S101
    return result.rowcount


def do_more_wait(session: Session, endpoint_id: UUID, *, than: int) -> bool:
    """Tell whether more deliveries wait to be sent to an endpoint *than* so many; the others are not counted."""
    ones = select(WebhookDelivery.id).where(*_waits_for(endpoint_id)).order_by(WebhookDelivery.next_attempt_at)
    return session.scalar(ones.offset(than).limit(1)) is not None


def _waits_for(endpoint_id: UUID) -> Sequence[ColumnElement[bool]]:
    return (WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state == DeliveryState.DUE)


def hurry_unsigned(session: Session, endpoint_id: UUID, *, limit: int, now: datetime) -> None:
    """Let what could not be signed be sent now, of the next *limit* of a locked endpoint; the others come in their time."""
    locks.require(session, WebhookEndpoint.__tablename__)
    locks.enter(session, WebhookDelivery.__tablename__)
    such = {"endpoint_id": endpoint_id, "failure": Failure.SECRET.value, "limit": limit, "now": now}
    session.execute(HURRIED, such)


def delete_finished(session: Session, *, before: datetime, limit: int) -> int:
    """Delete deliveries that were over before then, with their tries; return how many that were."""
    is_old = (WebhookDelivery.state.in_(OVER), WebhookDelivery.finished_at < before)
    old = select(WebhookDelivery.id).where(*is_old).limit(limit)
    # Said twice: what was asked for again while this waited for its row is over no more.
    result = session.execute(delete(WebhookDelivery).where(WebhookDelivery.id.in_(old), *is_old))
    assert isinstance(result, CursorResult)  # noqa: S101
    return result.rowcount


def delete_endpoints(session: Session) -> None:
    """Delete for good what was deleted and has no deliveries left."""
    left = exists().where(WebhookDelivery.endpoint_id == WebhookEndpoint.id)
    session.execute(
        delete(WebhookEndpoint)
        .where(WebhookEndpoint.state == EndpointState.DELETED, ~left)
        .execution_options(synchronize_session=False)
    )
