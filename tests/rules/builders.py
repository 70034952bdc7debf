"""Small worlds for the availability rules: a service, a schedule, a resource, and what is offered."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.availability.rules.diary import Closure, Diary, Occupied
from domain.availability.rules.model import Block, Candidate, Hours, Mode, Query, Requirement, Slot, Terms
from tests.candidates import slots

GREENWICH = ZoneInfo("UTC")
SERVICE, OTHER_SERVICE = UUID(int=100), UUID(int=200)
MONDAY = "2026-01-12"
LONG_AGO = "2000-01-01T00:00Z"


def at(text: str) -> int:
    """Read an instant with its offset: ``2026-03-29T03:00+02:00``."""
    return int(datetime.fromisoformat(text).timestamp())


def on(clock: str) -> int:
    """Read a time of the Monday that most worlds live on, in UTC."""
    return at(f"{MONDAY}T{clock}Z")


def service(
    minutes: int = 60,
    *,
    every: int | None = None,
    before: int = 0,
    after: int = 0,
    zone: ZoneInfo = GREENWICH,
    **more: int,
) -> Terms:
    """Make a service; lengths in minutes, but notice in seconds. Its window has no end unless one is given."""
    return Terms(
        service_id=SERVICE,
        duration=minutes * 60,
        interval=(every or minutes) * 60,
        buffer_before=before * 60,
        buffer_after=after * 60,
        zone=zone,
        **{"window_days": 40_000, **more},
    )


def blocks(text: str) -> tuple[Block, ...]:
    """Read ``09:00-12:00 13:00-17:00``."""
    return tuple((_minute(block.split("-")[0]), _minute(block.split("-")[1])) for block in text.split())


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def hours(daily: str = "09:00-17:00", zone: str = "UTC", **overrides: str) -> Hours:
    """Make a schedule that is the same every day but on the dates named, as ``on_2026_01_13="10:00-11:00"``."""
    named = {date(*map(int, day.removeprefix("on_").split("_"))): blocks(text) for day, text in overrides.items()}
    return Hours(zone=ZoneInfo(zone), weekly=(blocks(daily),) * 7, overrides=named)


def booked(start: str, end: str, *, before: int = 0, after: int = 0, seats: int = 1, by: UUID = SERVICE) -> Occupied:
    """Make a claim on that Monday; buffers in minutes."""
    return Occupied(
        start=on(start),
        end=on(end),
        footprint_start=on(start) - before * 60,
        footprint_end=on(end) + after * 60,
        seats=seats,
        service_id=by,
    )


def off(start: str, end: str) -> Closure:
    """Make time off on that Monday."""
    return Closure(start=on(start), end=on(end))


def resource(
    schedule: Hours | None = None,
    *written: Occupied | Closure,
    number: int = 1,
    priority: int = 0,
    booked_by_day: Mapping[date, int] | None = None,
) -> Candidate:
    """Make a resource with its diary; *number* becomes its id."""
    return Candidate(
        id=UUID(int=number),
        hours=schedule or hours(),
        diary=Diary(
            [entry for entry in written if isinstance(entry, Occupied)],
            [entry for entry in written if isinstance(entry, Closure)],
        ),
        priority=priority,
        booked_by_day=Counter(booked_by_day),
    )


def offers(
    terms: Terms,
    *candidates: Candidate,
    days: Iterable[str] = (MONDAY,),
    zone: ZoneInfo | None = None,
    now: str = LONG_AGO,
    party: int = 1,
    mode: Mode = Mode.ANY,
    day_counts: Mapping[date, int] | None = None,
) -> list[Slot]:
    """List the slots from the first to the last of *days*, in the business's zone unless another is given."""
    dates = sorted(date.fromisoformat(day) for day in days)
    query = Query(from_day=dates[0], to_day=dates[-1], zone=zone or terms.zone, party=party, mode=mode)
    return slots(terms, anybody(*candidates), query, now=at(now), day_counts=day_counts or {})


def anybody(*candidates: Candidate) -> list[Requirement]:
    """Need a single resource, any of these."""
    return [Requirement("resource", candidates)]


def clocks(found: Iterable[Slot]) -> list[str]:
    """Read the starts in UTC: ``09:00``."""
    return [f"{datetime.fromtimestamp(slot.start, UTC):%H:%M}" for slot in found]


def local(found: Iterable[Slot], zone: str) -> list[str]:
    """Read the starts on a zone's clocks: ``29 03:00+0200``."""
    return [f"{datetime.fromtimestamp(slot.start, ZoneInfo(zone)):%d %H:%M%z}" for slot in found]
