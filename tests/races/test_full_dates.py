"""Moves into a date that takes two a day: it takes no third, and whoever is refused stays; with the control."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from config.transaction import transaction
from domain.bookings.tables import Booking
from tests.builders import Shop, a_booking, a_reschedule, a_shop, decide
from tests.claims import overbooked
from tests.races.rivals import ALLOCATORS, FAR_AHEAD, ROUNDS, decide_alone, together, unlock, workday

LIMIT = 2
FROM = (1, 2)  # the full dates that all would leave for date 0
TRIES = 10  # a control needs to go red once


def _full() -> tuple[Shop, Sequence[Booking]]:
    """Open a shop that has one booking on date 0 and as many as it may on the others; return those."""
    shop = a_shop(capacity=10, daily_limit=LIMIT, max_advance_days=FAR_AHEAD)
    a_booking(shop, workday(0))
    placed = [a_booking(shop, workday(number)) for number in FROM for _ in range(LIMIT)]
    decide(shop)
    return shop, placed


def _moved(shop: Shop, placed: Sequence[Booking]) -> int:
    """Count the bookings of date 0 after the moves were decided; everybody has a place here or there."""
    ours = select(Booking.starts_at).where(Booking.business_id == shop.business.id, Booking.status == "confirmed")
    with transaction() as session:
        starts = session.scalars(ours).all()
    assert len(starts) == 1 + len(placed)
    assert set(starts) <= {workday(number) for number in (0, *FROM)}
    return starts.count(workday(0))


def _at_once(shop: Shop, placed: Sequence[Booking]) -> int:
    """Let all ask for date 0 at once, each decided alone; count those who are there then."""

    def move(booking: Booking) -> None:
        a_reschedule(booking, workday(0), by=shop.owner)
        decide_alone(shop, booking.id)

    together(*(lambda each=each: move(each) for each in placed))
    return _moved(shop, placed)


@ROUNDS
def test_four_moves_at_once_fill_a_date_and_no_more(rounds: int) -> None:
    assert {_at_once(*_full()) for _ in range(rounds)} == {LIMIT}
    assert overbooked() == []


@ROUNDS
def test_four_moves_in_line_and_a_new_booking_fill_a_date_in_order(rounds: int) -> None:
    for _ in range(rounds):
        shop, placed = _full()
        together(*(lambda each=each, shop=shop: a_reschedule(each, workday(0), by=shop.owner) for each in placed))
        late = a_booking(shop, workday(0))
        together(*[lambda shop=shop: decide(shop)] * ALLOCATORS)
        assert _moved(shop, placed) == LIMIT
        with transaction() as session:
            assert session.get_one(Booking, late.id).status == "rejected"
    assert overbooked() == []


def test_without_the_lane_moves_break_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [_full() for _ in range(TRIES)]
    unlock(monkeypatch)

    assert any(_at_once(*each) > LIMIT for each in made), "guards know of no limits"
    assert overbooked() == []
