"""What operators see of endpoints that are not theirs."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from domain.webhooks.queries import operators as queries
from domain.webhooks.tables import WebhookEndpoint


def endpoints(session: Session, state: str | None, *, limit: int) -> Sequence[WebhookEndpoint]:
    """Return endpoints, the newest first: those that are `failing` or `disabled`, or all that are not deleted."""
    return queries.all_endpoints(session, state, limit=limit)
