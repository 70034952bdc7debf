"""Shapes of availability: slots, and dates that have some."""

from collections import Counter
from collections.abc import Container
from datetime import datetime
from itertools import chain
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, RootModel

from domain.availability.rules.errors import TooManySlots
from domain.availability.rules.model import Slot
from domain.availability.rules.zones import date_of, local_day
from domain.availability.service import Offered
from domain.kernel.ids import Kind, shown
from web.answers import View
from web.fields import ServiceId
from web.moments import Instant, LocalDate
from web.schemas.roles import RoleView

MOST_NAMED = 50_000
"""How many resources are named in one answer: some megabytes."""


class SlotView(View):
    """A start that could be booked now."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    starts_at: Instant
    ends_at: Instant
    remaining: Annotated[int, Field(description="Seats left")]
    resources: Annotated[
        list[RoleView],
        Field(
            default_factory=list,
            description="Only with `include=resources`: who could serve in each role, by priority",
        ),
    ]


class SlotsView(View):
    """The slots, in ascending order, with the offsets of `timezone`."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    service_id: ServiceId
    timezone: str
    slots: list[SlotView]
    next_from: Annotated[
        LocalDate,
        Field(
            default_factory=lambda: None,
            description="Only with `view=next`, where looking for the rest would take too long: all there are before this "
            "date are listed, ask on with it as `from`",
        ),
    ]


class DayView(View):
    """A date that has slots."""

    date: LocalDate
    slots: Annotated[int, Field(ge=1, description="How many")]


class DaysView(View):
    """The dates that have slots, in ascending order, of `timezone`."""

    service_id: ServiceId
    timezone: str
    days: list[DayView]


class AvailabilityView(RootModel[SlotsView | DaysView]):
    """What could be booked now: slots, or with `view=days` the dates that have some."""


def slots_body(offered: Offered, include: Container[str]) -> dict[str, Any]:
    """Return the JSON of slots; by hand, because a month has thousands. Errors: TooManySlots, if resources are named."""
    zone = offered.zone
    slots = [
        {"starts_at": local(slot.start, zone), "ends_at": local(slot.end, zone), "remaining": slot.remaining}
        for slot in offered.slots
    ]
    if "resources" in include:
        if sum(map(len, chain.from_iterable(slot.resources for slot in offered.slots))) > MOST_NAMED:
            raise TooManySlots
        for body, slot in zip(slots, offered.slots, strict=True):
            body["resources"] = _filling(offered, slot)
    further = {"next_from": offered.next_from.isoformat()} if offered.next_from else {}
    return _named(offered) | {"slots": slots} | further


def days_body(offered: Offered) -> dict[str, Any]:
    """Return the JSON of the dates that have slots."""
    counts = Counter(local_day(slot.start, offered.zone) for slot in offered.slots)
    days = [{"date": date_of(day).isoformat(), "slots": count} for day, count in sorted(counts.items())]
    return _named(offered) | {"days": days}


def alternatives(offered: Offered) -> list[dict[str, Any]]:
    """Return the JSON of free starts to offer instead, each with the resources that are preferred, one for each role.

    An alternative can be asked for as it is: its fields are those of a request.
    """
    preferred = ([shown(Kind.RESOURCE, able[0]) for able in slot.resources] for slot in offered.slots)
    return [
        {"starts_at": local(slot.start, offered.zone), "resource_id": ids[0], "resource_ids": ids}
        for slot, ids in zip(offered.slots, preferred, strict=True)
    ]


def local(seconds: int, zone: ZoneInfo) -> str:
    """Return an instant in RFC 3339 with the offset of *zone*."""
    return datetime.fromtimestamp(seconds, zone).isoformat()


def _named(offered: Offered) -> dict[str, Any]:
    return {"service_id": shown(Kind.SERVICE, offered.service_id), "timezone": offered.zone.key}


def _filling(offered: Offered, slot: Slot) -> list[dict[str, str]]:
    return [
        {"role": role, "resource_id": shown(Kind.RESOURCE, each)}
        for role, able in zip(offered.roles, slot.resources, strict=True)
        for each in able
    ]
