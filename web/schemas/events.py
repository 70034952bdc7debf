"""Shapes of events."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from domain.kernel.feed import Page, Position, Told
from domain.kernel.ids import Kind, shown
from domain.kernel.plot import PLOT
from web.answers import View
from web.fields import BusinessId, EventId, Whole
from web.moments import Instant
from web.pagination import LONGEST, opened, sealed
from web.parsing import Query
from web.problems import Fault, Refusal

SUBJECTS: Mapping[str, Kind] = {
    "booking": Kind.BOOKING,
    "business": Kind.BUSINESS,
    "member": Kind.USER,
    "user": Kind.ACCOUNT_TOKEN,  # what was asked for; of no business, so no feed tells it
    "invitation": Kind.INVITATION,
    "service": Kind.SERVICE,
    "resource": Kind.RESOURCE,
    "payment": Kind.PAYMENT,
    "refund": Kind.REFUND,
    "dispute": Kind.DISPUTE,
    "provider_account": Kind.PROVIDER_ACCOUNT,
    "schedule": Kind.SCHEDULE,
    "time_off": Kind.TIME_OFF,
}
"""What an event is about, by the first half of its type."""

POINTERS: Mapping[str, Kind] = {f"{kind.name.lower()}_id": kind for kind in Kind} | {
    "actor_id": Kind.USER,
    "customer_id": Kind.USER,
}
"""What is named by a field of an event's data."""


def _known(kind: str) -> str:
    if kind not in PLOT:
        raise PydanticCustomError("invalid", "Input should be a type of event, such as booking.confirmed")
    return kind


EventType = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": sorted(PLOT)})]


class EventsQuery(Query):
    """Whose events, from where on."""

    business_id: BusinessId
    after: Annotated[
        str | None, Field(max_length=LONGEST, description="`next_cursor` of the page before; left out: the beginning")
    ] = None
    limit: Annotated[Whole, Field(ge=1, le=1000, description="How many to return at most")] = 100
    types: Annotated[tuple[EventType, ...], Field(description="Only these; may be repeated, and changed at will")] = ()

    @property
    def binding(self) -> str:
        """Name what a cursor is good for: the business, whatever the types."""
        return f"events {self.business_id}"

    def position(self) -> Position | None:
        """Return the place to begin behind, or None for the beginning. Refuses a foreign cursor."""
        if self.after is None:
            return None
        found = opened(self.after, self.binding)
        if found is None:
            detail = "The cursor is not one of this business's events."
            raise Refusal("invalid_cursor", detail, errors=[Fault("?after", "invalid_cursor", detail)])
        epoch, xid, number = found
        return Position(epoch=UUID(str(epoch)), xid=int(xid), id=int(number))


def outside(name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a field of an event's data with its ids as they are outside, in a list [before, after] too."""
    if isinstance(value, list):
        return [outside(name, each) for each in value]
    if isinstance(value, dict):
        return {key: outside(key, each) for key, each in value.items()}
    if name not in POINTERS or not isinstance(value, str):
        return value
    try:
        return shown(POINTERS[name], UUID(value))
    except ValueError:  # it is written as it is outside already
        return value


class SubjectView(View):
    """What an event is about."""

    id: Annotated[str, Field(description="Its id", examples=["bkg_01k5e2v8x3q7m9n4p6r0s2t4w6"])]
    version: Annotated[int, Field(description="The version that it reached by the event; puts its events in order")]


class EventView(View):
    """Something that happened."""

    id: EventId
    object: Literal["event"] = "event"
    type: Annotated[str, Field(description="What happened", examples=["booking.confirmed"])]
    business_id: BusinessId
    subject: SubjectView
    data: Annotated[dict[str, Any], Field(description="What there is to say beyond the type")]
    request_id: Annotated[str | None, Field(description="In which request, or on whose behalf")]
    created_at: Instant

    @classmethod
    def of(cls, told: Told) -> "EventView":
        """Show an event."""
        noun, _, _ = told.kind.partition(".")
        return cls(
            id=told.public_id,
            type=told.kind,
            business_id=told.business_id,
            subject=SubjectView(id=shown(SUBJECTS[noun], told.subject_id), version=told.subject_version),
            data={name: outside(name, value) for name, value in told.payload.items()},
            request_id=told.request_id,
            created_at=told.created_at,
        )


class EventList(View):
    """A stretch of the feed."""

    object: Literal["list"] = "list"
    data: list[EventView]
    has_more: Annotated[bool, Field(description="Whether to ask again at once, even if there is nothing here")]
    next_cursor: Annotated[str, Field(description="Where to go on, now or whenever; always there")]

    @classmethod
    def of(cls, query: EventsQuery, page: Page) -> "EventList":
        """Show a page, with the cursor behind it."""
        end = page.end
        return cls(
            data=[EventView.of(each) for each in page.events],
            has_more=page.more,
            next_cursor=sealed([end.epoch.hex, end.xid, end.id], query.binding),
        )
