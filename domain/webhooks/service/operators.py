"""What operators see of endpoints that are not theirs, and do about them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.kernel.actors import Actor
from domain.kernel.errors import NotFound
from domain.webhooks import queries
from domain.webhooks.queries import operators
from domain.webhooks.rules.states import EndpointState
from domain.webhooks.service.switching import enabled_again
from domain.webhooks.tables import WebhookEndpoint


def endpoints(session: Session, state: str | None, *, limit: int) -> Sequence[WebhookEndpoint]:
    """Return endpoints, the newest first: those that are `failing` or `disabled`, or all that are not deleted."""
    return operators.all_endpoints(session, state, limit=limit)


def enable(session: Session, endpoint_id: UUID, *, by: Actor, now: datetime) -> bool:
    """Send to a disabled endpoint again, as its owner might have it; False: it was not. Locks it.

    Errors: NotFound, EndpointClearing.
    """
    if queries.endpoint(session, endpoint_id) is None:
        raise NotFound(what="webhook endpoint")
    row = queries.endpoint_for_update(session, endpoint_id)
    if row.state == EndpointState.DELETED:
        raise NotFound(what="webhook endpoint")
    return enabled_again(session, row, by=by, now=now)
