"""Notice, booking window and limit a day (rules 6, 7 and 8)."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from domain.availability.rules.decide import refusal
from domain.availability.rules.model import Code, Refusal
from tests.rules.builders import MONDAY, at, clocks, hours, local, offers, on, resource, service


@pytest.mark.parametrize(
    ("now", "notice", "first"),
    [
        ("09:00:00", 0, "09:00"),
        ("09:00:01", 0, "10:00"),
        ("08:00:00", 3600, "09:00"),
        ("08:00:01", 3600, "10:00"),
        ("08:59:59", 1, "09:00"),
        ("09:00:00", 1, "10:00"),
    ],
)
def test_notice_is_inclusive_to_the_second(now: str, notice: int, first: str) -> None:
    assert clocks(offers(service(notice=notice), resource(), now=f"{MONDAY}T{now}Z"))[0] == first


def test_notice_is_elapsed_time_across_a_change_of_clocks() -> None:
    berlin = service(zone=ZoneInfo("Europe/Berlin"), notice=24 * 3600)
    chair = resource(hours("09:00-13:00", "Europe/Berlin"))
    found = offers(berlin, chair, days=("2026-03-29",), now="2026-03-28T10:00+01:00")
    assert local(found, "Europe/Berlin")[0] == "29 11:00+0200"


def test_a_window_of_no_days_is_today() -> None:
    days = (MONDAY, "2026-01-14")
    found = offers(service(window_days=0), resource(hours("09:00-11:00")), days=days, now=f"{MONDAY}T00:00Z")
    assert local(found, "UTC") == ["12 09:00+0000", "12 10:00+0000"]


def test_a_window_ends_with_whole_dates_whatever_the_hour_now() -> None:
    days = (MONDAY, "2026-01-20")
    found = offers(service(window_days=2), resource(hours("09:00-10:00")), days=days, now=f"{MONDAY}T23:59:59Z")
    assert local(found, "UTC") == ["13 09:00+0000", "14 09:00+0000"]


def test_a_window_counts_dates_of_the_business_and_not_of_schedule_or_viewer() -> None:
    tokyo = service(window_days=0, zone=ZoneInfo("Asia/Tokyo"))
    chair = resource(hours("12:00-18:00"))  # UTC; midnight in Tokyo is at 15:00
    for viewer in ("America/Los_Angeles", "UTC"):
        days = ("2026-01-11", "2026-01-13")
        found = offers(tokyo, chair, days=days, zone=ZoneInfo(viewer), now=f"{MONDAY}T00:00Z")
        assert clocks(found) == ["12:00", "13:00", "14:00"]


def test_a_day_at_its_limit_offers_nothing_and_the_next_day_does() -> None:
    days = (MONDAY, "2026-01-13")
    counts = {date(2026, 1, 12): 3, date(2026, 1, 13): 2}
    found = offers(service(daily_limit=3), resource(hours("09:00-10:00")), days=days, day_counts=counts)
    assert local(found, "UTC") == ["13 09:00+0000"]


def test_no_limit_a_day_is_no_limit() -> None:
    assert len(offers(service(), resource(), day_counts={date(2026, 1, 12): 10_000})) == 8


def test_a_limit_counts_the_business_s_date_where_it_is_two_spans() -> None:
    newfoundland = service(30, zone=ZoneInfo("America/St_Johns"), daily_limit=1)
    night = resource(hours("23:30-01:00", "America/St_Johns"))
    days = ("2006-10-28", "2006-10-29")
    found = offers(newfoundland, night, days=days, day_counts={date(2006, 10, 29): 1})
    assert local(found, "America/St_Johns") == [
        "28 00:00-0230", "28 00:30-0230", "28 23:30-0230", "28 23:30-0330",
    ]  # fmt: skip


def test_a_date_of_the_business_may_begin_and_be_left_again_within_the_viewer_s() -> None:
    newfoundland = service(1, every=60, zone=ZoneInfo("America/St_Johns"))
    night = resource(hours("00:00-01:00", "America/St_Johns"))
    found = offers(newfoundland, night, days=("2006-10-28",), zone=ZoneInfo("America/Sao_Paulo"))
    assert local(found, "America/St_Johns") == ["29 00:00-0230"]


def test_a_viewer_s_date_may_begin_in_the_minute_before_the_business_falls_back() -> None:
    labrador = service(15, every=30, zone=ZoneInfo("America/Goose_Bay"))
    night = resource(hours("00:00-01:00", "America/Goose_Bay"))
    found = offers(labrador, night, days=("2006-10-29",), zone=ZoneInfo("America/Sao_Paulo"))
    assert local(found, "America/Goose_Bay") == [
        "29 00:00-0300", "28 23:30-0400", "29 00:00-0400", "29 00:30-0400",
    ]  # fmt: skip


def test_the_decision_knows_the_same_limits() -> None:
    limited = service(notice=60, window_days=1, daily_limit=1)

    def refused(start: int, now: int, booked: int = 0) -> Refusal | None:
        counts = {date(2026, 1, 12): booked}
        return refusal(limited, resource(), start, party=1, now=now, day_counts=counts)

    assert refused(on("09:00"), on("08:59")) is None
    assert refused(on("09:00"), on("09:00:01")) == Refusal(Code.IN_THE_PAST)
    assert refused(on("09:00"), on("08:59:01")) == Refusal(Code.TOO_SOON)
    assert refused(on("09:00"), at("2026-01-11T00:00Z")) is None
    assert refused(on("09:00"), at("2026-01-10T23:59Z")) == Refusal(Code.BEYOND_WINDOW)
    assert refused(on("09:00"), on("08:00"), booked=1) == Refusal(Code.DAY_LIMIT_REACHED)
