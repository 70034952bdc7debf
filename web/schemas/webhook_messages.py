"""The shape of what is sent to webhook endpoints, for the document."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from domain.webhooks.rules.kinds import TEST
from web.answers import View
from web.event_examples import examples
from web.moments import Instant
from web.schemas.events import EventView

REFERENCE = "#/components/schemas/{model}"
EXAMPLES = frozenset({"booking.confirmed", "booking.cancelled", "payment.succeeded", TEST})
HEADERS: Mapping[str, tuple[str, str]] = {
    "webhook-id": ("The event's id, the same at every try", "evt_01k5e2v8x3q7m9n4p6r0s2t4w6"),
    "webhook-timestamp": ("When this try was sent, in seconds since 1970", "1773579600"),
    "webhook-signature": (
        "`v1,` and the base64 of the HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}`; two while a secret is rotated",
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    ),
}


class WebhookMessage(View):
    """What is posted to a webhook endpoint."""

    type: Annotated[str, Field(description=f"What happened; `{TEST}` is a test")]
    timestamp: Annotated[Instant, Field(description="When it happened")]
    data: EventView


def message(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is posted about an event, as it is shown."""
    return {"type": event["type"], "timestamp": event["created_at"], "data": dict(event)}


def webhooks() -> dict[str, Any]:
    """Return the section of the document that says what is posted; it refers to models that the paths have brought."""
    schema = WebhookMessage.model_json_schema(mode="serialization", ref_template=REFERENCE)
    del schema["$defs"]
    shown = {kind: {"value": message(each)} for kind, each in examples() if kind in EXAMPLES}
    operation = {
        "operationId": "receive_event",
        "tags": ["webhook-endpoints"],
        "summary": "Receive an event",
        "description": "Posted to each webhook endpoint that is to be told of it, until it is answered 2xx: eight tries "
        "over 27 hours. Verify the signature over the raw bytes, and remember `webhook-id`: it may come twice.",
        "security": [],
        "parameters": [
            {
                "name": name,
                "in": "header",
                "required": True,
                "description": said,
                "schema": {"type": "string"},
                "example": one,
            }
            for name, (said, one) in HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema, "examples": shown}}},
        "responses": {
            "2XX": {"description": "It has arrived."},
            "410": {"description": "Nothing more is sent there: the endpoint is disabled."},
            "default": {"description": "It is sent again."},
        },
    }
    return {"event": {"post": operation}}
