"""Shapes of webhook deliveries and their tries."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from domain.webhooks.rules.kinds import TEST
from domain.webhooks.rules.states import DeliveryState
from domain.webhooks.tables import WebhookAttempt, WebhookDelivery
from web.answers import View
from web.fields import BusinessId, EventId, WebhookDeliveryId, WebhookEndpointId
from web.moments import Instant
from web.pagination import DatedQuery, Listing
from web.parsing import Path
from web.schemas.events import EventType


class DeliveriesQuery(DatedQuery):
    """Which deliveries of a business."""

    business_id: BusinessId
    endpoint_id: WebhookEndpointId | None = None
    state: DeliveryState | None = None
    type: Annotated[EventType | Literal["webhook_endpoint.test"] | None, Field(description="Of what events")] = None

    def filters(self) -> dict[str, Any]:
        """Return the columns asked for."""
        return {"endpoint_id": self.endpoint_id, "state": self.state, "kind": self.type}


class DeliveryPath(Path):
    """Which delivery."""

    delivery_id: WebhookDeliveryId


class AttemptView(View):
    """One try to deliver."""

    number: int
    at: Annotated[Instant, Field(description="When it ended")]
    milliseconds: int | None
    status: Annotated[int | None, Field(description="What was answered; null: nothing was")]
    error: Annotated[
        str | None, Field(description="Why it was no success, such as `status`, `timeout` or `tls_failed`")
    ]
    detail: str | None
    answer: Annotated[str | None, Field(description="The first 64 kB of the body of the answer")]

    @classmethod
    def of(cls, row: WebhookAttempt) -> "AttemptView":
        """Show a row."""
        own = {name: getattr(row, name) for name in cls.model_fields}
        return cls.model_validate(own | {"answer": None if row.answer is None else row.answer.decode(errors="replace")})


class WebhookDeliveryView(View):
    """An event that is sent to an endpoint."""

    id: WebhookDeliveryId
    object: Literal["webhook_delivery"] = "webhook_delivery"
    endpoint_id: WebhookEndpointId
    business_id: BusinessId
    event_id: Annotated[EventId, Field(description="Sent as `webhook-id`, the same at every try")]
    type: Annotated[str, Field(description=f"What happened; `{TEST}` is a test", examples=["booking.confirmed"])]
    state: Annotated[DeliveryState, Field(description="`dead`: it was given up, and can be sent again")]
    attempts: Annotated[int, Field(description="Tries so far, one that is under way too")]
    next_attempt_at: Instant | None
    last_error: str | None
    created_at: Instant
    finished_at: Annotated[Instant | None, Field(description="A month later it is forgotten")]

    @classmethod
    def of(cls, row: WebhookDelivery) -> "WebhookDeliveryView":
        """Show a row."""
        return cls.model_validate(_shown(row))


class WholeWebhookDeliveryView(WebhookDeliveryView):
    """A delivery with what is sent, and its last tries."""

    body: Annotated[str | None, Field(description="What is sent, byte for byte; null until the first try")]
    tries: Annotated[list[AttemptView], Field(description="The last 20, the first of them first")]

    @classmethod
    def of_whole(cls, row: WebhookDelivery, tries: Sequence[WebhookAttempt]) -> "WholeWebhookDeliveryView":
        """Show a row with its tries."""
        return cls.model_validate(_shown(row) | {"body": row.body, "tries": [AttemptView.of(each) for each in tries]})


WebhookDeliveryList = Listing[WebhookDeliveryView]


def _shown(row: WebhookDelivery) -> dict[str, Any]:
    own = {name: getattr(row, name) for name in WebhookDeliveryView.model_fields if hasattr(row, name)}
    return own | {"type": row.kind}
