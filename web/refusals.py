"""Refusals in words: the sentence for each rule that can refuse a start."""

from collections.abc import Mapping
from datetime import date, datetime

from domain.availability.rules.model import Code

SENTENCES: Mapping[str, str] = {
    Code.IN_THE_PAST: "{when} has come already.",
    Code.TOO_SOON: "{when} is sooner than the notice that the service asks for.",
    Code.BEYOND_WINDOW: "{when} is further ahead than the service can be booked.",
    Code.CLOSED_OVERRIDE: "{day} is closed.",
    Code.OUTSIDE_HOURS: "{when} is not within opening hours for the whole of the service.",
    Code.OFF_GRID: "No slot starts at {when}.",
    Code.TIME_OFF: "{when} falls into time off.",
    Code.DAY_LIMIT_REACHED: "{day} has as many bookings of this service as it takes.",
    Code.SLOT_TAKEN: "{when} is no longer free.",
}


def sentence(code: str, starts_at: datetime) -> str:
    """Say why a start was refused; *starts_at* is in the zone of its business."""
    day = dated(starts_at)
    return SENTENCES[code].format(when=f"{starts_at:{'%H:%M:%S' if starts_at.second else '%H:%M'}} on {day}", day=day)


def dated(day: date) -> str:
    """Write a date as people do."""
    return f"{day.day} {day:%B %Y}"


def length(minutes: int) -> str:
    """Write a length of time as people do: in days or hours where that comes out even."""
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes and minutes % size == 0:
            count = minutes // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
