"""Claims past the application in the way of one role: the next who could fill it, or nobody; the other roles stay whole."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from config.transaction import Session
from domain.availability import queries as taken
from domain.availability.queries import Moments, Taken
from domain.bookings.tables import Booking
from tests.builders import a_booking, a_reschedule, decide, look, weekday
from tests.claims import Claim, connected, overbooked
from tests.db.moves import LATER, START, outcome, placed, standing
from tests.studios import Studio, a_studio, another_service, got, held

Unseen = Callable[[UUID], None]
KINDS = pytest.mark.parametrize("exclusive", [True, False], ids=["exclusion", "trigger"])


@pytest.fixture
def unseen(monkeypatch: pytest.MonkeyPatch) -> Unseen:
    """Let the allocator not see what is taken on a resource, as if it had been written since it looked."""
    hidden: set[UUID] = set()
    look_up = taken.live_claims

    def live_claims(session: Session, resource_ids: Collection[UUID], moments: Moments) -> Sequence[Taken]:
        return [each for each in look_up(session, resource_ids, moments) if each.resource_id not in hidden]

    monkeypatch.setattr(taken, "live_claims", live_claims)
    return hidden.add


def in_the_way(studio: Studio, resource_id: UUID, *, exclusive: bool, start: datetime = START) -> None:
    """Write a claim past the application: alone like ours, or (not *exclusive*) another service's that shares."""
    gone = a_booking(studio, weekday() - timedelta(days=30))  # in the past: refused when it is decided
    claim = Claim(booking_id=gone.id, resource_id=resource_id, service_id=studio.service.id, start=start)
    if not exclusive:
        other = another_service(studio, thing=[resource_id])
        claim = replace(claim, service_id=other.service.id, exclusive=False)
    with connected() as connection:
        claim.write(connection)


def is_whole(booking: Booking) -> bool:
    """Tell whether a booking holds what it says that it has, and nothing else."""
    return held(booking) == sorted(got(booking).values())


@KINDS
def test_a_chair_that_the_database_refuses_sends_the_booking_to_the_next(unseen: Unseen, *, exclusive: bool) -> None:
    studio = a_studio(chairs=3)
    for chair in studio.chairs[:2]:
        in_the_way(studio, chair, exclusive=exclusive)
        unseen(chair)
    booking = a_booking(studio, START)
    decide(studio)

    assert got(booking) == {"stylist": studio.stylists[0], "chair": studio.chairs[2]}
    assert is_whole(booking)
    assert overbooked() == []


@KINDS
def test_a_refusal_in_each_role_sends_the_booking_on_in_each(unseen: Unseen, *, exclusive: bool) -> None:
    studio = a_studio(stylists=2)
    for each in (studio.stylists[0], studio.chairs[0]):
        in_the_way(studio, each, exclusive=exclusive)
        unseen(each)
    booking = a_booking(studio, START)
    decide(studio)

    assert got(booking) == {"stylist": studio.stylists[1], "chair": studio.chairs[1]}
    assert is_whole(booking)


@KINDS
def test_where_every_chair_is_refused_the_booking_is_and_the_stylist_stays_free(
    unseen: Unseen, *, exclusive: bool
) -> None:
    studio = a_studio()
    for chair in studio.chairs:
        in_the_way(studio, chair, exclusive=exclusive)
        unseen(chair)
    refused, beside = a_booking(studio, START), a_booking(studio, LATER)
    decide(studio)

    assert look(refused, by=studio.owner).rejection_code == "slot_taken"
    assert held(refused) == []
    assert look(beside, by=studio.owner).status == "confirmed"
    assert is_whole(beside)
    assert overbooked() == []


@KINDS
def test_a_named_chair_that_is_refused_is_not_stood_in_for(unseen: Unseen, *, exclusive: bool) -> None:
    studio = a_studio()
    in_the_way(studio, studio.chairs[0], exclusive=exclusive)
    unseen(studio.chairs[0])
    booking = a_booking(studio, START, resource_ids=(studio.chairs[0],))
    decide(studio)

    assert look(booking, by=studio.owner).rejection_code == "slot_taken"
    assert held(booking) == []


def test_a_refusal_to_one_booking_bars_the_chair_to_no_other_of_the_batch(unseen: Unseen) -> None:
    studio = a_studio(slot_interval_minutes=15)
    in_the_way(studio, studio.chairs[0], exclusive=True)
    unseen(studio.chairs[0])
    sent_on, untouched = a_booking(studio, START), a_booking(studio, LATER, resource_ids=(studio.chairs[0],))
    decide(studio)

    assert got(sent_on)["chair"] == studio.chairs[1]
    assert got(untouched)["chair"] == studio.chairs[0]


@KINDS
def test_a_move_goes_to_the_next_chair_too_and_leaves_all_that_it_had(unseen: Unseen, *, exclusive: bool) -> None:
    studio = a_studio(chairs=3)
    booking = placed(studio)
    in_the_way(studio, studio.chairs[0], exclusive=exclusive, start=LATER)
    unseen(studio.chairs[0])
    moved = a_reschedule(booking, LATER, by=studio.owner)
    decide(studio)

    assert outcome(moved) == ("moved", None)
    assert got(booking) == {"stylist": studio.stylists[0], "chair": studio.chairs[1]}
    assert is_whole(booking)
    assert overbooked() == []


@KINDS
def test_a_move_that_every_chair_refuses_keeps_all_that_it_had(unseen: Unseen, *, exclusive: bool) -> None:
    studio = a_studio()
    booking = placed(studio)
    for chair in studio.chairs:
        in_the_way(studio, chair, exclusive=exclusive, start=LATER)
        unseen(chair)
    before = got(booking)
    refused = a_reschedule(booking, LATER, by=studio.owner)
    heir = a_booking(studio, START)
    decide(studio)

    assert outcome(refused) == ("refused", "slot_taken")
    assert standing(booking) == ("confirmed", START)
    assert got(booking) == before
    assert is_whole(booking)
    assert look(heir, by=studio.owner).rejection_code == "slot_taken", "the stylist was not given up"


def test_a_move_that_overlaps_itself_is_not_what_bars_a_chair(unseen: Unseen) -> None:
    studio = a_studio(slot_interval_minutes=15)
    booking = placed(studio)
    quarter = START + timedelta(minutes=15)
    in_the_way(studio, studio.chairs[1], exclusive=True, start=LATER)
    unseen(studio.chairs[1])
    a_reschedule(booking, quarter, by=studio.owner, resource_ids=(studio.chairs[1],))
    decide(studio)
    assert got(booking)["chair"] == studio.chairs[0], "refused, and kept"

    a_reschedule(booking, quarter, by=studio.owner, resource_ids=studio.chairs)
    decide(studio)

    assert standing(booking) == ("confirmed", quarter)
    assert got(booking) == {"stylist": studio.stylists[0], "chair": studio.chairs[0]}
    assert is_whole(booking)
