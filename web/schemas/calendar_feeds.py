"""Shapes of calendar feeds."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from config.links import feed_link
from domain.bookings.service import NewFeed
from domain.bookings.tables import CalendarFeed
from web.answers import View
from web.fields import BusinessId, CalendarFeedId, Name, ResourceId
from web.moments import Instant
from web.pagination import Listing
from web.parsing import Path, Schema


class CalendarFeedRequest(Schema):
    """Whose bookings a feed shows: a resource's, a business's, or (neither) your own."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "My bookings"}]})

    name: Annotated[Name, Field(description="What calendars show it as")]
    business_id: Annotated[BusinessId | None, Field(description="All of a business's, for its owners and admins")] = (
        None
    )
    resource_id: Annotated[ResourceId | None, Field(description="One resource's, also for the staff that it is")] = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.business_id and self.resource_id:
            raise PydanticCustomError("invalid", "Name a business or a resource, not both")
        return self


class CalendarFeedPath(Path):
    """Which feed."""

    feed_id: CalendarFeedId


class CalendarFeedView(View):
    """A private address that a calendar reads bookings at, without the address."""

    id: CalendarFeedId
    object: Literal["calendar_feed"] = "calendar_feed"
    name: str
    business_id: BusinessId | None
    resource_id: ResourceId | None
    created_at: Instant
    rotated_at: Annotated[Instant | None, Field(description="Since when it has its present address, if not the first")]

    @classmethod
    def of(cls, row: CalendarFeed) -> "CalendarFeedView":
        """Show a row."""
        return cls.model_validate(row, from_attributes=True)


class NewCalendarFeedView(CalendarFeedView):
    """A feed, with its address, told this once."""

    url: Annotated[str, Field(description="For a calendar to subscribe to; whoever has it reads the feed")]

    @classmethod
    def of_new(cls, new: NewFeed) -> "NewCalendarFeedView":
        """Show a row and its address."""
        return cls(**dict(CalendarFeedView.of(new.row)), url=feed_link(new.token))


CalendarFeedList = Listing[CalendarFeedView]
