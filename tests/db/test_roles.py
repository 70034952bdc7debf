"""A service of several roles: a booking has one resource for each of them, all or none, for as long as it has a place."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from config.clock import clock
from config.transaction import retried, transaction
from domain.availability.tables import Claim
from domain.bookings import service as bookings
from domain.bookings.tables import Booking
from domain.kernel.errors import InvalidTransition
from tests.builders import a_booking, a_reschedule, decide, look
from tests.claims import overbooked
from tests.db.moves import HALF_HOUR, LATER, START, outcome, placed, standing
from tests.studios import Studio, a_studio, another_service, change, got, held, needed, some_resources

Verb = Callable[..., Booking]
QUARTER = HALF_HOUR / 2
SOON = timedelta(minutes=31)  # after the end of a booking that has just begun


def turned(studio: Studio, booking: Booking, verb: Verb, now: datetime | None = None) -> Booking:
    return retried(lambda session: verb(session, booking.id, caller=studio.owner, now=now or clock()))


def test_a_booking_takes_one_of_each_role_for_all_of_its_time() -> None:
    studio = a_studio(buffer_before_minutes=5, buffer_after_minutes=10, requires_approval=True)
    booking = placed(studio)

    assert got(booking) == {"stylist": studio.stylists[0], "chair": studio.chairs[0]}
    assert list(got(booking)) == ["stylist", "chair"], "in the order of the roles"
    found = look(booking, by=studio.owner)
    assert found.resource_id == studio.stylists[0]
    around = (START - timedelta(minutes=5), START + timedelta(minutes=40))
    with transaction() as session:
        claims = session.scalars(select(Claim).where(Claim.booking_id == booking.id)).all()
        alike = [
            (each.starts_at, each.ends_at, each.footprint.lower, each.footprint.upper, each.expires_at, each.exclusive)
            for each in claims
        ]
    assert {claim.resource_id for claim in claims} == set(got(booking).values())
    assert alike == [(START, START + HALF_HOUR, *around, found.hold_expires_at, True)] * 2


def test_each_role_is_filled_by_who_has_the_least_to_do_and_nobody_gets_in_when_one_role_is_full() -> None:
    studio = a_studio(stylists=2, chairs=3)
    asked = [a_booking(studio, START) for _ in range(3)]
    decide(studio)

    (anna, bo), (left, right, _) = studio.stylists, studio.chairs
    assert [got(each) for each in asked] == [{"stylist": anna, "chair": left}, {"stylist": bo, "chair": right}, {}]
    refused = look(asked[2], by=studio.owner)
    assert (refused.status, refused.rejection_code, refused.rejection_reasons) == ("rejected", "slot_taken", ["busy"])
    assert held(asked[2]) == []
    assert overbooked() == []


def test_a_role_that_nobody_fills_lets_nobody_in_and_takes_nothing_of_the_others() -> None:
    studio = a_studio(chairs=0)
    booking = a_booking(studio, START, overrides=("hours",))
    decide(studio)

    assert look(booking, by=studio.owner).rejection_code == "outside_hours", "whatever is waived"
    assert held(booking) == []


def test_another_service_that_has_the_chair_keeps_the_stylist_free_for_others() -> None:
    studio = a_studio(chairs=1)
    rival = a_booking(another_service(studio, chair=studio.chairs), START)
    refused = a_booking(studio, START)
    decide(studio)

    assert (look(rival, by=studio.owner).status, look(refused, by=studio.owner).status) == ("confirmed", "rejected")
    assert held(refused) == []
    assert held(rival) == [*studio.chairs]


@pytest.mark.parametrize("verb", [bookings.cancel, bookings.decline])
def test_who_ends_a_booking_frees_all_of_its_places(verb: Verb) -> None:
    studio = a_studio(requires_approval=True)
    booking = placed(studio)
    turned(studio, booking, verb)

    assert held(booking) == []
    assert got(booking) == {"stylist": studio.stylists[0], "chair": studio.chairs[0]}, "it is still told who it had"
    assert got(placed(studio)) == got(booking)


@pytest.mark.parametrize("by", ["the clock", "the next"])
def test_a_hold_that_runs_out_frees_all_of_its_places(by: str) -> None:
    studio = a_studio(requires_approval=True)
    booking = placed(studio)
    later = clock() + timedelta(hours=25)
    if by == "the clock":
        while retried(lambda session: bookings.expire_holds(session, now=later)):
            continue  # other tests leave holds, too, and a batch holds only so many
    else:
        a_booking(studio, START)
        retried(lambda session: bookings.allocate(session, studio.business.id, now=later))

    assert look(booking, by=studio.owner).status == "expired"
    assert held(booking) == []


@pytest.mark.parametrize("verb", [bookings.complete, bookings.no_show])
def test_what_took_place_keeps_all_of_its_places(verb: Verb) -> None:
    studio = a_studio()
    booking = placed(studio)
    turned(studio, booking, verb, START + SOON)

    assert held(booking) == sorted(got(booking).values())


def test_approval_keeps_all_places_for_good() -> None:
    studio = a_studio(requires_approval=True)
    booking = placed(studio)
    turned(studio, booking, bookings.confirm)

    with transaction() as session:
        ends = session.execute(select(Claim.expires_at, Claim.released_at).where(Claim.booking_id == booking.id)).all()
    assert [tuple(each) for each in ends] == [(None, None)] * 2


def test_what_has_lost_one_of_its_places_is_not_approved() -> None:
    studio = a_studio(requires_approval=True)
    booking = placed(studio)
    with transaction() as session:
        lost = session.scalars(select(Claim).where(Claim.resource_id == studio.chairs[0])).one()
        lost.released_at = clock()

    with pytest.raises(InvalidTransition):
        turned(studio, booking, bookings.confirm)
    assert look(booking, by=studio.owner).status == "awaiting_approval"
    turned(studio, booking, bookings.cancel)


def test_a_move_gives_up_all_old_places_and_takes_all_new_ones() -> None:
    studio = a_studio(stylists=2)
    booking = placed(studio, resource_ids=(studio.stylists[0], studio.chairs[0]))
    moved = a_reschedule(booking, LATER, by=studio.owner, resource_ids=(studio.stylists[1], studio.chairs[1]))
    heir = a_booking(studio, START, resource_ids=(studio.stylists[0], studio.chairs[0]))
    decide(studio)

    assert outcome(moved) == ("moved", None)
    assert standing(booking) == ("confirmed", LATER)
    assert got(booking) == {"stylist": studio.stylists[1], "chair": studio.chairs[1]}
    assert held(booking) == sorted(got(booking).values())
    assert look(booking, by=studio.owner).resource_id == studio.stylists[1]
    assert look(heir, by=studio.owner).status == "confirmed"
    assert overbooked() == []


def test_a_move_that_finds_one_role_taken_leaves_every_place_as_it_was() -> None:
    studio = a_studio(stylists=2, chairs=1)
    booking, other = placed(studio), placed(studio, LATER)
    refused = a_reschedule(booking, LATER, by=studio.owner)
    decide(studio)

    assert outcome(refused) == ("refused", "slot_taken")
    assert standing(booking) == ("confirmed", START)
    assert held(booking) == sorted(got(booking).values())
    assert held(other) == sorted(got(other).values())


def test_a_booking_does_not_stand_in_its_own_way_on_any_of_its_places() -> None:
    studio = a_studio(chairs=1, slot_interval_minutes=15, daily_limit=1)
    moved = a_reschedule(placed(studio), START + QUARTER, by=studio.owner)
    decide(studio)

    assert outcome(moved) == ("moved", None)


def test_it_may_change_one_of_its_places_at_the_same_time_and_keep_the_other() -> None:
    studio = a_studio()
    booking = placed(studio)
    moved = a_reschedule(booking, START, by=studio.owner, resource_ids=(studio.chairs[1],))
    decide(studio)

    assert outcome(moved) == ("moved", None)
    assert held(booking) == [studio.stylists[0], studio.chairs[1]]


def test_a_booking_of_one_role_gets_what_is_needed_by_now_when_it_moves() -> None:
    studio = a_studio()
    change(studio, requirements=needed(stylist=studio.stylists))
    booking = placed(studio)
    assert got(booking) == {"stylist": studio.stylists[0]}
    change(studio, requirements=needed(chair=studio.chairs, stylist=studio.stylists))
    a_reschedule(booking, LATER, by=studio.owner)
    decide(studio)

    assert list(got(booking).items()) == [("chair", studio.chairs[0]), ("stylist", studio.stylists[0])]
    assert look(booking, by=studio.owner).resource_id == studio.chairs[0], "the first role's"
    assert held(booking) == sorted(got(booking).values())


def test_what_was_asked_for_under_other_roles_is_decided_under_those_of_then() -> None:
    studio = a_studio()
    booking = a_booking(studio, START)
    lamps = some_resources(studio.business.id, 1)
    change(studio, requirements=needed(lamp=lamps, chair=studio.chairs))
    decide(studio)

    assert got(booking) == {"lamp": lamps[0], "chair": studio.chairs[0]}


def test_who_was_named_and_offers_the_service_no_more_is_not_stood_in_for() -> None:
    studio = a_studio(stylists=2)
    anna, bo = studio.stylists
    chair, other = studio.chairs
    named = [
        a_booking(studio, START + HALF_HOUR * turn, resource_ids=each)
        for turn, each in enumerate([(anna,), (chair, anna), (chair,), (anna, bo), (bo,), (bo, chair)])
    ]
    change(studio, requirements=needed(stylist=(bo,), chair=(other,)))
    decide(studio)

    decided = [look(each, by=studio.owner) for each in named]
    assert [each.rejection_code for each in decided] == [*["outside_hours"] * 4, None, "outside_hours"]
    assert got(named[4]) == {"stylist": bo, "chair": other}


def test_of_several_who_were_named_for_the_only_role_one_who_still_offers_it_is_enough() -> None:
    studio = a_studio(chairs=3)
    one, two, three = studio.chairs
    change(studio, requirements=needed(chair=studio.chairs))
    booking = a_booking(studio, START, resource_ids=(one, two))
    change(studio, requirements=needed(chair=(two, three)))
    decide(studio)

    assert got(booking) == {"chair": two}
