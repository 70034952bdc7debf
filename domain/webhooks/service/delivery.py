"""Deliveries as people ask for them: looked at, tried, sent again. For owners and admins."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.catalog.service.authority import business_seen, require_admin
from domain.kernel import audit, outside
from domain.kernel.errors import NotFound
from domain.kernel.feed import Told
from domain.kernel.ids import new_id
from domain.kernel.periods import Period
from domain.webhooks import queries
from domain.webhooks.rules.errors import DeliveryUnderway, EndpointDisabled
from domain.webhooks.rules.kinds import TEST
from domain.webhooks.rules.states import OVER, DeliveryState, EndpointState, Failure
from domain.webhooks.rules.urls import host_of
from domain.webhooks.service.deliver import body_of
from domain.webhooks.service.endpoint import locked
from domain.webhooks.tables import WebhookAttempt, WebhookDelivery, WebhookEndpoint

TRIES_SHOWN = 20


def deliveries(
    session: Session,
    business_id: UUID,
    filters: Mapping[str, Any],
    made: Period,
    *,
    caller: Principal,
    after: UUID | None,
    limit: int,
) -> Sequence[WebhookDelivery]:
    """Return a page of a business's deliveries, those of the newest events first; *filters* are columns.

    Errors: NotFound, MembersOnly, AdminsOnly.
    """
    business_seen(session, business_id, caller.roles)
    require_admin(caller, business_id)
    return queries.deliveries(session, business_id, filters, made, before=after, limit=limit)


def delivery_of(session: Session, delivery_id: UUID, *, caller: Principal) -> WebhookDelivery:
    """Return a delivery of one of the caller's businesses. Errors: NotFound, AdminsOnly."""
    found = queries.delivery(session, delivery_id)
    if found is None or not caller.is_member(found.business_id):
        raise NotFound(what="webhook delivery")
    require_admin(caller, found.business_id)
    return found


def attempts(session: Session, delivery: WebhookDelivery) -> Sequence[WebhookAttempt]:
    """Return the last tries of a delivery, the first of them first: each holds what was answered, and that can be long."""
    return queries.attempts(session, delivery.id, limit=TRIES_SHOWN)


def was_tried(delivery: WebhookDelivery) -> bool:
    """Tell whether a delivery was tried since it was last asked for, with what came of it; or will not be.

    A try that was interrupted does not count: another follows soon. One that could not be signed does: another is far off.
    """
    is_unsigned = delivery.interruptions > 0 and delivery.last_error == Failure.SECRET
    return delivery.state != DeliveryState.SENDING and (delivery.tries > 0 or is_unsigned or delivery.state in OVER)


def is_tried(session: Session, delivery_id: UUID) -> bool:
    """Tell so of a delivery by its id; one that is not there any more will not be tried."""
    found = queries.delivery(session, delivery_id)
    return found is None or was_tried(found)


def redeliver(session: Session, delivery_id: UUID, *, caller: Principal, now: datetime) -> WebhookDelivery:
    """Send a delivery now, and by the schedule anew, whatever became of it. Locks the endpoint, then the delivery.

    Errors: NotFound, AdminsOnly, EndpointDisabled, DeliveryUnderway.
    """
    endpoint_id = delivery_of(session, delivery_id, caller=caller).endpoint_id
    if queries.endpoint_for_update(session, endpoint_id).state != EndpointState.ENABLED:
        raise EndpointDisabled
    row = queries.delivery_for_update(session, delivery_id)
    if row is None:
        raise NotFound(what="webhook delivery")
    if row.state == DeliveryState.SENDING:
        raise DeliveryUnderway
    row.state, row.next_attempt_at, row.finished_at = DeliveryState.DUE, now, None
    row.tries = row.interruptions = 0
    where = row.business_id
    audit.record(session, caller.actor, "webhook_delivery.redelivered", row.id, business_id=where, now=now)
    session.flush()
    return row


def send_test(session: Session, endpoint_id: UUID, *, caller: Principal, now: datetime) -> WebhookDelivery:
    """Send an event that says only that it is a test; it is none of the feed. Errors: NotFound, AdminsOnly, EndpointDisabled."""
    endpoint = enabled(session, endpoint_id, caller)
    event_id = new_id()
    told = Told(
        public_id=event_id,
        business_id=endpoint.business_id,
        kind=TEST,
        subject_id=endpoint.id,
        subject_version=endpoint.version,
        payload={"host": host_of(endpoint.url)},
        request_id=session.info.get("request_id"),
        created_at=now,
    )
    made = WebhookDelivery(
        id=new_id(),
        endpoint_id=endpoint.id,
        business_id=endpoint.business_id,
        event_id=event_id,
        kind=TEST,
        body=body_of(outside.event(told)),
        state=DeliveryState.DUE,
        attempts=0,
        next_attempt_at=now,
        created_at=now,
    )
    session.add(made)
    where = endpoint.business_id
    audit.record(session, caller.actor, "webhook_endpoint.tested", endpoint.id, business_id=where, now=now)
    session.flush()
    return made


def enabled(session: Session, endpoint_id: UUID, caller: Principal) -> WebhookEndpoint:
    """Lock an endpoint of one of the caller's businesses that is sent something. Errors: NotFound, AdminsOnly, EndpointDisabled."""
    endpoint = locked(session, endpoint_id, caller)
    if endpoint.state != EndpointState.ENABLED:
        raise EndpointDisabled
    return endpoint
