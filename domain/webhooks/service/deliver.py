"""Sending, in three phases: claim (a transaction) → call (no transaction, not ours) → record (a transaction).

Whoever dies in between leaves a lease that lapses; then the same event is sent again, under the same id.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from domain.kernel import outside
from domain.kernel.actors import SYSTEM
from domain.kernel.feed import Told
from domain.kernel.tails import Stretch
from domain.webhooks import queries
from domain.webhooks.gateway import Claimed, Heard, Outcome, Unheard
from domain.webhooks.rules.schedule import Failing, failed_once_more, next_look, next_try
from domain.webhooks.rules.states import DeliveryState, EndpointState, Failure, Reason
from domain.webhooks.service.switching import BATCH, disabled
from domain.webhooks.tables import WebhookDelivery, WebhookEndpoint

MOST_EACH = 4
"""Tries under way to one endpoint; while it fails, one."""
MOST_ACCOUNT = 16
"""Tries under way to all endpoints of an account's businesses: nobody else waits for whoever has many slow ones."""
MOST_FAILING = 8
"""Tries under way to all endpoints that fail; those that answer are not to wait for them."""
LEASE = timedelta(seconds=30)
"""A call takes 15 seconds at most."""
GONE = 410
KEPT = timedelta(days=30)


def fan_out(session: Session, stretch: Stretch, now: datetime) -> None:
    """Make deliveries of a stretch of events: the work of the tail `webhooks`."""
    queries.add_deliveries(session, stretch, now=now)


def is_any_due(session: Session, *, now: datetime) -> bool:
    """Tell whether somebody should send something."""
    return queries.any_due(session, most=MOST_EACH, now=now)


def waiting_since(session: Session, *, now: datetime) -> datetime | None:
    """Return since when what has waited longest could have been sent; None: nothing waits."""
    return queries.waiting_since(session, now=now)


def take_back(session: Session, *, now: datetime) -> None:
    """Let what somebody held who fell silent be sent again soon, or be dead after too many of them.

    Locks deliveries, in a transaction of its own; waits for nobody.
    """
    queries.take_back(session, now=now)


def claim(session: Session, lease: str, *, limit: int, now: datetime) -> Sequence[Claimed]:
    """Lease up to *limit* due deliveries, *lease* being this claimer's own word.

    Locks accounts and endpoints, leaving those that others hold, then deliveries of these endpoints.
    """
    room = queries.endpoints_with_room_for_update(
        session, most=MOST_EACH, most_account=MOST_ACCOUNT, failing=MOST_FAILING, limit=limit, now=now
    )
    if not room:
        return ()
    until = now + LEASE
    most = {"most": MOST_EACH, "most_account": MOST_ACCOUNT}
    ids = queries.take(session, room, **most, limit=limit, now=now, lease=lease, lease_until=until)
    rows = queries.told(session, ids, now=now)
    new = {row.id: body_of(_event(row)) for row in rows if row.body is None}
    if new:
        queries.keep_bodies(session, new)
    return [_claimed(row, new.get(row.id, row.body), lease, until) for row in rows]


def record(session: Session, claimed: Claimed, outcome: Outcome, *, now: datetime) -> bool:
    """Write down what came of a try; False: the lease had lapsed, or this was done before; then it changes nothing.

    Locks the endpoint, then the delivery. Records that an endpoint was disabled.
    """
    endpoint = queries.endpoint_for_update(session, claimed.endpoint_id)
    delivery = queries.delivery_for_update(session, claimed.delivery_id)
    if delivery is None or (delivery.leased_by, delivery.attempts) != (claimed.lease, claimed.attempt):
        return False
    queries.add_attempt(session, delivery.id, delivery.attempts, now, **_kept(outcome))
    delivery.leased_by = delivery.lease_until = None
    if isinstance(outcome, Unheard) and outcome.failure == Failure.SECRET:
        _put_off(endpoint, delivery, now)
        return True
    delivery.interruptions = 0
    if isinstance(outcome, Heard) and outcome.is_good:
        delivery.state, delivery.finished_at, delivery.last_error = DeliveryState.DELIVERED, now, None
        endpoint.failing_since = None
        return True
    delivery.last_error = _said(outcome)
    _fail(session, endpoint, delivery, outcome, now)
    return True


def purged(session: Session, *, now: datetime) -> bool:
    """Delete a batch of deliveries that were over a month ago, with their tries; tell whether there may be more.

    What still waits for an endpoint that is sent nothing is dead from now on.
    """
    buried = queries.bury(session, limit=BATCH, now=now)
    deleted = queries.delete_finished(session, before=now - KEPT, limit=BATCH)
    if BATCH in {buried, deleted}:
        return True
    queries.delete_endpoints(session)
    return False


def body_of(event: dict[str, Any]) -> str:
    """Return what is sent about an event, as it is outside."""
    sent = {"type": event["type"], "timestamp": event["created_at"], "data": event}
    return json.dumps(sent, ensure_ascii=False, separators=(",", ":"))


def _put_off(endpoint: WebhookEndpoint, delivery: WebhookDelivery, now: datetime) -> None:
    """Let a delivery wait that nobody could sign: the receiver was not asked, so none of its tries is used up."""
    in_a_row = delivery.interruptions if delivery.last_error == Failure.SECRET else 0
    delivery.tries, delivery.interruptions = max(delivery.tries - 1, 0), in_a_row + 1
    delivery.last_error = Failure.SECRET.value
    again = next_look(delivery.interruptions, delivery.id, now=now)
    if again is None or endpoint.state != EndpointState.ENABLED:
        delivery.state, delivery.finished_at = DeliveryState.DEAD, now
    else:
        delivery.state, delivery.next_attempt_at = DeliveryState.DUE, again


def _fail(
    session: Session, endpoint: WebhookEndpoint, delivery: WebhookDelivery, outcome: Outcome, now: datetime
) -> None:
    gone = isinstance(outcome, Heard) and outcome.status == GONE
    failing = _fail_again(endpoint, now)
    asked = outcome.retry_after if isinstance(outcome, Heard) else None
    again = next_try(delivery.tries, delivery.id, now=now, asked=asked)
    if gone or again is None or endpoint.state != EndpointState.ENABLED:
        delivery.state, delivery.finished_at = DeliveryState.DEAD, now
    else:
        delivery.state, delivery.next_attempt_at = DeliveryState.DUE, again
    if gone or failing.is_given_up:
        disabled(session, endpoint, Reason.GONE if gone else Reason.FAILING, by=SYSTEM, now=now)


def _fail_again(endpoint: WebhookEndpoint, now: datetime) -> Failing:
    since, day_at = endpoint.failing_since, endpoint.failing_day_at
    before = Failing(since, endpoint.failing_days, day_at or since) if since else None
    failing = failed_once_more(before, now=now)
    endpoint.failing_since, endpoint.failing_days, endpoint.failing_day_at = failing
    return failing


def _kept(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Unheard):
        return {"milliseconds": outcome.milliseconds, "error": outcome.failure.value, "detail": outcome.detail}
    error = None if outcome.is_good else Failure.STATUS.value
    return {
        "milliseconds": outcome.milliseconds,
        "status": outcome.status,
        "error": error,
        "answer": outcome.body,
    }


def _said(outcome: Outcome) -> str:
    return outcome.failure.value if isinstance(outcome, Unheard) else f"{Failure.STATUS.value} {outcome.status}"


def _event(row: Row[Any]) -> dict[str, Any]:
    return outside.event(
        Told(
            public_id=row.public_id,
            business_id=row.business_id,
            kind=row.kind,
            subject_id=row.subject_id,
            subject_version=row.subject_version,
            payload=row.payload,
            request_id=row.request_id,
            created_at=row.created_at,
        )
    )


def _claimed(row: Row[Any], body: str, lease: str, until: datetime) -> Claimed:
    return Claimed(
        delivery_id=row.id,
        endpoint_id=row.endpoint_id,
        event_id=row.event_id,
        attempt=row.attempts,
        lease=lease,
        lease_until=until,
        url=row.url,
        secrets=tuple(each for each in (row.secret, row.previous_secret) if each),
        body=body,
    )
