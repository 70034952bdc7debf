"""Whom a claim would meet at another time."""

from uuid import UUID

import pytest

from domain.availability.rules.diary import Diary, Occupied
from domain.availability.rules.meeting import met, shifted
from tests.rules.builders import OTHER_SERVICE, booked

MINE = UUID(int=1)


def whose(number: int, start: str, end: str, **more: object) -> Occupied:
    return booked(start, end, **more)._replace(booking_id=UUID(int=number))  # type: ignore[arg-type]


def numbers(claims: list[Occupied], mine: Occupied, capacity: int = 1) -> list[int]:
    return sorted(each.booking_id.int for each in met(Diary(claims), mine, capacity) if each.booking_id)


def test_a_claim_is_shifted_with_its_buffers() -> None:
    assert shifted(whose(1, "10:00", "11:00", before=10, after=5), 3600) == whose(
        1, "11:00", "12:00", before=10, after=5
    )
    assert shifted(whose(1, "10:00", "11:00"), -1800) == whose(1, "09:30", "10:30")


def test_touching_is_not_meeting_and_nobody_meets_themselves() -> None:
    mine = whose(1, "10:00", "11:00")
    assert numbers([mine, whose(2, "09:00", "10:00"), whose(3, "11:00", "12:00")], mine) == []
    assert numbers([mine, whose(2, "09:00", "10:01"), whose(3, "10:59", "12:00")], mine) == [2, 3]


def test_buffers_meet_too() -> None:
    assert numbers([whose(2, "09:00", "10:00", after=5)], whose(1, "10:00", "11:00")) == [2]
    assert numbers([whose(2, "09:00", "10:00")], whose(1, "10:00", "11:00", before=5)) == [2]


@pytest.mark.parametrize(("seats", "crowd"), [(1, []), (2, [2, 3])])
def test_seats_are_shared_up_to_the_capacity(seats: int, crowd: list[int]) -> None:
    others = [whose(2, "09:30", "10:30"), whose(3, "10:15", "10:45"), whose(4, "10:45", "11:15")]
    assert numbers(others, whose(1, "10:00", "11:00", seats=seats), capacity=3) == crowd


def test_what_is_crowded_without_it_is_not_its_doing() -> None:
    others = [whose(2, "08:00", "10:30", seats=2), whose(3, "08:00", "09:30", seats=2)]
    assert numbers(others, whose(1, "10:00", "11:00"), capacity=3) == []


def test_another_service_shares_nothing() -> None:
    other = whose(2, "10:30", "11:30", by=OTHER_SERVICE)
    assert numbers([other], whose(1, "10:00", "11:00"), capacity=9) == [2]
