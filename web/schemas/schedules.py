"""Shapes of opening hours."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from domain.catalog.rules import NewHours
from domain.catalog.service import Place
from domain.catalog.tables import Schedule
from web.answers import View
from web.fields import BusinessId, ResourceId, ScheduleId, Timezone
from web.moments import Closing, Instant, LocalDate, Opening, on_the_clock
from web.parsing import Schema
from web.schemas.stranding import Stranding

WEEK: JsonDict = {
    "weekly": [{"weekday": 0, "start": "09:00", "end": "13:00"}, {"weekday": 5, "start": "20:00", "end": "02:00"}],
    "overrides": [{"date": "2026-12-24", "intervals": []}],
}

Weekday = Annotated[int, Field(ge=0, le=6, description="0 is Monday")]
Start = Annotated[Opening, Field(description="Local time")]
End = Annotated[Closing, Field(description="Local time, up to 24:00; before the start it is on the next day")]


class Interval(Schema):
    """Open from one local time to another; an end at the start is no time at all."""

    start: Start
    end: End


class Block(Interval):
    """Open on every such weekday."""

    weekday: Weekday


class Override(Schema):
    """The hours of one date, in place of the week's; none closes it."""

    date: LocalDate
    intervals: Annotated[list[Interval], Field(max_length=24)]


class ScheduleRequest(Schema):
    """Opening hours, as a whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [WEEK]})

    timezone: Annotated[Timezone | None, Field(description="Of these hours; the business's if left out")] = None
    weekly: Annotated[list[Block], Field(max_length=100)]
    overrides: Annotated[list[Override], Field(max_length=1000, description="Several of one date join")] = Field(
        default_factory=list
    )

    def command(self) -> NewHours:
        """Return what the catalog is asked to keep."""
        return NewHours(
            timezone=self.timezone,
            weekly=[(block.weekday, block.start, block.end) for block in self.weekly],
            overrides=[
                (override.date, [(each.start, each.end) for each in override.intervals]) for override in self.overrides
            ],
        )


class IntervalView(View):
    """Open from one local time to another."""

    start: Annotated[str, Field(examples=["09:00"])]
    end: Annotated[str, Field(examples=["24:00"])]


class BlockView(IntervalView):
    """Open on every such weekday."""

    weekday: Weekday


class OverrideView(View):
    """The hours of one date, in place of the week's."""

    date: LocalDate
    intervals: list[IntervalView]


class ScheduleView(View):
    """Opening hours, of a business or of a resource."""

    id: ScheduleId
    object: Literal["schedule"] = "schedule"
    business_id: BusinessId
    resource_id: Annotated[ResourceId | None, Field(description="Null for the business's hours")]
    inherited: Annotated[bool, Field(description="The resource has no hours of its own; these are the business's")]
    timezone: Annotated[str | None, Field(description="Of these hours; null for the business's")]
    weekly: list[BlockView]
    overrides: list[OverrideView]
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, schedule: Schedule, place: Place) -> "ScheduleView":
        """Show the hours that are kept at a place."""
        own = {name: getattr(schedule, name) for name in cls.model_fields if hasattr(schedule, name)}
        return cls.model_validate(
            own
            | {
                "inherited": schedule.resource_id != place.resource_id,
                "weekly": [{"weekday": day, **_shown(start, end)} for day, start, end in schedule.weekly],
                "overrides": [
                    {"date": date.fromisoformat(day), "intervals": [_shown(start, end) for start, end in blocks]}
                    for day, blocks in sorted(schedule.overrides.items())
                ],
            }
        )


class ScheduleChangeView(Stranding, ScheduleView):
    """Opening hours after a change."""

    @classmethod
    def after(cls, schedule: Schedule, place: Place, stranded: int) -> "ScheduleChangeView":
        """Show the hours that are kept from now on, and how many bookings the change has stranded."""
        return cls(**dict(ScheduleView.of(schedule, place)), stranded_bookings=stranded)


def _shown(start: int, end: int) -> dict[str, str]:
    return {"start": on_the_clock(start), "end": on_the_clock(end)}
