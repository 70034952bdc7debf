"""The nouns of the availability rules: what a service asks, what a resource has, what is answered."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.availability.rules.diary import Diary

Block = tuple[int, int]
"""Local opening time of one date in minutes after midnight; ``end < start`` runs into the next day, 1440 is 24:00."""


class Code(StrEnum):
    """Why a start is refused, in the order in which the rules are applied."""

    IN_THE_PAST = "in_the_past"
    TOO_SOON = "too_soon"
    BEYOND_WINDOW = "beyond_window"
    CLOSED_OVERRIDE = "closed_override"
    OUTSIDE_HOURS = "outside_hours"
    OFF_GRID = "off_grid"
    TIME_OFF = "time_off"
    DAY_LIMIT_REACHED = "day_limit_reached"
    SLOT_TAKEN = "slot_taken"


class Reason(StrEnum):
    """What takes a slot: a booking's own time, only its buffers or ours, or too few seats left."""

    BUSY = "busy"
    BUFFER = "buffer"
    CAPACITY = "capacity"


class Mode(StrEnum):
    """Whether one of a requirement's resources has to be free, or all of them together."""

    ANY = "any"
    ALL = "all"


OVERRIDES: Mapping[str, frozenset[Code]] = MappingProxyType(
    {
        "notice": frozenset({Code.TOO_SOON}),
        "window": frozenset({Code.BEYOND_WINDOW}),
        "hours": frozenset({Code.CLOSED_OVERRIDE, Code.OUTSIDE_HOURS, Code.OFF_GRID}),
    }
)
"""The refusals that a member may waive, by the name of the override; never a double."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a service is booked: lengths in seconds, the window in dates of the business's *zone*.

    A start lies *ahead* by a second where its place is held at first: a hold ends at the start, if not before.
    """

    service_id: UUID
    duration: int
    interval: int
    zone: ZoneInfo
    buffer_before: int = 0
    buffer_after: int = 0
    notice: int = 0
    ahead: int = 0
    window_days: int = 60
    capacity: int = 1
    daily_limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """A schedule in its own zone: Monday first, and overrides that replace the dates they name (empty closes).

    Equal schedules share their opening windows, which are remembered: never change a mapping once it is given here.
    """

    zone: ZoneInfo
    weekly: tuple[tuple[Block, ...], ...]
    overrides: Mapping[date, tuple[Block, ...]] = field(default_factory=dict)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Hash all of it, once: schedules that share a hash would be compared override by override, all with all."""
        object.__setattr__(self, "_hash", hash((self.zone, self.weekly, frozenset(self.overrides.items()))))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A resource that could serve; the lower *priority* is preferred.

    ``booked_by_day`` counts its occupying bookings by the business's date, to spread work evenly.
    """

    id: UUID
    hours: Hours
    diary: Diary
    priority: int = 0
    booked_by_day: Counter[date] = field(default_factory=Counter)


class Requirement(NamedTuple):
    """What a booking needs one resource for, and who could be it. The first of a service's sets its grid.

    The others follow: they have to be open and free for the whole of it, but their own opening hour shifts nothing.
    """

    role: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a reader asks: the starts on dates *from_day* to *to_day*, both included, of the viewer's *zone*."""

    from_day: date
    to_day: date
    zone: ZoneInfo
    party: int = 1
    mode: Mode = Mode.ANY


@dataclass(frozen=True, slots=True)
class Refusal:
    """The first rule that refuses a start; *reasons* only under slot_taken, every one that applies."""

    code: Code
    reasons: tuple[Reason, ...] = ()


class Slot(NamedTuple):
    """A start that could be booked now: *resources* has the ids of who is free for each requirement, by priority.

    A tuple because a month has thousands: it is made four times as fast as a frozen dataclass.
    """

    start: int
    end: int
    remaining: int
    resources: tuple[tuple[UUID, ...], ...]
