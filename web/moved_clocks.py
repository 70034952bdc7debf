"""How moved clocks are shown to operators: as a line of JSON, and as a row of a table with what is against a move."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.availability.rules.zones import MINUTE
from domain.bookings.service.moved_clocks import MovedClock
from domain.kernel.ids import Kind, shown

COLUMNS = ("booking", "told", "clocks show", "shift", "if moved", "if left")
NAMED = 3  # how many of those whom a booking would meet a table names
UNDECIDED = "undecided"


def line(clock: MovedClock, *, now: datetime) -> Mapping[str, Any]:
    """Return one as programs read it. Without a place, what a place would meet is None."""
    told, outlook, zone = clock.told, clock.outlook, ZoneInfo(clock.told.timezone)
    return {
        "booking_id": shown(Kind.BOOKING, told.booking_id),
        "reschedule_id": told.reschedule_id and shown(Kind.RESCHEDULE, told.reschedule_id),
        "business_id": shown(Kind.BUSINESS, clock.business.id),
        "business": clock.business.slug,
        "service_id": shown(Kind.SERVICE, told.service_id),
        "status": told.status,
        "overrides": told.overrides,
        "timezone": told.timezone,
        "tzdata_version": told.tzdata_version,
        "told": told.local_start,
        "if_left": {
            "starts_at": told.starts_at.astimezone(zone).isoformat(),
            "outside_hours": outlook and outlook.stands_outside_hours,
        },
        "if_moved": {
            "starts_at": _at(clock.start, zone).isoformat(),
            "shift_minutes": _minutes(clock.shift),
            "passes": [_at(each, zone).isoformat() for each in clock.reading.passes],
            "in_the_past": _is_past(clock, now),
            "outside_hours": outlook and outlook.moves_outside_hours,
            "in_time_off": outlook and outlook.moves_into_time_off,
            "meets": outlook and [shown(Kind.BOOKING, each) for each in outlook.meets],
        },
    }


def row(clock: MovedClock, *, now: datetime) -> tuple[str, ...]:
    """Return one as people read it, under COLUMNS."""
    told, outlook = clock.told, clock.outlook
    against = "; ".join(obstacles(clock, now=now).values())
    fits = "fits" if outlook else UNDECIDED
    stands = "outside hours" if _is_against(clock, "stands_outside_hours") else "fits"
    booking = shown(Kind.BOOKING, told.booking_id)
    return (
        f"{booking}\n(wished)" if told.reschedule_id else booking,
        told.local_start.replace("T", " ").removesuffix(":00"),
        _on_the_clock(told.starts_at.astimezone(ZoneInfo(told.timezone))),
        f"{_minutes(clock.shift):+} min" if clock.shift else "none",
        against or fits,
        stands if outlook else UNDECIDED,
    )


def obstacles(clock: MovedClock, *, now: datetime) -> Mapping[str, str]:
    """Return what is to be known before one is moved, each under the name that a summary counts it by."""
    zone, outlook = ZoneInfo(clock.told.timezone), clock.outlook
    found: dict[str, str] = {}
    if not clock.reading.passes:
        found["skipped by clocks"] = f"skipped: would be {_on_the_clock(_at(clock.start, zone))}"
    if len(clock.reading.passes) > 1:
        found["shown twice by clocks"] = "comes twice: the first"
    if _is_past(clock, now):
        found["in the past"] = "in the past"
    if _is_against(clock, "moves_outside_hours"):
        found["outside hours"] = "outside hours"
    if outlook and outlook.moves_into_time_off:
        found["in time off"] = "time off"
    if outlook and outlook.meets:
        found["meeting others"] = _meeting([shown(Kind.BOOKING, each) for each in outlook.meets])
    return found


def _meeting(others: list[str]) -> str:
    more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
    return f"meets {', '.join(others[:NAMED])}{more}"


def _is_against(clock: MovedClock, name: str) -> bool:
    """Tell whether hours speak against a place for which they were not waived when it was booked."""
    return "hours" not in clock.told.overrides and bool(clock.outlook and getattr(clock.outlook, name))


def _is_past(clock: MovedClock, now: datetime) -> bool:
    return clock.start <= now.timestamp()


def _at(seconds: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone)


def _on_the_clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _minutes(seconds: int) -> float:
    """Return whole minutes as a whole number, which they always are in our time."""
    return seconds / MINUTE if seconds % MINUTE else seconds // MINUTE
