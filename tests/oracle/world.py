"""All that an answer depends on, as plain data: numbers, names, dates and lists, and nothing of the engine's.

Instants are UTC seconds since 1970, lengths are minutes where they say so, dates are those of whichever zone is named.
Blocks are local minutes after midnight, as a schedule keeps them: an end before its start is on the next day.
"""

from dataclasses import dataclass, field
from datetime import date

Block = tuple[int, int]
Blocks = tuple[Block, ...]

OURS = "ours"
"""The service that is asked about; a booking of any other closes what it occupies."""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Opening hours in a zone: the week from Monday on, and the dates on which other hours hold."""

    zone: str
    week: tuple[Blocks, ...]
    overrides: dict[date, Blocks] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Resource:
    """Somebody or something that could serve; *schedule* is its place among the world's."""

    number: int
    schedule: int = 0
    priority: int = 0


@dataclass(frozen=True, kw_only=True)
class Booking:
    """Somebody's claim on one resource or several; a hold ends at *expires_at*, whether a job has run or not."""

    number: int
    resources: tuple[int, ...]
    start: int
    end: int
    minutes_before: int = 0
    minutes_after: int = 0
    seats: int = 1
    service: str = OURS
    expires_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class Closure:
    """Time off, or an outside event, of one resource or (None) of the whole business."""

    resource: int | None
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Service:
    """How the service is booked. *notice* is in seconds; *held* says that its places are held at first."""

    zone: str
    minutes: int
    interval: int
    minutes_before: int = 0
    minutes_after: int = 0
    notice: int = 0
    held: bool = False
    window: int = 40_000
    capacity: int = 1
    daily_limit: int | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which dates of which zone, for how many, on which resources (none named: any), and whether all together.

    What a member *waived* ("notice", "window", "hours") counts when a start is decided on, not when slots are listed.
    """

    first: date
    last: date
    viewer: str
    party: int = 1
    together: bool = False
    named: tuple[int, ...] = ()
    waived: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class World:
    """One case: a service, who fills each of its roles, what is taken, the time, and what is asked."""

    service: Service
    schedules: tuple[Schedule, ...]
    roles: tuple[tuple[Resource, ...], ...]
    bookings: tuple[Booking, ...] = ()
    closures: tuple[Closure, ...] = ()
    now: int = 0
    question: Question
