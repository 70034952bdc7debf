"""Where and when clocks do what is hard to get right: a zone, and the date on or around which its clocks change."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones


class Place(NamedTuple):
    """A zone, and a date of it."""

    zone: str
    day: date


def _on(zone: str, *days: str) -> list[Place]:
    return [Place(zone, date.fromisoformat(day)) for day in days]


PLACES = [
    # nothing happens; a leap day, and a year's end
    *_on("UTC", "2026-03-01", "2024-02-29"),
    *_on("Asia/Kolkata", "2025-12-31"),
    # an hour by night
    *_on("Europe/Berlin", "2026-03-29", "2026-10-25"),
    *_on("America/New_York", "2026-03-08", "2026-11-01"),
    *_on("Europe/Dublin", "2026-03-29", "2026-10-25"),  # winter is the exception there, not summer
    # half an hour, a quarter, two hours, three
    *_on("Australia/Lord_Howe", "2026-10-04", "2026-04-05"),
    *_on("America/Caracas", "2016-05-01", "2007-12-09"),
    *_on("Asia/Pyongyang", "2018-05-05", "2015-08-15"),  # from 23:30 to midnight, and back from midnight to 23:30
    *_on("Asia/Kathmandu", "1986-01-01"),  # from 00:00 to 00:15
    *_on("Antarctica/Troll", "2026-03-29", "2026-10-25"),
    *_on("Antarctica/Casey", "2009-10-18", "2010-03-05", "2022-10-02"),
    # midnight is skipped
    *_on("America/Sao_Paulo", "2018-11-04"),
    *_on("America/Havana", "2026-03-08"),
    *_on("America/Santiago", "2026-09-06"),
    *_on("Asia/Beirut", "2026-03-29"),
    *_on("Africa/Cairo", "2024-04-26"),
    *_on("Atlantic/Azores", "2026-03-29"),
    # the last hour of a date is repeated, or the first
    *_on("America/Sao_Paulo", "2018-02-17"),
    *_on("America/Asuncion", "2024-03-23"),
    *_on("America/Havana", "2024-11-03"),
    *_on("Atlantic/Azores", "2026-10-25"),
    # a date begins, is left for the one before, and begins again
    *_on("America/St_Johns", "2006-10-29", "1988-10-30"),
    *_on("America/Goose_Bay", "2006-10-29"),
    # a minute past midnight
    *_on("America/St_Johns", "2006-04-02", "1988-04-03"),
    # summer is interrupted by Ramadan
    *_on("Africa/Casablanca", "2026-02-15", "2026-03-22"),
    *_on("Asia/Gaza", "2040-10-20"),
    # a zone is another from one day on
    *_on("America/Metlakatla", "2015-11-01", "2018-11-04", "2019-01-20"),
    *_on("America/Scoresbysund", "2024-03-31"),
    *_on("Africa/Juba", "2021-02-01"),
    *_on("Asia/Magadan", "2014-10-26"),
    # a date is skipped
    *_on("Pacific/Apia", "2011-12-30"),
    *_on("Pacific/Fakaofo", "2011-12-30"),
    *_on("Pacific/Kiritimati", "1994-12-31"),
    *_on("Pacific/Kwajalein", "1993-08-21"),
    # a date is repeated, but for an hour
    *_on("Pacific/Kwajalein", "1969-09-30"),
    # the ends of the date line
    *_on("Pacific/Kiritimati", "2026-06-15"),
    *_on("Pacific/Niue", "2026-06-15"),
]

AFAR = ["UTC", "Pacific/Kiritimati", "Pacific/Niue", "America/St_Johns", "Asia/Kathmandu"]
"""From where somebody may look, or keep hours, whatever the business's zone."""


def anywhere(seed: int) -> list[Place]:
    """Return as many places at random: zones of the whole database, around changes of their clocks since 1973."""
    chance = random.Random(seed)
    names = sorted(available_timezones() - {"Factory", "localtime", "posixrules"})
    return [_some_change(chance, chance.choice(names), chance.randrange(1973, 2038)) for _ in PLACES]


def _some_change(chance: random.Random, name: str, year: int) -> Place:
    """Return one of the changes of a year, or its end."""
    zone, start = ZoneInfo(name), datetime(year, 1, 1, tzinfo=UTC)
    hours = [(start + timedelta(hours=hour)).astimezone(zone) for hour in range(366 * 24)]
    changed = [after for before, after in pairwise(hours) if before.utcoffset() != after.utcoffset()]
    return Place(name, chance.choice(changed or hours[-1:]).date())
