"""Schedules on the days when clocks change (rule 11)."""

from zoneinfo import ZoneInfo

from domain.availability.rules.decide import refusal
from tests.rules.builders import at, hours, local, offers, resource, service


def found(day: str, daily: str, zone: str, *, minutes: int = 30, last: str | None = None) -> list[str]:
    days = (day, last or day)
    return local(offers(service(minutes), resource(hours(daily, zone)), days=days, zone=ZoneInfo(zone)), zone)


def test_the_hour_that_berlin_skips_is_not_offered() -> None:
    assert found("2026-03-29", "01:00-04:00", "Europe/Berlin") == [
        "29 01:00+0100", "29 01:30+0100", "29 03:00+0200", "29 03:30+0200",
    ]  # fmt: skip


def test_both_passes_of_the_hour_that_berlin_repeats_are_offered() -> None:
    assert found("2026-10-25", "01:30-03:30", "Europe/Berlin") == [
        "25 01:30+0200", "25 02:00+0200", "25 02:30+0200", "25 02:00+0100", "25 02:30+0100", "25 03:00+0100",
    ]  # fmt: skip


def test_a_block_ends_with_the_first_pass_of_a_repeated_time() -> None:
    assert found("2026-10-25", "01:00-02:30", "Europe/Berlin") == ["25 01:00+0200", "25 01:30+0200", "25 02:00+0200"]


def test_a_block_starts_with_the_first_pass_of_a_repeated_time() -> None:
    assert found("2026-11-01", "01:30-02:30", "America/New_York") == [
        "01 01:30-0400", "01 01:00-0500", "01 01:30-0500", "01 02:00-0500",
    ]  # fmt: skip


def test_steps_are_elapsed_time_across_a_change() -> None:
    assert found("2026-03-08", "00:00-06:00", "America/New_York", minutes=90) == [
        "08 00:00-0500", "08 01:30-0500", "08 04:00-0400",
    ]  # fmt: skip


def test_a_block_inside_a_gap_is_empty_and_never_overnight() -> None:
    assert found("2026-03-29", "02:00-03:00", "Europe/Berlin") == []
    assert found("2026-03-29", "02:30-03:00", "Europe/Berlin", last="2026-03-30") == ["30 02:30+0200"]


def test_a_block_that_starts_in_a_gap_starts_later() -> None:
    assert found("2026-03-29", "02:15-04:00", "Europe/Berlin") == ["29 03:15+0200"]


def test_a_block_that_ends_in_a_gap_ends_later() -> None:
    assert found("2026-03-29", "01:30-02:30", "Europe/Berlin") == ["29 01:30+0100", "29 03:00+0200"]


def test_lord_howe_moves_by_half_an_hour() -> None:
    assert found("2026-10-04", "01:00-03:30", "Australia/Lord_Howe") == [
        "04 01:00+1030", "04 01:30+1030", "04 02:30+1100", "04 03:00+1100",
    ]  # fmt: skip
    assert found("2026-04-05", "01:00-02:30", "Australia/Lord_Howe") == [
        "05 01:00+1100", "05 01:30+1100", "05 01:30+1030", "05 02:00+1030",
    ]  # fmt: skip


def test_a_day_of_sao_paulo_that_begins_at_one() -> None:
    assert found("2018-11-04", "00:00-03:00", "America/Sao_Paulo", minutes=60) == ["04 01:00-0200", "04 02:00-0200"]


def test_a_night_of_sao_paulo_into_the_day_that_begins_at_one() -> None:
    assert found("2018-11-03", "22:00-02:00", "America/Sao_Paulo", minutes=60, last="2018-11-04")[2:5] == [
        "03 22:00-0300", "03 23:00-0300", "04 01:00-0200",
    ]  # fmt: skip


def test_an_evening_of_sao_paulo_that_repeats_its_last_hour() -> None:
    assert found("2018-02-17", "22:00-24:00", "America/Sao_Paulo", minutes=60) == [
        "17 22:00-0200", "17 23:00-0200", "17 23:00-0300",
    ]  # fmt: skip


def test_havana_repeats_the_first_hour_of_a_date() -> None:
    assert found("2024-11-03", "00:00-02:00", "America/Havana", minutes=60) == [
        "03 00:00-0400", "03 00:00-0500", "03 01:00-0500",
    ]  # fmt: skip


def test_an_evening_of_havana_ends_before_the_repeated_hour() -> None:
    assert found("2024-11-02", "22:00-24:00", "America/Havana", minutes=60, last="2024-11-03")[:3] == [
        "02 22:00-0400", "02 23:00-0400", "03 22:00-0500",
    ]  # fmt: skip


def test_a_date_that_samoa_skipped_has_no_hours() -> None:
    assert found("2011-12-29", "09:00-11:00", "Pacific/Apia", minutes=60, last="2011-12-31") == [
        "29 09:00-1000", "29 10:00-1000", "31 09:00+1400", "31 10:00+1400",
    ]  # fmt: skip


def test_a_night_of_samoa_runs_on_into_the_date_after_the_skipped_one() -> None:
    assert found("2011-12-29", "22:00-02:00", "Pacific/Apia", minutes=60, last="2011-12-31") == [
        "29 00:00-1000", "29 01:00-1000", "29 22:00-1000", "29 23:00-1000", "31 00:00+1400", "31 01:00+1400",
        "31 22:00+1400", "31 23:00+1400",
    ]  # fmt: skip


def test_last_night_s_tail_is_known_to_who_asks_for_the_date_after_the_skipped_one_alone() -> None:
    assert found("2011-12-31", "22:00-02:00", "Pacific/Apia", minutes=60)[:2] == ["31 00:00+1400", "31 01:00+1400"]


def test_newfoundland_returns_to_the_date_before_for_an_hour() -> None:
    # at 00:01 on the 29th it is 23:01 on the 28th again: the grid of the 29th passes through the 28th
    saturday = found("2006-10-28", "00:00-01:00", "America/St_Johns")
    assert saturday == ["28 00:00-0230", "28 00:30-0230", "28 23:30-0330"]
    sunday = found("2006-10-29", "00:00-01:00", "America/St_Johns")
    assert sunday == ["29 00:00-0230", "29 00:00-0330", "29 00:30-0330"]


def test_a_start_that_fell_back_to_the_date_before_may_be_booked() -> None:
    night = resource(hours("00:00-01:00", "America/St_Johns"))
    short = service(15, every=30)
    start = at("2006-10-28T23:30-03:30")  # on the grid of the 29th, and over before the 29th returns
    assert refusal(short, night, start, party=1, now=0, day_counts={}) is None
    assert start in [slot.start for slot in offers(short, night, days=("2006-10-28",), zone=night.hours.zone)]


def test_an_evening_of_newfoundland_ends_with_the_first_midnight() -> None:
    assert found("2006-10-28", "22:30-24:00", "America/St_Johns")[-1] == "28 23:30-0230"


def test_casablanca_repeats_an_hour_when_ramadan_begins() -> None:
    assert found("2026-02-15", "01:30-04:00", "Africa/Casablanca", minutes=60) == [
        "15 01:30+0100", "15 02:30+0100", "15 02:30+0000",
    ]  # fmt: skip


def test_kathmandu_keeps_its_odd_offset() -> None:
    assert found("2026-01-12", "09:00-11:00", "Asia/Kathmandu", minutes=60) == ["12 09:00+0545", "12 10:00+0545"]
