"""Webhook deliveries: what was sent, what was answered, and sending it again."""

from uuid import UUID

from flask import Response

from config.clock import clock
from config.transaction import Session, reading
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from domain.webhooks import service as webhooks
from domain.webhooks.tables import WebhookDelivery
from web.answers import Answer, shown
from web.auth import caller
from web.deciding import standing, told
from web.describing import IDEMPOTENCY_KEY, PREFER
from web.idempotency import performed
from web.limits import REDELIVERIES
from web.openapi import noun, operation
from web.pagination import after, listed
from web.schemas.webhook_deliveries import (
    DeliveriesQuery,
    DeliveryPath,
    WebhookDeliveryList,
    WebhookDeliveryView,
    WholeWebhookDeliveryView,
)

webhook_deliveries = noun(
    "webhook-deliveries",
    "Events on their way to webhook endpoints, and what became of them; kept for a month. For owners and admins.",
)

OF_DELIVERY = ("not_found", "admins_only")


@operation(
    webhook_deliveries.get,
    "",
    success={200: WebhookDeliveryList},
    problems=("not_found", "members_only", "admins_only", "invalid_cursor"),
)
def list_webhook_deliveries(query: DeliveriesQuery) -> Response:
    """List a business's deliveries, those of the newest events first."""
    with reading() as session:
        rows = webhooks.deliveries(
            session,
            query.business_id,
            query.filters(),
            query.made(),
            caller=caller(),
            after=after(query),
            limit=query.limit + 1,
        )
    return listed(query, rows, view=WebhookDeliveryView.of, key=lambda row: [str(row.id)])


@operation(webhook_deliveries.get, "/<delivery_id>", success={200: WholeWebhookDeliveryView}, problems=OF_DELIVERY)
def get_webhook_delivery(path: DeliveryPath) -> Response:
    """Show one delivery: what is sent, and its last tries with what was answered."""
    with reading() as session:
        found = webhooks.delivery_of(session, path.delivery_id, caller=caller())
        tries = webhooks.attempts(session, found)
    return shown(WholeWebhookDeliveryView.of_whole(found, tries)).response()


@operation(
    webhook_deliveries.post,
    "/<delivery_id>/redeliver",
    success={200: WebhookDeliveryView, 202: WebhookDeliveryView},
    problems=(*OF_DELIVERY, "webhook_endpoint_disabled", "delivery_underway"),
    takes=(IDEMPOTENCY_KEY, PREFER),
)
def redeliver_webhook(path: DeliveryPath) -> Response:
    """Send it now, whatever became of it, and by the schedule anew if that fails. It keeps its id.

    With `Prefer: wait=10` the answer is what came of the first try: 200, whether it arrived or not. An account may ask 300
    times an hour; a replay sends more at once.
    """

    def work(session: Session) -> Answer:
        made = webhooks.redeliver(session, path.delivery_id, caller=caller(), now=clock())
        return sending(made, is_over=False)

    return told(performed(work, within=REDELIVERIES), tried, is_over=webhooks.is_tried)


def sending(delivery: WebhookDelivery, *, is_over: bool) -> Answer:
    """Answer with a delivery that is to be sent, or was."""
    place = f"/api/webhook-deliveries/{public_id(Kind.WEBHOOK_DELIVERY, delivery.id)}"
    return standing(WebhookDeliveryView.of(delivery), place, delivery.id, is_over=is_over)


def tried(delivery_id: UUID, *, decided: bool) -> Answer:
    """Answer with what came of a delivery that was to be sent: 200 once it was tried."""
    with reading() as session:
        found = webhooks.delivery_of(session, delivery_id, caller=caller())
    return sending(found, is_over=decided and webhooks.was_tried(found))
