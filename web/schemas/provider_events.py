"""Shapes of what providers' webhooks said."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from domain.payments.queries import Heard
from web.answers import View
from web.fields import BusinessId, PaymentId, ProviderEventId
from web.moments import Instant
from web.pagination import DatedQuery
from web.parsing import Path

Handling = Literal["new", "applied", "ignored"]
Said = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[!-~]+$")]


class ProviderEventPath(Path):
    """Which webhook."""

    provider_event_id: ProviderEventId


class ProviderEventsQuery(DatedQuery):
    """Which webhooks; they are made when they are received."""

    state: Annotated[Handling | None, Field(description="`new` until it was looked into")] = None
    kind: Annotated[Said | None, Field(description="As the provider calls it", examples=["charge.success"])] = None


class ProviderEventView(View):
    """What a provider's webhook said, and what became of it."""

    id: ProviderEventId
    object: Literal["provider_event"] = "provider_event"
    provider: Literal["stripe", "paystack"]
    is_live: Annotated[bool, Field(description="Whether the account is for real money")]
    business_id: Annotated[BusinessId | None, Field(description="Whose account it is; None: the platform's")]
    kind: Annotated[str, Field(description="As the provider calls it")]
    state: Annotated[Handling, Field(description="`new` until it was looked into")]
    outcome: Annotated[str | None, Field(description="What became of it, in words")]
    payment_ref: Annotated[str | None, Field(description="The provider's name of the payment that it is about")]
    payment_id: Annotated[PaymentId | None, Field(description="The payment that it was applied to")]
    copies: Annotated[int, Field(description="How often it came")]
    received_at: Instant
    finished_at: Instant | None

    @classmethod
    def of(cls, heard: Heard) -> "ProviderEventView":
        """Show what was heard."""
        return cls.model_validate(_told(cls, heard))


class ProviderEventBodyView(ProviderEventView):
    """What a provider's webhook said, word for word."""

    body: Annotated[str | None, Field(description="As it came; None: dropped after a month")]

    @classmethod
    def of(cls, heard: Heard) -> "ProviderEventBodyView":
        """Show what was heard, with its body; what is not UTF-8 of it is shown as replaced."""
        body = heard.event.body
        text = None if body is None else body.decode(errors="replace")
        return cls.model_validate(_told(cls, heard) | {"body": text})


def _told(view: type[View], heard: Heard) -> dict[str, Any]:
    event, account = heard
    own = {name: getattr(event, name) for name in view.model_fields if name != "body" and hasattr(event, name)}
    return own | {name: getattr(account, name) for name in ("provider", "is_live", "business_id")}
