"""Opening hours as they are kept, and how long time off may be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

Minutes = tuple[int, int]
"""Start and end in minutes after midnight; an end before its start is on the next day, one at it makes it empty."""

LONGEST_TIME_OFF = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHours:
    """Hours to be kept: of the week (weekday, then minutes), and of dates, of which several may be the same."""

    timezone: str | None
    weekly: Sequence[tuple[int, int, int]]
    overrides: Sequence[tuple[date, Sequence[Minutes]]]

    def kept_weekly(self) -> list[list[int]]:
        """Return the week in order, each block once."""
        return [list(block) for block in sorted(set(self.weekly))]

    def kept_overrides(self) -> Mapping[str, list[list[int]]]:
        """Return the hours of each date in order; several overrides of one date join."""
        joined: dict[date, set[Minutes]] = {}
        for day, blocks in self.overrides:
            joined.setdefault(day, set()).update(blocks)
        return {day.isoformat(): [list(block) for block in sorted(joined[day])] for day in sorted(joined)}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTimeOff:
    """A closure, from one instant to another."""

    starts_at: datetime
    ends_at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOffFilters:
    """Which time off to list: of one resource, starting at or after *starts_from* and before *starts_to*."""

    resource_id: UUID | None = None
    starts_from: datetime | None = None
    starts_to: datetime | None = None


def is_possible(starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether time off can be that long: not nothing, and not beyond five years."""
    return timedelta(0) < ends_at - starts_at <= LONGEST_TIME_OFF
