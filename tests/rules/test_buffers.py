"""Buffers, touching and time off (rules 4 and 5)."""

from tests.rules.builders import OTHER_SERVICE, booked, clocks, hours, off, offers, resource, service


def test_buffers_do_not_apply_at_the_edges_of_opening_hours() -> None:
    assert clocks(offers(service(60, before=30, after=30), resource(hours("09:00-11:00")))) == ["09:00", "10:00"]


def test_touching_is_free() -> None:
    chair = resource(hours("09:00-12:00"), booked("10:00", "11:00"))
    assert clocks(offers(service(60), chair)) == ["09:00", "11:00"]


def test_buffers_of_two_bookings_add_up() -> None:
    quarters = service(60, every=15, before=15, after=30)
    chair = resource(hours("08:00-15:00"), booked("11:00", "12:00", before=15, after=30))
    found = clocks(offers(quarters, chair))
    before = [start for start in found if start < "11:00"]
    after = [start for start in found if start > "11:00"]
    assert before[-1] == "09:15"  # ends 10:15, its 30 minutes and the other's 15 reach from there to 11:00
    assert after[0] == "12:45"  # the other's 30 minutes and its own 15 lie between


def test_a_booking_keeps_the_buffers_it_was_made_with() -> None:
    chair = resource(hours("09:00-13:00"), booked("10:00", "11:00", after=60))
    assert clocks(offers(service(60), chair)) == ["09:00", "12:00"]


def test_a_booking_closes_the_resource_for_another_service() -> None:
    chair = resource(hours("09:00-12:00"), booked("10:00", "11:00", by=OTHER_SERVICE))
    assert clocks(offers(service(60), chair)) == ["09:00", "11:00"]


def test_time_off_has_no_buffers_but_ours_count_against_it() -> None:
    chair = resource(hours("09:00-15:00"), off("12:00", "13:00"))
    assert clocks(offers(service(60), chair)) == ["09:00", "10:00", "11:00", "13:00", "14:00"]
    assert clocks(offers(service(60, after=1), chair)) == ["09:00", "10:00", "13:00", "14:00"]
    assert clocks(offers(service(60, before=1), chair)) == ["09:00", "10:00", "11:00", "14:00"]


def test_time_off_never_shifts_the_grid() -> None:
    assert clocks(offers(service(60), resource(hours("09:00-13:00"), off("09:00", "09:30")))) == [
        "10:00", "11:00", "12:00",
    ]  # fmt: skip


def test_time_off_without_length_closes_nothing() -> None:
    assert clocks(offers(service(60), resource(hours("09:00-10:00"), off("09:30", "09:30")))) == ["09:00"]
