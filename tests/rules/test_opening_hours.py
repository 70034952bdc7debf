"""Grid, blocks and overrides (rules 1, 2 and 3)."""

from tests.rules.builders import MONDAY, booked, clocks, hours, local, offers, resource, service


def test_starts_step_by_the_duration_from_the_opening() -> None:
    assert clocks(offers(service(60), resource(hours("09:00-12:30")))) == ["09:00", "10:00", "11:00"]


def test_starts_step_by_the_interval_when_there_is_one() -> None:
    found = offers(service(60, every=20), resource(hours("09:00-11:00")))
    assert clocks(found) == ["09:00", "09:20", "09:40", "10:00"]
    assert [(slot.end - slot.start) // 60 for slot in found] == [60] * 4


def test_an_interval_longer_than_the_duration_leaves_gaps() -> None:
    assert clocks(offers(service(15, every=45), resource(hours("09:00-11:00")))) == ["09:00", "09:45", "10:30"]


def test_each_block_starts_its_own_grid() -> None:
    assert clocks(offers(service(40), resource(hours("09:00-10:00 10:10-11:30")))) == ["09:00", "10:10", "10:50"]


def test_blocks_that_overlap_or_touch_are_one_grid() -> None:
    assert clocks(offers(service(40), resource(hours("09:00-10:00 10:00-11:00")))) == ["09:00", "09:40", "10:20"]
    assert clocks(offers(service(40), resource(hours("09:30-11:00 09:00-10:00")))) == ["09:00", "09:40", "10:20"]
    assert clocks(offers(service(40), resource(hours("09:00-11:00 09:30-10:00")))) == ["09:00", "09:40", "10:20"]


def test_bookings_and_now_remove_starts_and_never_shift_them() -> None:
    chair = resource(hours("09:00-13:00"), booked("09:20", "09:50"))
    assert clocks(offers(service(60), chair)) == ["10:00", "11:00", "12:00"]
    assert clocks(offers(service(60), chair, now=f"{MONDAY}T10:30Z")) == ["11:00", "12:00"]


def test_a_block_that_ends_where_it_starts_is_empty() -> None:
    assert offers(service(), resource(hours("09:00-09:00"))) == []
    assert offers(service(), resource(hours("00:00-00:00"))) == []


def test_a_day_may_end_at_24_00() -> None:
    assert clocks(offers(service(), resource(hours("22:00-24:00", on_2026_01_13="")))) == ["22:00", "23:00"]


def test_an_end_of_23_59_means_23_59() -> None:
    assert clocks(offers(service(), resource(hours("22:00-23:59")))) == ["22:00"]
    assert clocks(offers(service(59, every=60), resource(hours("22:00-23:59")))) == ["22:00", "23:00"]


def test_an_end_before_the_start_runs_into_the_next_day() -> None:
    bar = resource(hours("", on_2026_01_12="22:00-02:00"))
    found = offers(service(60), bar, days=(MONDAY, "2026-01-13"))
    assert local(found, "UTC") == ["12 22:00+0000", "12 23:00+0000", "13 00:00+0000", "13 01:00+0000"]
    assert clocks(offers(service(60), bar, days=("2026-01-13",))) == ["00:00", "01:00"]


def test_an_end_at_midnight_is_the_next_midnight() -> None:
    assert clocks(offers(service(60), resource(hours("", on_2026_01_12="22:00-00:00")))) == ["22:00", "23:00"]


def test_open_time_joins_over_midnight() -> None:
    always = resource(hours("00:00-24:00"))
    assert clocks(offers(service(180, every=60), always))[-2:] == ["22:00", "23:00"]


def test_a_slot_may_last_longer_than_a_day_where_it_never_closes() -> None:
    assert clocks(offers(service(3 * 24 * 60, every=720), resource(hours("00:00-24:00")))) == ["00:00", "12:00"]


def test_each_date_restarts_the_grid_and_a_start_offered_twice_appears_once() -> None:
    always = resource(hours("00:00-24:00"))
    found = offers(service(7 * 60), always, days=(MONDAY, "2026-01-13"))
    assert clocks(found) == ["00:00", "07:00", "14:00", "21:00"] * 2
    twice = resource(hours("22:00-02:00", on_2026_01_13="00:00-03:00"))
    found = offers(service(60), twice, days=("2026-01-13",))
    assert clocks(found) == ["00:00", "01:00", "02:00"]


def test_a_tail_and_the_next_day_keep_their_own_grids() -> None:
    bar = resource(hours("", on_2026_01_12="22:30-02:00", on_2026_01_13="01:00-04:00"))
    assert clocks(offers(service(60), bar, days=("2026-01-13",))) == ["00:30", "01:00", "01:30", "02:00", "03:00"]


def test_an_override_replaces_the_weekly_hours_of_its_date_alone() -> None:
    chair = resource(hours("09:00-11:00", on_2026_01_13="14:00-15:00"))
    found = offers(service(), chair, days=(MONDAY, "2026-01-14"))
    assert local(found, "UTC") == [
        "12 09:00+0000", "12 10:00+0000", "13 14:00+0000", "14 09:00+0000", "14 10:00+0000",
    ]  # fmt: skip


def test_several_blocks_of_an_override_join() -> None:
    chair = resource(hours("09:00-17:00", on_2026_01_12="08:00-09:30 09:30-11:00"))
    assert clocks(offers(service(90), chair)) == ["08:00", "09:30"]


def test_an_empty_override_closes_but_the_tail_of_last_night_survives() -> None:
    bar = resource(hours("22:00-02:00", on_2026_01_13=""))
    found = offers(service(60), bar, days=(MONDAY, "2026-01-14"))
    assert local(found, "UTC") == [
        "12 00:00+0000", "12 01:00+0000", "12 22:00+0000", "12 23:00+0000", "13 00:00+0000", "13 01:00+0000",
        "14 22:00+0000", "14 23:00+0000",
    ]  # fmt: skip


def test_weekdays_follow_the_schedule_s_zone() -> None:
    tokyo = resource(hours("", "Asia/Tokyo", on_2026_01_13="06:00-08:00"))  # Monday 21:00 to 23:00 in UTC
    assert clocks(offers(service(60), tokyo)) == ["21:00", "22:00"]
