"""What the clocks of a zone read, found by looking at every minute.

The tz database is asked one thing, the offset at an instant. All else is read off: which minutes read a date, which
of them reads a time first, which times nobody ever reads. Minutes are those since 1970 in UTC; what a clock reads is
counted alike, in minutes since 1970 on that clock, so that `reading // DAY` is a date and `reading % DAY` a time.

Offsets that are no whole minutes, as some were before 1972, are out of scope, and refused.
"""

from array import array
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 24 * 60
NEVER = -(2**31)
_MINUTE = timedelta(minutes=1)
_DAY_ZERO = date(1970, 1, 1)


def number_of(day: date) -> int:
    """Count the days from 1970-01-01 to a date."""
    return (day - _DAY_ZERO).days


def date_of(number: int) -> date:
    """Name the date that lies so many days after 1970-01-01."""
    return _DAY_ZERO + timedelta(days=number)


def reading(zone: str, minute: int) -> int:
    """Return what clocks read at a minute."""
    return _readings(zone, minute // DAY)[minute % DAY]


@lru_cache(maxsize=1_000)
def minutes_of(zone: str, day: int) -> Sequence[int]:
    """Return the minutes at which clocks read a date, ascending; none if the zone skipped it."""
    return [minute for minute in _minutes_around(day) if reading(zone, minute) // DAY == day]


def exists(zone: str, day: int) -> bool:
    """Say whether clocks ever read a date."""
    return any(minute != NEVER for minute in _first_passes(zone, day))


def minute_of(zone: str, local: int) -> int:
    """Find the minute that reads a local time: of several the first; one that is skipped shifts forward by the gap."""
    found = _first_passes(zone, local // DAY)[local % DAY]
    return _shifted(zone, local) if found == NEVER else found


def is_repeated(zone: str, minute: int) -> bool:
    """Say whether clocks have read before what they read at a minute."""
    local = reading(zone, minute)
    return _first_passes(zone, local // DAY)[local % DAY] < minute


def jumps(zone: str, minutes: range) -> Iterator[tuple[int, int]]:
    """Yield each minute at which clocks do not read one more than the minute before, and by how much they are off."""
    for day in range(minutes.start // DAY, (minutes.stop - 1) // DAY + 1):
        yield from (jump for jump in _jumps(zone, day) if jump[0] in minutes)


@lru_cache(maxsize=20_000)
def _readings(zone: str, day: int) -> "array[int]":
    """Ask for the offset at each minute of a UTC day, and add it."""
    place = ZoneInfo(zone)
    read = array("l")
    for minute in range(day * DAY, (day + 1) * DAY):
        offset = datetime.fromtimestamp(minute * 60, place).utcoffset() or timedelta(0)
        minutes, rest = divmod(offset, _MINUTE)
        assert not rest, f"{zone} was at {offset} from UTC"
        read.append(minute + minutes)
    return read


@lru_cache(maxsize=20_000)
def _first_passes(zone: str, day: int) -> "array[int]":
    """Return for each time of a date the first minute that reads it, or NEVER."""
    found = array("l", [NEVER]) * DAY
    for minute in reversed(_minutes_around(day)):  # so that the earlier one is written over the later
        local = reading(zone, minute)
        if local // DAY == day:
            found[local % DAY] = minute
    return found


def _shifted(zone: str, local: int) -> int:
    """Read a time that is skipped with the offset before the gap, as RFC 5545 says."""
    for minute in _minutes_around(local // DAY):
        if reading(zone, minute) < local < reading(zone, minute + 1):
            return local - (reading(zone, minute) - minute)
    raise AssertionError(f"{zone} neither reads nor skips {local}")


@lru_cache(maxsize=20_000)
def _jumps(zone: str, day: int) -> tuple[tuple[int, int], ...]:
    minutes = range(day * DAY, (day + 1) * DAY)
    steps = ((minute, reading(zone, minute) - reading(zone, minute - 1) - 1) for minute in minutes)
    return tuple((minute, step) for minute, step in steps if step)


def _minutes_around(day: int) -> range:
    """Return every minute that could read a date: no clock is a day away from UTC."""
    return range((day - 1) * DAY, (day + 2) * DAY)
