"""How many deliveries and endpoints there are, by state, and how tries of the last month came out."""

from sqlalchemy import case, func, select, text
from sqlalchemy.orm import Session

from domain.kernel.stock import Counts, by_sort
from domain.webhooks.rules.states import DeliveryState, EndpointState
from domain.webhooks.tables import WebhookDelivery, WebhookEndpoint

FAILING, DELIVERED = "failing", "delivered"
# A status that no standard knows is a sort, too, but there are no more than ten of them.
OUTCOMES = text("""
    SELECT CASE WHEN error IS NULL THEN 'delivered'
                WHEN error = 'status' AND status BETWEEN 100 AND 999 THEN concat(status / 100, 'xx')
                ELSE error END AS outcome, count(*) AS how_many
      FROM webhook_attempts GROUP BY 1
""")


def stock(session: Session) -> Counts:
    """Return the counts. An endpoint that is enabled, and whose last try failed, counts as `failing`."""
    deliveries = select(WebhookDelivery.state, func.count()).group_by(WebhookDelivery.state)
    is_failing = (WebhookEndpoint.state == EndpointState.ENABLED) & WebhookEndpoint.failing_since.is_not(None)
    state = case((is_failing, FAILING), else_=WebhookEndpoint.state).label("state")
    endpoints = select(state, func.count()).group_by(state)
    tries = {row.outcome: row.how_many for row in session.execute(OUTCOMES)}
    return {
        "webhook_deliveries": by_sort(session, deliveries, DeliveryState),
        "webhook_endpoints": by_sort(session, endpoints, [*EndpointState, FAILING]),
        "webhook_attempts": {DELIVERED: 0} | tries,
    }
