"""Reading endpoints, deliveries and their tries."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from domain.kernel import locks
from domain.kernel.audit import AuditEntry
from domain.kernel.periods import Period, identified_within, within
from domain.kernel.resealing import Sealed
from domain.webhooks.rules.states import EndpointState
from domain.webhooks.tables import WebhookAttempt, WebhookDelivery, WebhookEndpoint

SEALED = Sealed(
    WebhookEndpoint, [WebhookEndpoint.state != EndpointState.DELETED], needed=["secret"], spare=["previous_secret"]
)
"""Secrets of endpoints: without the newest nothing can be signed, without the one before it can."""


def endpoint(session: Session, endpoint_id: UUID) -> WebhookEndpoint | None:
    """Return an endpoint, whoever asks, unless it is deleted."""
    such = (WebhookEndpoint.id == endpoint_id, WebhookEndpoint.state != EndpointState.DELETED)
    return session.scalar(select(WebhookEndpoint).where(*such))


def endpoint_for_update(session: Session, endpoint_id: UUID) -> WebhookEndpoint:
    """Lock an endpoint, which must exist, and return it freshly read."""
    (found,) = locks.rows_for_update(session, WebhookEndpoint, WebhookEndpoint.id == endpoint_id)
    return found


def is_off_for_update(session: Session, endpoint_id: UUID) -> bool:
    """Lock an endpoint, if it is still there, and tell whether it is sent nothing."""
    found = locks.rows_for_update(session, WebhookEndpoint, WebhookEndpoint.id == endpoint_id)
    return any(each.state != EndpointState.ENABLED for each in found)


def endpoints(session: Session, business_id: UUID, *, after: UUID | None, limit: int) -> Sequence[WebhookEndpoint]:
    """Return a business's endpoints, in the order in which they were made."""
    where = [WebhookEndpoint.business_id == business_id, WebhookEndpoint.state != EndpointState.DELETED]
    if after is not None:
        where.append(WebhookEndpoint.id > after)
    return session.scalars(select(WebhookEndpoint).where(*where).order_by(WebhookEndpoint.id).limit(limit)).all()


def endpoints_set_by(session: Session, user_id: UUID, business_ids: Collection[UUID]) -> Sequence[WebhookEndpoint]:
    """Return the endpoints of some businesses that a user has made, changed, or been told the secret of.

    The audit log knows, as far back as it is kept.
    """
    such = (WebhookEndpoint.business_id.in_(business_ids), WebhookEndpoint.state != EndpointState.DELETED)
    done = [f"webhook_endpoint.{what}" for what in ("created", "updated", "secret_rotated")]
    was_theirs = exists().where(
        AuditEntry.subject_id == WebhookEndpoint.id, AuditEntry.actor_id == user_id, AuditEntry.action.in_(done)
    )
    return session.scalars(select(WebhookEndpoint).where(*such, was_theirs).order_by(WebhookEndpoint.id)).all()


def count_endpoints(session: Session, business_id: UUID) -> int:
    """Count a business's endpoints."""
    such = (WebhookEndpoint.business_id == business_id, WebhookEndpoint.state != EndpointState.DELETED)
    return session.scalars(select(func.count()).select_from(WebhookEndpoint).where(*such)).one()


def delivery(session: Session, delivery_id: UUID) -> WebhookDelivery | None:
    """Return a delivery, whoever asks."""
    return session.get(WebhookDelivery, delivery_id)


def deliveries(
    session: Session, business_id: UUID, filters: Mapping[str, Any], made: Period, *, before: UUID | None, limit: int
) -> Sequence[WebhookDelivery]:
    """Return a business's deliveries, those of the newest events first."""
    where = [getattr(WebhookDelivery, name) == value for name, value in filters.items() if value is not None]
    # An id is of its event's time, which a replay may come long after, and nothing before.
    where += within(made, WebhookDelivery.created_at)
    where += identified_within(made._replace(since=None), WebhookDelivery.id)
    if before is not None:
        where.append(WebhookDelivery.id < before)
    mine = select(WebhookDelivery).where(WebhookDelivery.business_id == business_id, *where)
    return session.scalars(mine.order_by(WebhookDelivery.id.desc()).limit(limit)).all()


def attempts(session: Session, delivery_id: UUID, *, limit: int) -> Sequence[WebhookAttempt]:
    """Return the last tries of a delivery, the first of them first."""
    mine = select(WebhookAttempt).where(WebhookAttempt.delivery_id == delivery_id)
    return session.scalars(mine.order_by(WebhookAttempt.number.desc()).limit(limit)).all()[::-1]
