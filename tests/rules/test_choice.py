"""Any resource, all of them, and which one (rule 10)."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.availability.rules.decide import choose
from domain.availability.rules.model import Candidate, Code, Mode, Reason, Refusal, Terms
from tests.rules.builders import LONG_AGO, anybody, at, booked, clocks, hours, off, offers, on, resource, service

TODAY = date(2026, 1, 12)


def chosen(
    *candidates: Candidate, clock: str = "09:00", terms: Terms | None = None, party: int = 1, mode: Mode = Mode.ANY
) -> list[int] | Refusal:
    found = choose(
        terms or service(), anybody(*candidates), on(clock), party=party, now=at(LONG_AGO), day_counts={}, mode=mode
    )
    return found if isinstance(found, Refusal) else [candidate.id.int for candidate in found]


def test_any_resource_is_the_union_each_on_its_own_grid() -> None:
    early, late = resource(hours("09:00-11:00"), number=1), resource(hours("09:30-11:30"), number=2)
    found = offers(service(60), early, late)
    assert clocks(found) == ["09:00", "09:30", "10:00", "10:30"]
    assert [[each.int for each in slot.resources[0]] for slot in found] == [[1], [2], [1], [2]]


def test_a_slot_names_the_free_resources_by_priority_then_id() -> None:
    trio = [resource(number=3), resource(number=2, priority=1), resource(None, booked("09:00", "10:00"), number=1)]
    found = offers(service(60), *trio)
    assert [each.int for each in found[0].resources[0]] == [3, 2]
    assert [each.int for each in found[1].resources[0]] == [1, 3, 2]


def test_what_remains_is_what_the_best_resource_has_left() -> None:
    full = resource(None, booked("09:00", "10:00", seats=4), number=1)
    half = resource(None, booked("09:00", "10:00", seats=2), number=2)
    fresh = resource(None, booked("09:00", "10:00", seats=1), number=3)
    slot = offers(service(60, capacity=4), full, half, fresh)[0]
    assert (slot.remaining, slot.resources[0]) == (3, (UUID(int=2), UUID(int=3)))


def test_a_party_never_splits_over_two_resources() -> None:
    pair = [resource(hours("09:00-10:00"), number=number) for number in (1, 2)]
    assert offers(service(60, capacity=4), *pair, party=5) == []
    assert chosen(*pair, terms=service(60, capacity=4), party=5) == Refusal(Code.SLOT_TAKEN, (Reason.CAPACITY,))


def test_all_resources_together_is_the_intersection() -> None:
    nurse = resource(hours("09:00-12:00"), booked("10:00", "11:00", seats=3), number=1)
    room = resource(hours("10:00-13:00"), booked("11:00", "12:00", seats=1), number=2)
    found = offers(service(60, capacity=4), nurse, room, mode=Mode.ALL)
    assert clocks(found) == ["10:00", "11:00"]
    assert [slot.remaining for slot in found] == [1, 3]
    assert found[0].resources[0] == (UUID(int=1), UUID(int=2))


def test_all_of_nobody_is_nobody() -> None:
    assert offers(service(), mode=Mode.ALL) == []
    assert chosen(mode=Mode.ALL) == Refusal(Code.OUTSIDE_HOURS)
    assert offers(service()) == []
    assert chosen() == Refusal(Code.OUTSIDE_HOURS)


def test_the_least_booked_that_day_is_chosen_before_priority_before_id() -> None:
    busy, calm = {TODAY: 2}, {TODAY: 1, date(2026, 1, 13): 9}
    assert chosen(resource(number=1, booked_by_day=busy), resource(number=2, priority=5, booked_by_day=calm)) == [2]
    assert chosen(resource(number=1, priority=2), resource(number=2, priority=1)) == [2]
    assert chosen(resource(number=2), resource(number=1)) == [1]


def test_the_day_is_the_business_s() -> None:
    tokyo = service(zone=ZoneInfo("Asia/Tokyo"))  # 16:00 in UTC is the 13th there
    pair = [resource(number=1, booked_by_day={date(2026, 1, 13): 1}), resource(number=2, booked_by_day={TODAY: 1})]
    assert chosen(*pair, clock="16:00", terms=tokyo) == [2]


def test_a_taken_resource_is_passed_over() -> None:
    assert chosen(resource(None, booked("09:00", "10:00"), number=1), resource(number=2, priority=9)) == [2]


def test_nobody_free_is_the_refusal_that_got_furthest() -> None:
    closed = resource(hours("12:00-13:00"), number=1)
    away = resource(None, off("09:00", "10:00"), number=2)
    taken = resource(None, booked("09:00", "10:00"), number=3)
    assert chosen(closed) == Refusal(Code.OUTSIDE_HOURS)
    assert chosen(closed, away) == Refusal(Code.TIME_OFF)
    assert chosen(closed, taken, away) == Refusal(Code.SLOT_TAKEN, (Reason.BUSY,))


def test_all_together_are_refused_by_whoever_is_refused_first() -> None:
    closed = resource(hours("12:00-13:00"), number=1)
    taken = resource(None, booked("09:00", "10:00"), number=3)
    assert chosen(resource(number=2), taken, mode=Mode.ALL) == Refusal(Code.SLOT_TAKEN, (Reason.BUSY,))
    assert chosen(taken, closed, mode=Mode.ALL) == Refusal(Code.OUTSIDE_HOURS)
    assert chosen(resource(number=2), resource(number=1), mode=Mode.ALL) == [1, 2]


def test_what_was_just_decided_is_seen_by_the_next() -> None:
    chair = resource()
    assert chosen(chair) == [1]
    chair.diary.add(booked("09:00", "10:00"))
    assert chosen(chair) == Refusal(Code.SLOT_TAKEN, (Reason.BUSY,))
    assert clocks(offers(service(60), chair))[0] == "10:00"
