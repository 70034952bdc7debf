"""A capacity that comes to one, or leaves it, takes the live claims along; who has a place keeps it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select, text

from config.clock import clock
from config.transaction import retried, transaction
from domain.availability.tables import Claim
from domain.bookings import service as bookings
from domain.bookings.tables import Booking
from tests.builders import Shop, a_booking, a_shop, decide, look, weekday
from tests.claims import Claim as RawClaim
from tests.claims import cleared, connected

START = weekday()
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _cleared() -> Iterator[None]:
    yield
    cleared()


def change(shop: Shop, **given: object) -> None:
    retried(lambda session: bookings.change_service(session, shop.service.id, given, caller=shop.owner, now=clock()))


def booked(shop: Shop, start: datetime, *, party: int = 1) -> Booking:
    booking = a_booking(shop, start, party=party)
    decide(shop)
    return look(booking, by=shop.owner)


def exclusive(shop: Shop) -> Sequence[bool]:
    with transaction() as session:
        rows = select(Claim.exclusive).where(Claim.service_id == shop.service.id, Claim.released_at.is_(None))
        return session.scalars(rows.order_by(Claim.id)).all()


def test_more_seats_are_open_beside_what_was_booked_alone() -> None:
    shop = a_shop()
    booked(shop, START)
    booked(shop, START + HOUR)

    change(shop, capacity=2)

    assert exclusive(shop) == [False, False]
    assert [booked(shop, START).status for _ in range(2)] == ["confirmed", "rejected"]


def test_who_shares_a_place_keeps_it_when_only_one_seat_is_left_and_nobody_else_gets_in() -> None:
    shop = a_shop(capacity=2)
    kept = [booked(shop, START), booked(shop, START)]
    alone = booked(shop, START + HOUR)

    change(shop, capacity=1)

    assert exclusive(shop) == [False, False, True]
    for start in (START, START + HOUR):
        late = booked(shop, start)
        assert (late.status, late.rejection_code) == ("rejected", "slot_taken")
    assert [look(each, by=shop.owner).version for each in (*kept, alone)] == [2, 2, 2]
    assert booked(shop, START + 2 * HOUR).status == "confirmed"


def test_a_party_of_two_keeps_its_seats_when_only_one_is_left() -> None:
    shop = a_shop(capacity=3)
    booked(shop, START, party=2)

    change(shop, capacity=1)

    assert exclusive(shop) == [False]
    assert booked(shop, START).status == "rejected"


def test_seats_can_be_taken_away_and_given_back_as_often_as_wanted() -> None:
    shop = a_shop(capacity=2)
    booked(shop, START)
    booked(shop, START)

    for capacity in (1, 3, 1, 3):
        change(shop, capacity=capacity)

    assert [booked(shop, START).status for _ in range(2)] == ["confirmed", "rejected"]


def test_whoever_is_left_alone_later_excludes_others_from_the_next_change_on() -> None:
    shop = a_shop(capacity=2)
    first, _ = booked(shop, START), booked(shop, START)
    change(shop, capacity=1)
    with transaction() as session:
        bookings.cancel(session, first.id, caller=shop.owner, now=clock())

    change(shop, name="Renamed")

    assert exclusive(shop) == [True]


def test_the_database_refuses_a_second_claim_beside_one_that_has_become_exclusive() -> None:
    shop = a_shop(capacity=2)
    booking = booked(shop, START)
    change(shop, capacity=1)

    raw = RawClaim(
        booking_id=booking.id, resource_id=shop.resource_ids[0], service_id=shop.service.id, start=START, exclusive=True
    )
    with connected() as connection, pytest.raises(psycopg.errors.ExclusionViolation):
        raw.write(connection)


def test_a_hold_that_has_lapsed_but_was_not_released_counts_as_a_neighbour() -> None:
    shop = a_shop(capacity=2)
    held, _ = booked(shop, START), booked(shop, START)
    _lapse(held.id)

    change(shop, capacity=1)

    assert exclusive(shop) == [False, False]


def _lapse(booking_id: UUID) -> None:
    with transaction() as session:
        session.execute(text("UPDATE claims SET expires_at = now() WHERE booking_id = :id"), {"id": booking_id})
