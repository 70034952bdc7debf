"""SQL about endpoints, whoever they belong to, for operators."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from domain.webhooks.rules.states import EndpointState
from domain.webhooks.tables import WebhookEndpoint


def all_endpoints(session: Session, state: str | None, *, limit: int) -> Sequence[WebhookEndpoint]:
    """Return endpoints, the newest first: those that are `failing` or `disabled`, or all that are not deleted."""
    such: list[ColumnElement[bool]] = [WebhookEndpoint.state != EndpointState.DELETED]
    if state == EndpointState.DISABLED:
        such.append(WebhookEndpoint.state == EndpointState.DISABLED)
    elif state == "failing":
        such += [WebhookEndpoint.state == EndpointState.ENABLED, WebhookEndpoint.failing_since.is_not(None)]
    return session.scalars(select(WebhookEndpoint).where(*such).order_by(WebhookEndpoint.id.desc()).limit(limit)).all()
