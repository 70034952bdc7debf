"""Shapes of events."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from domain.kernel.feed import Page, Position, Told
from domain.kernel.outside import event
from domain.kernel.plot import PLOT
from web.answers import View
from web.fields import DIGITS, BusinessId, EventId, OneOf
from web.moments import Instant
from web.pagination import LONGEST, opened, sealed
from web.parsing import Query
from web.problems import Fault, Refusal

EventType = Annotated[str, OneOf(frozenset(PLOT), "a type of event, such as booking.confirmed")]


class EventsQuery(Query):
    """Whose events, from where on."""

    business_id: BusinessId
    after: Annotated[
        str | None, Field(max_length=LONGEST, description="`next_cursor` of the page before; left out: the beginning")
    ] = None
    limit: Annotated[int, Field(ge=1, le=1000, description="How many to return at most"), DIGITS] = 100
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
        return cls.model_validate(event(told))


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
