"""Shapes of availability."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.availability.service import Asked, Offered
from domain.kernel.ids import Kind, shown
from web.answers import View
from web.fields import ResourceId, ServiceId, Timezone, Whole
from web.moments import Instant, LocalDate
from web.parsing import Query

LONGEST = timedelta(days=61)  # between the first and the last of 62 dates


class SlotsQuery(Query):
    """Which slots: of one date, or of the dates `from` to `to`, both included."""

    service_id: ServiceId
    date: Annotated[LocalDate | None, Field(description="One date")] = None
    first: Annotated[LocalDate | None, Field(alias="from", description="The first date")] = None
    last: Annotated[LocalDate | None, Field(alias="to", description="The last date; at most 62 dates in all")] = None
    timezone: Annotated[Timezone | None, Field(description="The reader's; the business's if left out")] = None
    resource_id: Annotated[ResourceId | None, Field(description="This resource only")] = None
    party: Annotated[Whole, Field(ge=1, le=10_000, description="How many seats")] = 1

    @model_validator(mode="after")
    def _one_range(self) -> Self:
        if self.date is not None and self.first is None and self.last is None:
            return self
        if self.date is not None or self.first is None or self.last is None:
            raise PydanticCustomError("invalid", "Send either `date`, or both `from` and `to`")
        if self.first > self.last:
            raise PydanticCustomError("invalid", "`from` should not be after `to`")
        if self.last - self.first > LONGEST:
            raise PydanticCustomError("out_of_range", "At most 62 dates can be asked for at a time")
        return self

    def question(self) -> Asked:
        """Return what availability is asked."""
        first, last = self.date or self.first, self.date or self.last
        assert isinstance(first, date)  # noqa: S101 - the validator has seen to it
        assert isinstance(last, date)  # noqa: S101
        return Asked(
            service_id=self.service_id,
            first=first,
            last=last,
            timezone=self.timezone,
            resource_ids=(self.resource_id,) if self.resource_id else (),
            party=self.party,
        )


class SlotView(View):
    """A start that could be booked now."""

    starts_at: Instant
    ends_at: Instant
    remaining: Annotated[int, Field(description="Seats left")]


class SlotsView(View):
    """The slots, in ascending order, with the offsets of `timezone`."""

    service_id: ServiceId
    timezone: str
    slots: list[SlotView]


def slots_body(offered: Offered) -> dict[str, Any]:
    """Return the JSON of an answer; by hand, because a month has thousands of slots."""
    return {
        "service_id": shown(Kind.SERVICE, offered.service.id),
        "timezone": offered.zone.key,
        "slots": [
            {
                "starts_at": local(slot.start, offered.zone),
                "ends_at": local(slot.end, offered.zone),
                "remaining": slot.remaining,
            }
            for slot in offered.slots
        ],
    }


def alternatives(offered: Offered) -> list[dict[str, Any]]:
    """Return the JSON of free starts to offer instead, each with the resource that is preferred in the first role.

    An alternative can be asked for as it is: its fields are those of a request.
    """
    return [
        {"starts_at": local(slot.start, offered.zone), "resource_id": shown(Kind.RESOURCE, slot.resources[0][0])}
        for slot in offered.slots
    ]


def local(seconds: int, zone: ZoneInfo) -> str:
    """Return an instant in RFC 3339 with the offset of *zone*."""
    return datetime.fromtimestamp(seconds, zone).isoformat()
