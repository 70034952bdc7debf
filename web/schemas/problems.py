"""The shape of a problem."""

from typing import Annotated

from pydantic import Field

from web.answers import View
from web.fields import BookingId, ResourceId
from web.moments import Instant


class FieldProblem(View):
    """What is wrong with one field."""

    pointer: Annotated[str, Field(description="JSON pointer into the body, or `?name` of a query parameter")]
    code: str
    detail: str


class AlternativeView(View):
    """A free start to offer instead; it can be asked for as it is."""

    starts_at: Instant
    resource_id: Annotated[ResourceId, Field(description="The first of `resource_ids`")]
    resource_ids: Annotated[list[ResourceId], Field(description="The ones preferred then, one for each role")]


class Problem(View):
    """RFC 9457 problem details: why a request was refused."""

    type: Annotated[str, Field(description="A page on this server that explains the code")]
    title: str
    status: int
    code: Annotated[str, Field(description="Stable; decide by this")]
    detail: Annotated[str, Field(description="What happened this time, for people")]
    request_id: Annotated[str | None, Field(description="Quote this when you ask for help")]
    errors: Annotated[
        list[FieldProblem],
        Field(default_factory=list, description="Which fields, under 400 and 422; the first hundred"),
    ]
    booking_id: Annotated[BookingId | None, Field(description="The booking that was rejected")] = None
    reasons: Annotated[
        list[str], Field(default_factory=list, description="Under `slot_taken`: `busy`, `buffer`, `capacity`")
    ]
    alternatives: Annotated[
        list[AlternativeView],
        Field(default_factory=list, description="The nearest free times, when a booking is rejected"),
    ]
    allowed: Annotated[
        list[str], Field(default_factory=list, description="What can be reached, under `invalid_transition`")
    ]
    version: Annotated[int | None, Field(description="The present version, under `stale_version`")] = None
