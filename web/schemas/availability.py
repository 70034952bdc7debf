"""Shapes of availability: slots, and dates that have some."""

from collections import Counter
from collections.abc import Container
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, RootModel

from domain.availability.rules.model import Slot
from domain.availability.rules.zones import date_of, local_day
from domain.availability.service import Offered
from domain.kernel.ids import Kind, shown
from web.answers import View
from web.fields import ServiceId
from web.moments import Instant, LocalDate
from web.schemas.roles import RoleView


class SlotView(View):
    """A start that could be booked now."""

    starts_at: Instant
    ends_at: Instant
    remaining: Annotated[int, Field(description="Seats left")]
    resources: Annotated[
        list[RoleView] | None,
        Field(description="With `include=resources`: who could serve, the preferred first in each role"),
    ] = None


class SlotsView(View):
    """The slots, in ascending order, with the offsets of `timezone`."""

    service_id: ServiceId
    timezone: str
    slots: list[SlotView]


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
    """Return the JSON of slots; by hand, because a month has thousands."""
    zone = offered.zone
    slots = [
        {"starts_at": local(slot.start, zone), "ends_at": local(slot.end, zone), "remaining": slot.remaining}
        for slot in offered.slots
    ]
    if "resources" in include:
        for body, slot in zip(slots, offered.slots, strict=True):
            body["resources"] = _filling(offered, slot)
    return _named(offered) | {"slots": slots}


def days_body(offered: Offered) -> dict[str, Any]:
    """Return the JSON of the dates that have slots."""
    counts = Counter(local_day(slot.start, offered.zone) for slot in offered.slots)
    days = [{"date": date_of(day).isoformat(), "slots": count} for day, count in sorted(counts.items())]
    return _named(offered) | {"days": days}


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


def _named(offered: Offered) -> dict[str, Any]:
    return {"service_id": shown(Kind.SERVICE, offered.service_id), "timezone": offered.zone.key}


def _filling(offered: Offered, slot: Slot) -> list[dict[str, str]]:
    return [
        {"role": role, "resource_id": shown(Kind.RESOURCE, each)}
        for role, able in zip(offered.roles, slot.resources, strict=True)
        for each in able
    ]
