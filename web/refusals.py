"""Refusals in words: the sentence for each rule that can refuse a start."""

from collections.abc import Mapping
from datetime import datetime

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
    day = f"{starts_at.day} {starts_at:%B %Y}"
    return SENTENCES[code].format(when=f"{starts_at:%H:%M} on {day}", day=day)
