"""Shared seats (rule 9)."""

from domain.availability.rules.decide import refusal
from domain.availability.rules.model import Code, Reason, Refusal, Slot
from tests.rules.builders import LONG_AGO, OTHER_SERVICE, at, booked, clocks, hours, off, offers, on, resource, service


def seats(found: list[Slot]) -> list[tuple[str, int]]:
    return list(zip(clocks(found), [slot.remaining for slot in found], strict=True))


def test_overlapping_starts_of_one_service_share_the_seats() -> None:
    boat = resource(hours("09:00-12:00"), booked("09:00", "10:00", seats=2), booked("09:30", "10:30", seats=1))
    found = offers(service(60, every=30, capacity=4), boat)
    assert seats(found) == [("09:00", 1), ("09:30", 1), ("10:00", 3), ("10:30", 4), ("11:00", 4)]


def test_parties_that_do_not_meet_do_not_add_up() -> None:
    boat = resource(hours("09:00-12:00"), booked("09:00", "10:00", seats=3), booked("10:00", "11:00", seats=3))
    found = offers(service(60, every=30, capacity=4), boat)
    assert seats(found) == [("09:00", 1), ("09:30", 1), ("10:00", 1), ("10:30", 1), ("11:00", 4)]


def test_a_party_needs_all_its_seats_in_every_instant() -> None:
    boat = resource(hours("09:00-12:00"), booked("09:00", "10:00", seats=2), booked("09:30", "10:30", seats=1))
    assert clocks(offers(service(60, every=30, capacity=4), boat, party=2)) == ["10:00", "10:30", "11:00"]
    assert clocks(offers(service(60, every=30, capacity=4), boat, party=4)) == ["10:30", "11:00"]
    assert offers(service(60, every=30, capacity=4), boat, party=5) == []


def test_seats_are_taken_for_the_whole_footprint() -> None:
    boat = resource(hours("09:00-12:00"), booked("10:00", "11:00", seats=3, before=30))
    assert seats(offers(service(60, capacity=4), boat)) == [("09:00", 1), ("10:00", 1), ("11:00", 4)]
    assert seats(offers(service(60, capacity=4, before=1), boat)) == [("09:00", 1), ("10:00", 1), ("11:00", 1)]


def test_another_service_closes_the_resource_entirely() -> None:
    boat = resource(hours("09:00-12:00"), booked("10:00", "10:05", by=OTHER_SERVICE))
    assert clocks(offers(service(60, capacity=4), boat)) == ["09:00", "11:00"]


def test_time_off_closes_the_resource_entirely() -> None:
    boat = resource(hours("09:00-12:00"), off("10:00", "10:05"), booked("09:00", "12:00"))
    assert seats(offers(service(60, capacity=4), boat)) == [("09:00", 3), ("11:00", 3)]


def test_more_taken_than_a_lowered_capacity_offers_nothing() -> None:
    boat = resource(hours("09:00-11:00"), booked("09:00", "10:00", seats=5))
    assert clocks(offers(service(60, capacity=3), boat)) == ["10:00"]


def test_a_capacity_of_one_is_nobody_s_to_share() -> None:
    chair = resource(hours("09:00-11:00"), booked("09:00", "10:00", seats=1))
    assert seats(offers(service(60), chair)) == [("10:00", 1)]


def test_the_decision_counts_the_same_seats() -> None:
    boat = resource(hours("09:00-12:00"), booked("09:00", "10:00", seats=2), booked("09:30", "10:30", seats=1))
    ferry = service(60, every=30, capacity=4)

    def refused(clock: str, party: int) -> Refusal | None:
        return refusal(ferry, boat, on(clock), party=party, now=at(LONG_AGO), day_counts={})

    assert refused("09:00", 1) is None
    assert refused("09:00", 2) == Refusal(Code.SLOT_TAKEN, (Reason.CAPACITY,))
    assert refused("10:00", 3) is None
    assert refused("10:00", 4) == Refusal(Code.SLOT_TAKEN, (Reason.CAPACITY,))
    assert refused("11:00", 5) == Refusal(Code.SLOT_TAKEN, (Reason.CAPACITY,))
