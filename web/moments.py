"""Moments: dates, times and instants as the outside writes them, one spelling each."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, TypeVar

from pydantic import AfterValidator, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from domain.kernel.outside import rfc3339

T = TypeVar("T")

YEARS = range(1970, 2201)  # beyond them databases, clients and calendars begin to disagree
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
# Not whatever fromisoformat takes: week dates, missing seconds and missing offsets are its own ideas.
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)


LONGEST_OFFSET = timedelta(hours=15, minutes=59)  # PostgreSQL takes none beyond
CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def on_the_clock(minutes: int) -> str:
    """Return what a clock shows so many minutes after midnight; 1440 is 24:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    found = _read(value, DATE, date.fromisoformat, "Input should be a real date, YYYY-MM-DD")
    return _in_range(found, found.year)


def _time(value: object) -> time:
    return value if isinstance(value, time) else _read(value, TIME, time.fromisoformat, "Input should be a time, HH:MM")


def _instant(value: object) -> datetime:
    if isinstance(value, datetime) and value.tzinfo:
        return value
    message = "Input should be an RFC 3339 date and time with seconds and an offset, 2026-03-15T14:00:00+01:00"
    if isinstance(value, str) and INSTANT.fullmatch(value.replace(" ", "+")):
        message = "Input should have a + where a blank came: in an address it is written %2B"
    found = _read(value, INSTANT, lambda text: datetime.fromisoformat(text.upper()), message)
    _in_range(found, found.year)  # first: the year 1 less an offset is no date at all
    _in_range(found, found.astimezone(UTC).year)
    offset = found.utcoffset()
    return found if offset is None or abs(offset) <= LONGEST_OFFSET else found.astimezone(UTC)


def _second(value: datetime) -> datetime:
    if value.microsecond:
        raise PydanticCustomError("invalid", "Input should be a whole second")
    return value


def _opening(value: object) -> int:
    return _read(value, TIME, _minutes, "Input should be a time, HH:MM")


def _closing(value: object) -> int:
    return _read(value, CLOCK, _minutes, "Input should be a time, HH:MM, up to 24:00")


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _read(value: object, pattern: re.Pattern[str], read: Callable[[str], T], message: str) -> T:
    if isinstance(value, str) and pattern.fullmatch(value):
        try:
            return read(value)
        except ValueError:  # the 30th of February, the 61st second
            raise PydanticCustomError("invalid", message) from None
    raise PydanticCustomError("invalid", message)


def _in_range(value: T, year: int) -> T:
    if year not in YEARS:
        raise PydanticCustomError("out_of_range", "The year should be from 1970 to 2200")
    return value


LocalDate = Annotated[
    date,
    PlainValidator(_date),
    PlainSerializer(date.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-03-15"]}),
]
LocalTime = Annotated[
    time,
    PlainValidator(_time),
    PlainSerializer(lambda value: f"{value:%H:%M}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["14:00"]}),
]
Instant = Annotated[
    datetime,
    PlainValidator(_instant),
    PlainSerializer(rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-03-15T14:00:00+01:00"]}),
]
Second = Annotated[Instant, AfterValidator(_second)]
Opening = Annotated[
    int,
    PlainValidator(_opening),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["09:00"]}),
]
Closing = Annotated[
    int,
    PlainValidator(_closing),
    WithJsonSchema({"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", "examples": ["17:00"]}),
]
