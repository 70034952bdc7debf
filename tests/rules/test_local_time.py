"""Local time and instants (rules 11 and 13)."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.availability.rules.zones import (
    DAY,
    AmbiguousLocalTime,
    NonexistentLocalTime,
    date_of,
    day_number,
    days_between,
    instant,
    local_day,
    resolve,
    spans_of_days,
    valid_zone,
)
from tests.rules.builders import at

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
ZONES = [
    *("UTC", "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/St_Johns", "America/Havana"),
    *("America/Sao_Paulo", "America/Santiago", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kwajalein"),
    *("Africa/Casablanca", "Africa/Monrovia", "Asia/Kathmandu", "Asia/Tehran", "Asia/Gaza", "Antarctica/Troll"),
]


def mapped(day: str, clock: str, zone: str) -> int:
    hour, minute = map(int, clock.split(":"))
    return instant(day_number(date.fromisoformat(day)), hour * 60 + minute, ZoneInfo(zone))


@pytest.mark.parametrize(
    ("day", "clock", "zone", "expected"),
    [
        ("2026-03-29", "01:59", "Europe/Berlin", "2026-03-29T01:59+01:00"),
        ("2026-03-29", "02:00", "Europe/Berlin", "2026-03-29T03:00+02:00"),
        ("2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T03:30+02:00"),
        ("2026-03-29", "03:00", "Europe/Berlin", "2026-03-29T03:00+02:00"),
        ("2026-03-08", "02:30", "America/New_York", "2026-03-08T03:30-04:00"),
        ("2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-04T02:45+11:00"),
        ("2018-11-04", "00:00", "America/Sao_Paulo", "2018-11-04T01:00-02:00"),
        ("2011-12-30", "12:00", "Pacific/Apia", "2011-12-31T12:00+14:00"),
    ],
)
def test_a_missing_time_shifts_forward_by_the_gap(day: str, clock: str, zone: str, expected: str) -> None:
    assert mapped(day, clock, zone) == at(expected)


@pytest.mark.parametrize(
    ("day", "clock", "zone", "expected"),
    [
        ("2026-10-25", "02:00", "Europe/Berlin", "2026-10-25T02:00+02:00"),
        ("2026-10-25", "02:59", "Europe/Berlin", "2026-10-25T02:59+02:00"),
        ("2026-10-25", "03:00", "Europe/Berlin", "2026-10-25T03:00+01:00"),
        ("2026-11-01", "01:30", "America/New_York", "2026-11-01T01:30-04:00"),
        ("2026-04-05", "01:45", "Australia/Lord_Howe", "2026-04-05T01:45+11:00"),
        ("2024-11-03", "00:00", "America/Havana", "2024-11-03T00:00-04:00"),
        ("2018-02-17", "23:30", "America/Sao_Paulo", "2018-02-17T23:30-02:00"),
        ("2018-02-17", "24:00", "America/Sao_Paulo", "2018-02-18T00:00-03:00"),
        ("2006-10-29", "00:00", "America/St_Johns", "2006-10-29T00:00-02:30"),
    ],
)
def test_a_repeated_time_is_its_first_pass(day: str, clock: str, zone: str, expected: str) -> None:
    assert mapped(day, clock, zone) == at(expected)


def test_offsets_need_not_be_whole_hours_nor_whole_minutes() -> None:
    assert mapped("2026-01-12", "09:00", "Asia/Kathmandu") == at("2026-01-12T09:00+05:45")
    assert mapped("1985-06-01", "09:00", "Asia/Kathmandu") == at("1985-06-01T09:00+05:30")
    assert mapped("1971-06-01", "09:00", "Africa/Monrovia") == at("1971-06-01T09:00-00:44:30")


def test_casablanca_goes_back_for_ramadan() -> None:
    assert mapped("2026-02-14", "12:00", "Africa/Casablanca") == at("2026-02-14T12:00+01:00")
    assert mapped("2026-02-16", "12:00", "Africa/Casablanca") == at("2026-02-16T12:00+00:00")
    assert mapped("2026-03-23", "12:00", "Africa/Casablanca") == at("2026-03-23T12:00+01:00")


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/Boa_Vista", "2000-10-11"),
        ("America/Noronha", "2000-10-14"),
        ("America/Recife", "2000-10-09"),
        ("Asia/Gaza", "2040-10-23"),
        ("Asia/Hebron", "2054-03-31"),
        ("Asia/Gaza", "2072-10-25"),
    ],
)
def test_the_shortest_summers_of_a_week_are_not_overlooked(zone: str, day: str) -> None:
    noon = mapped(day, "12:00", zone)
    assert f"{datetime.fromtimestamp(noon, ZoneInfo(zone)):%F %H:%M}" == f"{day} 12:00"


def test_a_request_at_a_time_that_clocks_skip_is_refused() -> None:
    with pytest.raises(NonexistentLocalTime) as refused:
        resolve(date(2026, 3, 29), time(2, 30), BERLIN)
    assert refused.value.facts == {"local": "2026-03-29 02:30", "timezone": "Europe/Berlin"}


def test_a_fold_does_not_make_a_skipped_time_exist() -> None:
    with pytest.raises(NonexistentLocalTime):
        resolve(date(2026, 3, 29), time(2, 30), BERLIN, fold=1)


def test_a_request_on_a_date_that_the_zone_skipped_is_refused() -> None:
    with pytest.raises(NonexistentLocalTime):
        resolve(date(2011, 12, 30), time(12), ZoneInfo("Pacific/Apia"))


def test_a_request_at_a_repeated_time_needs_a_fold() -> None:
    with pytest.raises(AmbiguousLocalTime):
        resolve(date(2026, 11, 1), time(1, 30), NEW_YORK)
    assert resolve(date(2026, 11, 1), time(1, 30), NEW_YORK, fold=0) == at("2026-11-01T01:30-04:00")
    assert resolve(date(2026, 11, 1), time(1, 30), NEW_YORK, fold=1) == at("2026-11-01T01:30-05:00")


def test_a_fold_is_idle_where_nothing_repeats() -> None:
    assert resolve(date(2026, 1, 12), time(9, 15, 30), BERLIN, fold=1) == at("2026-01-12T09:15:30+01:00")


def test_the_edges_of_gaps_and_folds_exist_once() -> None:
    assert resolve(date(2026, 3, 29), time(3), BERLIN) == at("2026-03-29T03:00+02:00")
    assert resolve(date(2026, 10, 25), time(3), BERLIN) == at("2026-10-25T03:00+01:00")
    assert resolve(date(2026, 10, 25), time(1, 59, 59), BERLIN) == at("2026-10-25T01:59:59+02:00")


def test_the_ends_of_the_calendar_are_no_accident() -> None:
    for day in (date.min, date.max):
        for zone in map(ZoneInfo, ZONES):
            start = resolve(day, time(12), zone)
            assert date_of(local_day(start, zone)) == day
            assert date_of(local_day(start - 3 * DAY, zone)) <= date_of(local_day(start + 3 * DAY, zone))


def test_samoa_had_no_30th_of_december_2011() -> None:
    first, last = day_number(date(2011, 12, 28)), day_number(date(2012, 1, 1))
    existing = [date_of(day).day for day in days_between(first, last, ZoneInfo("Pacific/Apia"))]
    assert existing == [28, 29, 31, 1]
    assert spans_of_days(first + 2, first + 2, ZoneInfo("Pacific/Apia")) == ()


def test_where_clocks_go_back_at_a_minute_past_midnight_a_date_is_two_spans() -> None:
    newfoundland = ZoneInfo("America/St_Johns")
    sunday = day_number(date(2006, 10, 29))
    assert spans_of_days(sunday, sunday, newfoundland) == (
        (at("2006-10-29T00:00-02:30"), at("2006-10-29T00:01-02:30")),
        (at("2006-10-29T00:00-03:30"), at("2006-10-30T00:00-03:30")),
    )


def test_only_names_of_the_database_are_zones() -> None:
    assert all(map(valid_zone, [*ZONES, "US/Eastern", "Etc/GMT+5"]))
    refused = ["", "localtime", "posixrules", "Factory", "posix/Europe/Berlin", "right/Europe/Berlin"]
    refused += ["europe/berlin", "Europe", "/etc/localtime", "../Europe/Berlin", "Europe/Berlin\0", "tzdata.zi"]
    assert not any(map(valid_zone, refused))


zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.integers(at("1975-01-01T00:00Z") // 60, at("2060-01-01T00:00Z") // 60).map(lambda minute: minute * 60)


@given(moments, zones)
def test_every_instant_is_found_again_by_what_its_clock_reads(moment: int, zone: ZoneInfo) -> None:
    wall = datetime.fromtimestamp(moment, zone)
    assert date_of(local_day(moment, zone)) == wall.date()
    found = {resolve(wall.date(), wall.time(), zone, fold=0), resolve(wall.date(), wall.time(), zone, fold=1)}
    assert moment in found
    assert instant(day_number(wall.date()), wall.hour * 60 + wall.minute, zone) == min(found)


@given(moments, zones)
def test_the_spans_of_a_date_are_the_instants_that_read_it(moment: int, zone: ZoneInfo) -> None:
    day = local_day(moment, zone)
    inside = spans_of_days(day, day, zone)
    for probe in range(moment - 2 * DAY, moment + 2 * DAY, 1800):
        reads = datetime.fromtimestamp(probe, zone).date()
        assert (day_number(reads) == day) is any(start <= probe < end for start, end in inside)
