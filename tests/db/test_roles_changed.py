"""A service whose roles, or whose capacity, change under what is booked: counted, reseated, examined; never touched."""

from collections.abc import Iterator, Mapping, Sequence

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from config.clock import clock
from config.transaction import engine, transaction
from domain.availability.service import stranded
from domain.availability.tables import Claim
from domain.bookings.queries.invariants import INVARIANTS, finding
from domain.bookings.tables import Booking
from domain.catalog import service as catalog
from domain.catalog.rules import BookedElsewhere, NewRequirement, OneResourceEach
from tests.builders import a_booking, decide, look, weekday
from tests.db.moves import LATER, START, cancel, placed
from tests.studios import Studio, a_studio, change, got, held, needed, some_resources

PLACED = "places_where_they_should_be"
THIRD_CLAIM = """
    INSERT INTO claims (booking_id, resource_id, service_id, starts_at, ends_at, footprint, seats, exclusive)
    SELECT booking_id, {resource}, service_id, starts_at, ends_at, footprint, seats, exclusive
      FROM claims WHERE booking_id = :booking AND resource_id = :chair
"""
WRONGS: Mapping[str, str] = {
    "none of both": "UPDATE claims SET released_at = now() WHERE booking_id = :booking",
    "no chair": "UPDATE claims SET released_at = now() WHERE booking_id = :booking AND resource_id = :chair",
    "two chairs": THIRD_CLAIM.format(resource=":other"),
    "another chair": "UPDATE claims SET resource_id = :other WHERE booking_id = :booking AND resource_id = :chair",
    "the chair twice and no stylist": """
        UPDATE claims SET resource_id = :chair, exclusive = false WHERE booking_id = :booking AND resource_id <> :chair
    """,
    "a chair for two": "UPDATE claims SET seats = 2 WHERE booking_id = :booking AND resource_id = :chair",
    "a chair on hold": "UPDATE claims SET expires_at = now() WHERE booking_id = :booking AND resource_id = :chair",
    "a chair that is not said": "UPDATE bookings SET resources = resources - 1 WHERE id = :booking",
}


def left_behind(studio: Studio, **given: object) -> int:
    """Change the service, and count what that strands."""
    change(studio, **given)
    with transaction() as session:
        service = catalog.service_of(session, studio.service.id).service
        return stranded.by_change(session, service, given.keys(), now=clock())


def exclusive(studio: Studio) -> Sequence[bool]:
    with transaction() as session:
        rows = select(Claim.exclusive).where(Claim.service_id == studio.service.id, Claim.released_at.is_(None))
        return session.scalars(rows.order_by(Claim.id)).all()


def parties(studio: Studio, *sizes: int) -> list[Booking]:
    asked = [a_booking(studio, START, party=size) for size in sizes]
    decide(studio)
    return [look(each, by=studio.owner) for each in asked]


def test_bookings_to_come_that_fill_other_roles_than_are_needed_are_counted_once() -> None:
    studio = a_studio(stylists=2)
    lamps = some_resources(studio.business.id, 1)
    (anna, bo), (left, right) = studio.stylists, studio.chairs
    placed(studio, resource_ids=(anna, left))
    placed(studio, resource_ids=(bo, right))

    both = {"stylist": studio.stylists, "chair": studio.chairs}
    assert left_behind(studio, requirements=needed(**both)) == 0
    assert left_behind(studio, requirements=needed(chair=studio.chairs, stylist=studio.stylists)) == 0, "in any order"
    assert left_behind(studio, requirements=needed(**both, lamp=lamps)) == 2
    assert left_behind(studio, requirements=needed(stylist=[anna], chair=studio.chairs)) == 1
    assert left_behind(studio, requirements=needed(stylist=[anna], chair=[right])) == 2
    assert left_behind(studio, requirements=needed(artist=studio.stylists, seat=studio.chairs)) == 0, "by other names"
    assert left_behind(studio, requirements=needed(chair=studio.stylists, stylist=studio.chairs)) == 0, "or exchanged"
    assert left_behind(studio, requirements=needed(stylist=studio.stylists)) == 2, "one role too many is filled"
    assert left_behind(studio, requirements=None) == 2
    assert left_behind(studio, name="Trim") == 0


def test_what_is_pending_cancelled_or_over_is_not_counted() -> None:
    studio = a_studio()
    cancel(placed(studio), studio)
    over = placed(studio)
    with transaction() as session:
        session.execute(
            text(
                "UPDATE claims SET starts_at = now() - interval '1 hour', ends_at = now(), footprint = tstzrange(now() - interval '1 hour', now()) WHERE booking_id = :id"
            ),
            {"id": over.id},
        )
    a_booking(studio, LATER)

    assert left_behind(studio, requirements=None) == 0


def test_who_is_among_too_many_and_in_the_wrong_place_is_counted_once() -> None:
    studio = a_studio(chairs=1, capacity=3)
    parties(studio, 1, 1)

    assert left_behind(studio, capacity=1, requirements=needed(stylist=studio.stylists)) == 2
    assert left_behind(studio, capacity=3, requirements=needed(stylist=studio.stylists)) == 2


def test_more_seats_are_open_beside_what_was_booked_alone_on_each_of_its_places() -> None:
    studio = a_studio(chairs=1)
    placed(studio)

    change(studio, capacity=3)

    assert exclusive(studio) == [False, False]
    assert [each.status for each in parties(studio, 2, 1)] == ["confirmed", "rejected"]


def test_who_shares_every_place_keeps_them_when_only_one_seat_is_left() -> None:
    studio = a_studio(chairs=1, capacity=2)
    kept = parties(studio, 1, 1)
    alone = placed(studio, LATER)

    change(studio, capacity=1)

    assert exclusive(studio) == [*[False] * 4, *[True] * 2]
    assert parties(studio, 1)[0].rejection_code == "slot_taken"
    assert [held(each) for each in (*kept, alone)] == [sorted(studio.resource_ids)] * 3


def test_parties_that_share_do_not_get_to_choose_between_resources() -> None:
    studio = a_studio(chairs=2)

    for given in ({"capacity": 2}, {"capacity": 2, "requirements": needed(stylist=[], chair=studio.chairs)}):
        with pytest.raises(OneResourceEach):
            change(studio, **given)
    change(studio, capacity=2, requirements=needed(stylist=studio.stylists, chair=studio.chairs[:1]))
    with pytest.raises(OneResourceEach):
        change(studio, requirements=needed(stylist=studio.stylists, chair=studio.chairs))
    change(studio, requirements=needed(chair=studio.chairs))
    assert [each.status for each in parties(studio, 2, 2, 1)] == ["confirmed", "confirmed", "rejected"]


@pytest.mark.parametrize("also", ["in one change", "in two"])
def test_nobody_shares_a_stylist_who_has_bookings_to_come_elsewhere(also: str) -> None:
    studio = a_studio()
    elsewhere = placed(studio, resource_ids=(studio.chairs[1],))
    placed(studio, LATER, resource_ids=(studio.chairs[0],))
    alone = needed(stylist=studio.stylists, chair=studio.chairs[:1])

    if also == "in two":
        change(studio, requirements=alone)
        given: dict[str, object] = {"capacity": 2}
    else:
        given = {"capacity": 2, "requirements": alone}
    with pytest.raises(BookedElsewhere, match="1 bookings to come"):
        change(studio, **given)
    with transaction() as session:
        assert catalog.service_of(session, studio.service.id).service.capacity == 1, "nothing of it was done"
    cancel(elsewhere, studio)
    change(studio, **given)

    assert [each.status for each in parties(studio, 1, 1, 1)] == ["confirmed", "confirmed", "rejected"]


def test_bookings_of_one_role_are_in_nobodys_way_when_the_service_gets_another() -> None:
    studio = a_studio(chairs=1)
    change(studio, requirements=(NewRequirement(role="stylist", resource_ids=tuple(studio.stylists)),), capacity=2)
    early = parties(studio, 1)[0]

    change(studio, requirements=needed(stylist=studio.stylists, chair=studio.chairs))

    assert got(early) == {"stylist": studio.stylists[0]}
    assert [each.status for each in parties(studio, 1, 1)] == ["confirmed", "rejected"]


@pytest.fixture
def session() -> Iterator[Session]:
    """Yield a session whose writes are gone afterwards, and the guards that it took away are back."""
    with Session(engine()) as made:
        yield made
        made.rollback()


@pytest.mark.parametrize("wrong", WRONGS.values(), ids=WRONGS)
def test_the_examination_sees_a_place_too_many_too_few_or_elsewhere(session: Session, wrong: str) -> None:
    studio = a_studio()
    booking = placed(studio, weekday(ahead=11))
    before = finding(session, PLACED, INVARIANTS[PLACED])
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text("ALTER TABLE claims DROP CONSTRAINT ex_claims_exclusive"))
    session.execute(text(wrong), {"booking": booking.id, "chair": studio.chairs[0], "other": studio.chairs[1]})
    after = finding(session, PLACED, INVARIANTS[PLACED])

    assert after.count == before.count + 1
