"""Shapes of webhook endpoints."""

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from domain.webhooks.rules.kinds import CHOICES
from domain.webhooks.rules.urls import LONGEST
from domain.webhooks.service import Made
from domain.webhooks.tables import WebhookEndpoint
from web.answers import View
from web.fields import BusinessId, Line, OneOf, WebhookEndpointId
from web.moments import Instant
from web.pagination import Listing, PageQuery
from web.parsing import Changes, Path, Schema, unsent

LONGEST_REPLAY = timedelta(days=31)
TILL: JsonDict = {
    "business_id": "biz_01k5e2v8x3q7m9n4p6r0s2t4w6",
    "url": "https://till.example.com/aionbooking",
    "types": ["booking.*", "payment.succeeded"],
    "description": "The till at the door",
}
MARCH: JsonDict = {"since": "2026-03-01T00:00:00+01:00", "until": "2026-03-08T00:00:00+01:00"}

Choice = Annotated[
    str,
    OneOf(frozenset(CHOICES), "a type of event, such as booking.confirmed, or all about a noun, booking.*"),
]
Url = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST),
    Field(description="Where events are posted: https, and a name on the public internet"),
]
Types = Annotated[
    list[Choice], Field(max_length=50, description="Which events are sent: types, or `booking.*`; none: all of them")
]
Description = Annotated[Line, Field(max_length=200, description="For members only")]


class EndpointRequest(Schema):
    """An endpoint to be told of a business's events."""

    model_config = ConfigDict(json_schema_extra={"examples": [TILL]})

    business_id: BusinessId
    url: Url
    types: Types = Field(default_factory=list)
    description: Description | None = None

    def given(self) -> dict[str, Any]:
        """Return the columns."""
        return {"url": self.url, "kinds": self.types, "description": self.description}


class EndpointChanges(Changes):
    """What is to be changed of an endpoint."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"types": ["booking.confirmed"]}]})

    url: Url = unsent()
    types: Types = unsent()
    description: Description | None = None

    def columns(self) -> dict[str, Any]:
        """Return the columns that are to be changed."""
        return {"kinds" if name == "types" else name: value for name, value in self.given().items()}


class ReplayRequest(Schema):
    """Which events are to be sent again."""

    model_config = ConfigDict(json_schema_extra={"examples": [MARCH]})

    since: Annotated[Instant, Field(description="What happened from then on")]
    until: Annotated[Instant, Field(description="And before then; at most 31 days later")]

    @model_validator(mode="after")
    def _some_days(self) -> Self:
        if not self.since < self.until <= self.since + LONGEST_REPLAY:
            raise PydanticCustomError("invalid", "`until` should be after `since`, and at most 31 days later")
        return self


class EndpointsQuery(PageQuery):
    """Whose endpoints."""

    business_id: BusinessId


class EndpointPath(Path):
    """Which endpoint."""

    endpoint_id: WebhookEndpointId


class WebhookEndpointView(View):
    """Where events of a business are sent. Its secret is told when it is made, and never again."""

    id: WebhookEndpointId
    object: Literal["webhook_endpoint"] = "webhook_endpoint"
    business_id: BusinessId
    url: str
    types: Annotated[list[str], Field(description="Which events are sent; none: all of them")]
    description: str | None
    state: Literal["enabled", "disabled"]
    disabled_reason: Annotated[
        Literal["gone", "failing", "asked"] | None,
        Field(
            description="`gone`: it answered 410, `failing`: tries failed on six days, and none succeeded in between; "
            "`asked`: one of the business's admins wanted it"
        ),
    ]
    failing_since: Annotated[Instant | None, Field(description="The first failure that no success has followed")]
    previous_secret_until: Annotated[
        Instant | None, Field(description="Until when everything is signed with the secret before the present one, too")
    ]
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, row: WebhookEndpoint) -> "WebhookEndpointView":
        """Show a row."""
        return cls.model_validate(_shown(row))


class NewWebhookEndpointView(WebhookEndpointView):
    """An endpoint with a new secret, told this once."""

    secret: Annotated[
        str,
        Field(description="Verify signatures with it; it is not told again", examples=["whsec_C2FVsBQIhrscChlQIMV"]),
    ]

    @classmethod
    def of_made(cls, made: Made) -> "NewWebhookEndpointView":
        """Show a row and its new secret."""
        return cls.model_validate(_shown(made.row) | {"secret": made.secret})


class ReplayView(View):
    """What a replay came to."""

    object: Literal["webhook_replay"] = "webhook_replay"
    endpoint_id: WebhookEndpointId
    since: Instant
    until: Instant
    deliveries: Annotated[
        int, Field(description="How many events that is; what is on its way by itself is not sent twice")
    ]


WebhookEndpointList = Listing[WebhookEndpointView]


def _shown(row: WebhookEndpoint) -> dict[str, Any]:
    own = {name: getattr(row, name) for name in WebhookEndpointView.model_fields if hasattr(row, name)}
    return own | {"types": row.kinds, "previous_secret_until": row.previous_until}
