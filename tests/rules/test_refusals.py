"""Why a start is refused, in which order, and what a member may waive."""

from datetime import date

from domain.availability.rules.decide import all_refusals, refusal
from domain.availability.rules.model import OVERRIDES, Candidate, Code, Reason, Refusal, Terms
from tests.rules.builders import LONG_AGO, OTHER_SERVICE, at, booked, hours, off, on, resource, service

FULL_DAY = {date(2026, 1, 12): 1}


def why(candidate: Candidate, clock: str, terms: Terms | None = None) -> Refusal | None:
    return refusal(terms or service(), candidate, on(clock), party=1, now=at(LONG_AGO), day_counts={})


def test_codes_stand_in_the_order_of_application() -> None:
    assert [str(code) for code in Code] == [
        "in_the_past", "too_soon", "beyond_window", "closed_override", "outside_hours", "off_grid", "time_off",
        "day_limit_reached", "slot_taken",
    ]  # fmt: skip


def test_closed_by_an_override_is_told_from_closed_by_the_week() -> None:
    closed = hours("09:00-17:00", on_2026_01_12="")
    assert why(resource(closed), "09:00") == Refusal(Code.CLOSED_OVERRIDE)
    assert why(resource(hours("")), "09:00") == Refusal(Code.OUTSIDE_HOURS)
    assert why(resource(hours("09:00-17:00", on_2026_01_12="10:00-11:00")), "09:00") == Refusal(Code.OUTSIDE_HOURS)
    assert why(resource(hours("09:00-17:00", on_2026_01_12="10:00-10:00")), "09:00") == Refusal(Code.CLOSED_OVERRIDE)


def test_an_override_that_the_clocks_leave_empty_closes() -> None:
    gone = resource(hours("09:00-17:00", "Europe/Berlin", on_2026_03_29="02:00-03:00"))
    start = at("2026-03-29T09:00+02:00")
    told = all_refusals(service(), gone, start, party=1, now=at(LONG_AGO), day_counts={})
    assert told == (Refusal(Code.CLOSED_OVERRIDE), Refusal(Code.OUTSIDE_HOURS))


def test_in_the_tail_of_last_night_a_closed_date_is_open() -> None:
    bar = resource(hours("22:00-02:00", on_2026_01_12=""))
    assert why(bar, "01:00") is None
    assert why(bar, "01:30") == Refusal(Code.OUTSIDE_HOURS)
    assert why(bar, "02:00") == Refusal(Code.CLOSED_OVERRIDE)


def test_a_closed_date_is_the_schedule_s_and_not_the_business_s() -> None:
    tokyo = resource(hours("09:00-17:00", "Asia/Tokyo", on_2026_01_13=""))
    assert why(tokyo, "14:00") == Refusal(Code.OUTSIDE_HOURS)
    assert why(tokyo, "15:00") == Refusal(Code.CLOSED_OVERRIDE)


def test_beside_the_grid_is_off_grid_only_where_the_whole_would_fit() -> None:
    assert why(resource(), "09:30") == Refusal(Code.OFF_GRID)
    assert why(resource(), "16:00") is None
    assert why(resource(), "16:01") == Refusal(Code.OUTSIDE_HOURS)
    assert why(resource(), "08:59") == Refusal(Code.OUTSIDE_HOURS)
    assert why(resource(), "09:00:01") == Refusal(Code.OFF_GRID)


def test_every_reason_for_a_taken_slot_is_told() -> None:
    chair = resource(
        None,
        booked("10:00", "11:00", by=OTHER_SERVICE),
        booked("09:00", "09:50", after=20, by=OTHER_SERVICE),
        booked("10:00", "11:00", seats=4),
    )
    boat = service(capacity=4)
    assert why(chair, "10:00", boat) == Refusal(Code.SLOT_TAKEN, (Reason.BUSY, Reason.BUFFER, Reason.CAPACITY))


def test_only_buffers_meeting_is_a_buffer_whoever_s_it_is() -> None:
    assert why(resource(None, booked("09:00", "10:00", after=5)), "10:00") == Refusal(Code.SLOT_TAKEN, (Reason.BUFFER,))
    assert why(resource(None, booked("09:00", "10:00")), "10:00", service(before=5)) == Refusal(
        Code.SLOT_TAKEN, (Reason.BUFFER,)
    )
    assert why(resource(None, booked("09:00", "10:00")), "10:00") is None


def test_time_off_is_met_by_buffers() -> None:
    assert why(resource(None, off("11:00", "12:00")), "10:00") is None
    assert why(resource(None, off("11:00", "12:00")), "10:00", service(after=1)) == Refusal(Code.TIME_OFF)


def test_the_first_rule_that_applies_is_the_answer_and_all_can_be_told() -> None:
    everything = resource(
        hours("09:00-17:00", on_2026_01_12=""), off("09:00", "10:00"), booked("09:00", "10:00"), number=7
    )
    terms = service(notice=60, window_days=-1, daily_limit=1)
    told = all_refusals(terms, everything, on("09:00"), party=1, now=on("09:01"), day_counts=FULL_DAY)
    assert told == (
        Refusal(Code.IN_THE_PAST),
        Refusal(Code.TOO_SOON),
        Refusal(Code.BEYOND_WINDOW),
        Refusal(Code.CLOSED_OVERRIDE),
        Refusal(Code.OUTSIDE_HOURS),
        Refusal(Code.TIME_OFF),
        Refusal(Code.DAY_LIMIT_REACHED),
        Refusal(Code.SLOT_TAKEN, (Reason.BUSY,)),
    )
    assert refusal(terms, everything, on("09:00"), party=1, now=on("09:01"), day_counts=FULL_DAY) == told[0]


def test_a_bookable_start_has_no_refusal_at_all() -> None:
    assert all_refusals(service(), resource(), on("09:00"), party=1, now=at(LONG_AGO), day_counts={}) == ()


def test_a_member_may_waive_notice_window_and_hours() -> None:
    def waiving(clock: str, now: str, *overrides: str) -> Refusal | None:
        waived = frozenset[Code]().union(*(OVERRIDES[name] for name in overrides))
        terms = service(notice=3600, window_days=1)
        return refusal(terms, resource(), on(clock), party=1, now=at(now), day_counts={}, waived=waived)

    assert waiving("09:00", "2026-01-12T08:30Z") == Refusal(Code.TOO_SOON)
    assert waiving("09:00", "2026-01-12T08:30Z", "notice") is None
    assert waiving("09:00", "2026-01-01T08:30Z") == Refusal(Code.BEYOND_WINDOW)
    assert waiving("09:00", "2026-01-01T08:30Z", "window") is None
    assert waiving("03:07", "2026-01-12T01:00Z") == Refusal(Code.OUTSIDE_HOURS)
    assert waiving("03:07", "2026-01-12T01:00Z", "hours") is None
    assert waiving("09:07", "2026-01-12T01:00Z", "hours") is None
    assert waiving("03:07", "2026-01-12T03:00Z", "hours") == Refusal(Code.TOO_SOON)


def test_nobody_may_waive_the_past_time_off_the_limit_or_a_double() -> None:
    waived = frozenset[Code]().union(*OVERRIDES.values())
    assert waived.isdisjoint({Code.IN_THE_PAST, Code.TIME_OFF, Code.DAY_LIMIT_REACHED, Code.SLOT_TAKEN})
    taken = resource(hours(""), booked("09:00", "10:00"))
    asked = refusal(service(), taken, on("09:00"), party=1, now=at(LONG_AGO), day_counts={}, waived=waived)
    assert asked == Refusal(Code.SLOT_TAKEN, (Reason.BUSY,))
