"""Webhook endpoints: where a business has its events sent."""

from uuid import UUID

from flask import Response

from config.clock import clock
from config.sealing import seal
from config.settings import settings
from config.transaction import Session, reading, retried
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from domain.webhooks import service as webhooks
from domain.webhooks.rules.urls import Reach
from web.answers import Answer, shown, told_once
from web.api.webhook_deliveries import sending, tried
from web.auth import caller
from web.deciding import told
from web.describing import IDEMPOTENCY_KEY, IF_MATCH, PREFER
from web.idempotency import performed, write
from web.limits import REPLAYS
from web.openapi import noun, operation
from web.pagination import after, listed
from web.schemas.webhook_deliveries import WebhookDeliveryView
from web.schemas.webhook_endpoints import (
    EndpointChanges,
    EndpointPath,
    EndpointRequest,
    EndpointsQuery,
    NewWebhookEndpointView,
    ReplayRequest,
    ReplayView,
    WebhookEndpointList,
    WebhookEndpointView,
)
from web.versions import expected_versions

webhook_endpoints = noun(
    "webhook-endpoints",
    "Where a business has its events sent, signed by Standard Webhooks. For owners and admins.",
)

OF_BUSINESS = ("not_found", "members_only", "admins_only")
OF_ENDPOINT = ("not_found", "admins_only")


@operation(
    webhook_endpoints.post,
    "",
    success={201: NewWebhookEndpointView},
    problems=(*OF_BUSINESS, "archived", "url_refused", "too_many_webhook_endpoints"),
    takes=(IDEMPOTENCY_KEY,),
)
def create_webhook_endpoint(body: EndpointRequest) -> Response:
    """Have a business's events sent to a URL, from now on. Its secret is told this once; a business has 20 at most."""

    def work(session: Session) -> Answer:
        made = webhooks.create_endpoint(
            session, body.business_id, body.given(), reach=_reach(), seal=_sealed, caller=caller(), now=clock()
        )
        place = f"/api/webhook-endpoints/{public_id(Kind.WEBHOOK_ENDPOINT, made.row.id)}"
        return told_once(NewWebhookEndpointView.of_made(made), headers={"Location": place})

    return write(work)


@operation(webhook_endpoints.get, "", success={200: WebhookEndpointList}, problems=(*OF_BUSINESS, "invalid_cursor"))
def list_webhook_endpoints(query: EndpointsQuery) -> Response:
    """List a business's endpoints, in the order in which they were made."""
    with reading() as session:
        rows = webhooks.endpoints(
            session, query.business_id, caller=caller(), after=after(query), limit=query.limit + 1
        )
    return listed(query, rows, view=WebhookEndpointView.of, key=lambda row: [str(row.id)])


@operation(webhook_endpoints.get, "/<endpoint_id>", success={200: WebhookEndpointView}, problems=OF_ENDPOINT)
def get_webhook_endpoint(path: EndpointPath) -> Response:
    """Show one endpoint, without its secret."""
    with reading() as session:
        found = webhooks.endpoint_of(session, path.endpoint_id, caller=caller())
    return shown(WebhookEndpointView.of(found)).response()


@operation(
    webhook_endpoints.patch,
    "/<endpoint_id>",
    success={200: WebhookEndpointView},
    problems=(*OF_ENDPOINT, "url_refused", "stale_version"),
    takes=(IDEMPOTENCY_KEY, IF_MATCH),
)
def change_webhook_endpoint(path: EndpointPath, body: EndpointChanges) -> Response:
    """Change where events are sent, or which. What waits to be sent goes to the new URL."""

    def work(session: Session) -> Answer:
        made = webhooks.change_endpoint(
            session,
            path.endpoint_id,
            body.columns(),
            reach=_reach(),
            caller=caller(),
            versions=expected_versions(),
            now=clock(),
        )
        return shown(WebhookEndpointView.of(made))

    return write(work)


@operation(
    webhook_endpoints.delete,
    "/<endpoint_id>",
    success={204: None},
    problems=(*OF_ENDPOINT, "stale_version"),
    takes=(IF_MATCH,),
)
def delete_webhook_endpoint(path: EndpointPath) -> Response:
    """Send nothing more there. What waited to be sent is dead."""

    def work(session: Session) -> Answer:
        webhooks.delete_endpoint(session, path.endpoint_id, caller=caller(), now=clock(), versions=expected_versions())
        return Answer(status=204)

    return retried(work).response()


@operation(
    webhook_endpoints.post,
    "/<endpoint_id>/disable",
    success={200: WebhookEndpointView},
    problems=OF_ENDPOINT,
    takes=(IDEMPOTENCY_KEY,),
)
def disable_webhook_endpoint(path: EndpointPath) -> Response:
    """Send nothing there until it is enabled. What waited to be sent is dead; what happens meanwhile can be replayed."""

    def work(session: Session) -> Answer:
        made = webhooks.disable_endpoint(session, path.endpoint_id, caller=caller(), now=clock())
        return shown(WebhookEndpointView.of(made))

    return write(work)


@operation(
    webhook_endpoints.post,
    "/<endpoint_id>/enable",
    success={200: WebhookEndpointView},
    problems=(*OF_ENDPOINT, "webhook_endpoint_clearing"),
    takes=(IDEMPOTENCY_KEY,),
)
def enable_webhook_endpoint(path: EndpointPath) -> Response:
    """Send there again what happens from now on. What happened meanwhile can be replayed.

    Refused for a few seconds while much is being given up that waited for it.
    """

    def work(session: Session) -> Answer:
        made = webhooks.enable_endpoint(session, path.endpoint_id, caller=caller(), now=clock())
        return shown(WebhookEndpointView.of(made))

    return write(work)


@operation(
    webhook_endpoints.post,
    "/<endpoint_id>/rotate-secret",
    success={200: NewWebhookEndpointView},
    problems=OF_ENDPOINT,
    takes=(IDEMPOTENCY_KEY,),
)
def rotate_webhook_secret(path: EndpointPath) -> Response:
    """Give an endpoint another secret, told this once. For 24 hours everything is signed with the one before it, too.

    With that one only: after a second rotation nothing is signed with it any more. A secret that has leaked is believed
    until the receiver takes the new one in its place.
    """

    def work(session: Session) -> Answer:
        made = webhooks.rotate_secret(session, path.endpoint_id, seal=_sealed, caller=caller(), now=clock())
        return told_once(NewWebhookEndpointView.of_made(made), status=200)

    return write(work)


@operation(
    webhook_endpoints.post,
    "/<endpoint_id>/test",
    success={200: WebhookDeliveryView, 202: WebhookDeliveryView},
    problems=(*OF_ENDPOINT, "webhook_endpoint_disabled"),
    takes=(IDEMPOTENCY_KEY, PREFER),
)
def test_webhook_endpoint(path: EndpointPath) -> Response:
    """Send a test, of type `webhook_endpoint.test`. GET the delivery to see what was answered.

    With `Prefer: wait=10` the answer is what came of the first try: 200, whether it arrived or not.
    """

    def work(session: Session) -> Answer:
        made = webhooks.send_test(session, path.endpoint_id, caller=caller(), now=clock())
        return sending(made, is_over=False)

    return told(performed(work), tried, is_over=webhooks.is_tried)


@operation(
    webhook_endpoints.post,
    "/<endpoint_id>/replay",
    success={202: ReplayView},
    problems=(*OF_ENDPOINT, "webhook_endpoint_disabled", "replay_too_large"),
    takes=(IDEMPOTENCY_KEY,),
)
def replay_webhooks(path: EndpointPath, body: ReplayRequest) -> Response:
    """Send what happened in some time, whether or not it was sent before, 10,000 events at most.

    They have the ids that they had, so a receiver knows those that it knows. It may take long, and is not waited for: list
    the endpoint's deliveries to follow it. An account may ask 20 times an hour.
    """

    def work(session: Session) -> Answer:
        count = webhooks.replay(session, path.endpoint_id, body.since, body.until, caller=caller(), now=clock())
        view = ReplayView(endpoint_id=path.endpoint_id, since=body.since, until=body.until, deliveries=count)
        place = f"/api/webhook-endpoints/{public_id(Kind.WEBHOOK_ENDPOINT, path.endpoint_id)}"
        return shown(view, status=202, headers={"Location": place})

    return write(work, within=REPLAYS)


def _reach() -> Reach:
    given = settings()
    return Reach(plain=not given.is_production, allowed=given.webhook_networks_allowed)


def _sealed(endpoint_id: UUID, plain: str) -> bytes:
    return seal(plain, endpoint_id.bytes)
