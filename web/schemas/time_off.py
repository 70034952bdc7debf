"""Shapes of time off."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from domain.catalog.rules import NewTimeOff, TimeOffFilters
from domain.catalog.tables import TimeOff
from web.answers import View
from web.fields import BusinessId, Line, ResourceId, TimeOffId
from web.moments import Instant, Second
from web.pagination import Listing, PageQuery
from web.parsing import Changes, Path, Schema, unsent
from web.schemas.stranding import Stranding

HOLIDAY: JsonDict = {
    "resource_id": "res_01k5e2v8x3q7m9n4p6r0s2t4w6",
    "starts_at": "2026-12-24T00:00:00+01:00",
    "ends_at": "2027-01-02T00:00:00+01:00",
    "reason": "Holidays",
}

Reason = Annotated[Line, Field(max_length=200, description="For members only")]
End = Annotated[Second, Field(description="Open again from then on; at most five years after the start")]


class TimeOffRequest(Schema):
    """Time off to be entered, of one resource or of a whole business."""

    model_config = ConfigDict(json_schema_extra={"examples": [HOLIDAY]})

    resource_id: ResourceId | None = None
    business_id: Annotated[BusinessId | None, Field(description="All of its resources")] = None
    starts_at: Second
    ends_at: End
    reason: Reason | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.resource_id is None) == (self.business_id is None):
            raise PydanticCustomError("invalid", "Send either `resource_id` or `business_id`")
        return self

    def command(self) -> NewTimeOff:
        """Return what the catalog is asked to do."""
        return NewTimeOff(starts_at=self.starts_at, ends_at=self.ends_at, reason=self.reason)


class TimeOffChanges(Changes):
    """What is to be changed of time off."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ends_at": "2027-01-05T00:00:00+01:00"}]})

    starts_at: Second = unsent()
    ends_at: End = unsent()
    reason: Reason | None = None


class TimeOffPath(Path):
    """Which time off."""

    time_off_id: TimeOffId


class TimeOffQuery(PageQuery):
    """Which time off."""

    business_id: Annotated[BusinessId, Field(description="Whose time off")]
    resource_id: Annotated[ResourceId | None, Field(description="Only this resource's own")] = None
    starts_from: Annotated[Instant | None, Field(description="Starting then or later")] = None
    starts_to: Annotated[Instant | None, Field(description="Starting before then")] = None

    def filters(self) -> TimeOffFilters:
        """Return what the catalog is asked for."""
        return TimeOffFilters(resource_id=self.resource_id, starts_from=self.starts_from, starts_to=self.starts_to)


class TimeOffView(View):
    """Time off, as members of the business see it."""

    id: TimeOffId
    object: Literal["time_off"] = "time_off"
    business_id: BusinessId
    resource_id: Annotated[ResourceId | None, Field(description="Null for the whole business")]
    starts_at: Instant
    ends_at: Instant
    reason: str | None
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, time_off: TimeOff) -> "TimeOffView":
        """Show a row."""
        own = {name: getattr(time_off, name) for name in cls.model_fields if hasattr(time_off, name)}
        return cls.model_validate(own | {"starts_at": time_off.during.lower, "ends_at": time_off.during.upper})


class TimeOffChangeView(Stranding, TimeOffView):
    """Time off after a change."""

    @classmethod
    def after(cls, time_off: TimeOff, stranded: int) -> "TimeOffChangeView":
        """Show a row, and how many bookings fall into it."""
        return cls(**dict(TimeOffView.of(time_off)), stranded_bookings=stranded)


TimeOffList = Listing[TimeOffView]
