"""Looking up what meets a span."""

from domain.availability.rules.diary import Closure, Diary, Occupied
from domain.availability.rules.zones import DAY
from tests.rules.builders import SERVICE, booked, off, on


def claim(start: int, end: int) -> Occupied:
    return Occupied(start=start, end=end, footprint_start=start, footprint_end=end, seats=1, service_id=SERVICE)


def test_only_what_overlaps_is_found_and_touching_is_not() -> None:
    diary = Diary([booked("08:00", "09:00"), booked("09:30", "10:00"), booked("11:00", "12:00")])
    assert [found.start for found in diary.claims_in((on("09:00"), on("11:00")))] == [on("09:30")]


def test_footprints_are_what_is_looked_up() -> None:
    diary = Diary([booked("08:00", "09:00", after=15)])
    assert len(list(diary.claims_in((on("09:00"), on("10:00"))))) == 1


def test_a_claim_of_many_days_is_found_once_from_any_of_them() -> None:
    trip = claim(on("00:00"), on("00:00") + 10 * DAY)
    diary = Diary([trip])
    assert list(diary.claims_in((on("00:00") - DAY, on("00:00") + 20 * DAY))) == [trip]
    assert list(diary.claims_in((on("00:00") + 9 * DAY, on("00:00") + 11 * DAY))) == [trip]
    assert list(diary.claims_in((on("00:00") + 10 * DAY, on("00:00") + 11 * DAY))) == []


def test_years_of_time_off_are_found_from_any_day() -> None:
    forever = Closure(start=on("00:00"), end=on("00:00") + 40_000 * DAY)
    diary = Diary((), [forever, off("09:00", "10:00")])
    assert list(diary.closures_in((on("00:00") + 30_000 * DAY, on("00:00") + 30_001 * DAY))) == [forever]
    assert len(list(diary.closures_in((on("09:30"), on("09:31"))))) == 2


def test_what_is_added_is_found() -> None:
    diary = Diary()
    assert list(diary.claims_in((on("09:00"), on("10:00")))) == []
    diary.add(booked("09:00", "10:00"))
    assert list(diary.claims_in((on("09:00"), on("10:00")))) == [booked("09:00", "10:00")]


def test_empty_spans_occupy_nothing() -> None:
    diary = Diary([booked("09:30", "09:30")], [off("09:30", "09:30")])
    assert list(diary.claims_in((on("09:00"), on("10:00")))) == []
    assert list(diary.closures_in((on("09:00"), on("10:00")))) == []
