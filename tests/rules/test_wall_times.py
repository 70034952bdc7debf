"""Wall times that were told, read again by other rules of their zone (rule 11)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.availability.rules.wall_times import read_again
from domain.availability.rules.zones import DAY, offsets
from domain.bookings.rules import LocalStart
from domain.bookings.service.request import local_start
from domain.kernel.errors import NonexistentLocalTime
from tests.rules.builders import at
from tests.rules.test_local_time import ZONES

NAMES = st.sampled_from([zone if isinstance(zone, str) else zone.key for zone in ZONES])
INSTANTS = st.integers(at("1971-01-01T00:00Z"), at("2200-01-01T00:00Z"))
MINUTE = 60


@pytest.mark.parametrize(
    ("zone", "told", "stored", "minutes", "passes"),
    [
        # Mexico gave up summer time in October 2022, Moscow went over to it for good in 2011.
        ("America/Mexico_City", "2023-05-10T10:00", "2023-05-10T10:00-05:00", 60, 1),
        ("Europe/Moscow", "2011-12-07T10:00", "2011-12-07T10:00+03:00", -60, 1),
        # Half an hour, either way.
        ("America/Caracas", "2016-05-04T10:00", "2016-05-04T10:00-04:30", -30, 1),
        ("Asia/Pyongyang", "2015-08-17T10:00", "2015-08-17T10:00+09:00", 30, 1),
        # Egypt came back to summer time in April 2023: half an hour past midnight is skipped.
        ("Africa/Cairo", "2023-04-28T00:30", "2023-04-28T00:30+02:00", 0, 0),
        ("Africa/Cairo", "2023-04-28T00:30", "2023-04-28T00:30+03:00", 60, 0),
        ("Africa/Cairo", "2023-05-08T10:00", "2023-05-08T10:00+02:00", -60, 1),
        # Samoa skipped the 30th of December 2011.
        ("Pacific/Apia", "2011-12-30T10:00", "2011-12-30T10:00-10:00", 0, 0),
        ("Pacific/Apia", "2011-12-31T10:00", "2011-12-31T10:00-10:00", -24 * 60, 1),
        # A repeated time stays on either pass, and otherwise comes to the first.
        ("Europe/Berlin", "2022-10-30T02:30", "2022-10-30T02:30+02:00", 0, 2),
        ("Europe/Berlin", "2022-10-30T02:30", "2022-10-30T02:30+01:00", 0, 2),
        ("Europe/Berlin", "2022-10-30T02:30", "2022-10-30T02:30+03:00", 60, 2),
        ("Europe/Berlin", "2022-10-30T02:30", "2022-10-30T02:30+00:00", -120, 2),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-05T01:45+10:30", 0, 2),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-04T02:15+11:00", 30, 0),
    ],
)
def test_a_told_wall_time_is_kept_by_a_shift(zone: str, told: str, stored: str, minutes: int, passes: int) -> None:
    reading = read_again(datetime.fromisoformat(told), ZoneInfo(zone))
    assert (reading.shift(at(stored)), len(reading.passes)) == (minutes * MINUTE, passes)


def test_what_is_skipped_is_shown_as_late_as_the_gap_is_long() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    reading = read_again(datetime.fromisoformat("2023-04-28T00:30:15"), cairo)
    assert f"{datetime.fromtimestamp(reading.start, cairo):%F %T}" == "2023-04-28 01:30:15"


@given(NAMES, INSTANTS)
def test_what_was_written_by_the_same_rules_never_moves(zone: str, instant: int) -> None:
    written = local_start(datetime.fromtimestamp(instant, UTC), zone)
    told = datetime.fromisoformat(written["local_start"])
    assert read_again(told, ZoneInfo(zone)).shift(instant) == 0


@given(NAMES, INSTANTS, st.sampled_from([0, 1]))
def test_nor_does_a_wall_time_that_was_asked_for(zone: str, instant: int, fold: int) -> None:
    asked = datetime.fromtimestamp(instant - instant % MINUTE, UTC).replace(tzinfo=None)
    try:
        written = local_start(LocalStart(day=asked.date(), at=asked.time(), fold=1 if fold else 0), zone)
    except NonexistentLocalTime:
        return
    assert written["local_start"] == f"{asked:%Y-%m-%dT%H:%M:%S}"
    assert read_again(asked, ZoneInfo(zone)).shift(int(written["starts_at"].timestamp())) == 0


@given(NAMES, INSTANTS, st.integers(-26 * 60, 26 * 60).map(lambda minutes: timedelta(minutes=minutes)))
def test_what_has_moved_reads_as_it_was_told_unless_clocks_skip_that(zone: str, instant: int, off: timedelta) -> None:
    place = ZoneInfo(zone)
    told = datetime.fromtimestamp(instant, place).replace(tzinfo=None) + off
    reading = read_again(told, place)
    moved = datetime.fromtimestamp(instant + reading.shift(instant), place).replace(tzinfo=None)
    assert (moved == told) == bool(reading.passes)
    assert moved >= told


@given(NAMES, INSTANTS, st.integers(1, 400 * DAY))
def test_offsets_cover_every_instant_once(zone: str, start: int, length: int) -> None:
    place = ZoneInfo(zone)
    pieces = offsets(start, start + length, place)
    assert (pieces[0].start, pieces[-1].end) == (start, start + length)
    assert all(before.end == after.start for before, after in pairwise(pieces))
    for piece in pieces:
        for instant in (piece.start, piece.end - 1):
            shown = datetime.fromtimestamp(instant, place).utcoffset()
            assert shown == timedelta(seconds=piece.offset)
