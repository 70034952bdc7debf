"""Dates of the viewer (rule 12)."""

from datetime import date
from zoneinfo import ZoneInfo

from domain.availability.rules.model import Query
from tests.candidates import slots
from tests.rules.builders import LONG_AGO, MONDAY, anybody, at, clocks, hours, local, offers, resource, service

AUCKLAND = ZoneInfo("Pacific/Auckland")  # thirteen hours ahead of UTC in January


def test_a_slot_belongs_to_the_viewer_s_date_of_its_start() -> None:
    chair = resource(hours("09:00-13:00"))
    found = offers(service(), chair, zone=AUCKLAND)
    assert local(found, "Pacific/Auckland") == [
        "12 00:00+1300", "12 01:00+1300", "12 22:00+1300", "12 23:00+1300",
    ]  # fmt: skip


def test_without_a_viewer_s_zone_dates_are_the_business_s() -> None:
    auckland = service(zone=AUCKLAND)
    assert len(offers(auckland, resource(hours("09:00-13:00")))) == 4
    assert clocks(offers(auckland, resource(hours("09:00-13:00")))) == ["11:00", "12:00", "09:00", "10:00"]


def test_both_ends_of_a_range_are_included() -> None:
    days = (MONDAY, "2026-01-14")
    found = offers(service(), resource(hours("09:00-10:00")), days=days)
    assert local(found, "UTC") == ["12 09:00+0000", "13 09:00+0000", "14 09:00+0000"]


def test_a_slot_belongs_to_the_date_it_starts_on_however_long_it_lasts() -> None:
    night = resource(hours("20:00-04:00"))
    assert clocks(offers(service(300), night)) == ["20:00"]


def test_weekdays_stay_the_schedule_s_whoever_looks() -> None:
    chair = resource(hours("", on_2026_01_12="09:00-11:00"))
    for zone in ("UTC", "Pacific/Auckland", "America/Los_Angeles"):
        found = offers(service(), chair, days=("2026-01-10", "2026-01-15"), zone=ZoneInfo(zone))
        assert clocks(found) == ["09:00", "10:00"]


def test_a_date_that_the_viewer_s_zone_skipped_has_no_slots() -> None:
    always = resource(hours("00:00-24:00"))
    assert offers(service(), always, days=("2011-12-30",), zone=ZoneInfo("Pacific/Apia")) == []
    assert len(offers(service(), always, days=("2011-12-29", "2011-12-31"), zone=ZoneInfo("Pacific/Apia"))) == 48


def test_a_date_of_23_and_of_25_hours() -> None:
    always, berlin = resource(hours("00:00-24:00")), ZoneInfo("Europe/Berlin")
    assert len(offers(service(), always, days=("2026-03-29",), zone=berlin)) == 23
    assert len(offers(service(), always, days=("2026-10-25",), zone=berlin)) == 25


def test_a_range_that_ends_before_it_begins_is_empty() -> None:
    for zone in ("UTC", "Pacific/Apia"):
        query = Query(from_day=date(2011, 12, 31), to_day=date(2011, 12, 29), zone=ZoneInfo(zone))
        assert slots(service(), anybody(resource(hours("00:00-24:00"))), query, now=at(LONG_AGO), day_counts={}) == []
