"""What ended a day ago counts as completed, once, however many look after it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from config.transaction import retried, transaction
from domain.availability.tables import Claim
from domain.bookings import service as bookings
from domain.bookings.service import move
from domain.bookings.tables import Booking, Move
from tests.builders import Shop, a_booking, a_shop, decide, look, weekday
from tests.races.rivals import together
from workers import maintenance

START = weekday()
DAY_AFTER = START + timedelta(minutes=30, hours=24)  # the service takes half an hour
SECOND = timedelta(seconds=1)


def _confirmed(count: int, **service: bool) -> tuple[Shop, Sequence[Booking]]:
    shop = a_shop(capacity=count, **service)
    made = [a_booking(shop, START) for _ in range(count)]
    decide(shop)
    return shop, made


def _batch(now: datetime) -> bool:
    return retried(lambda session: bookings.complete_ended(session, now=now))


def _complete(now: datetime) -> None:
    """Complete until nothing is left, as beat does: other tests leave bookings, too, and a batch holds only so many."""
    while _batch(now):
        continue


def test_a_booking_is_completed_a_day_after_its_end_and_no_sooner() -> None:
    shop, (booking,) = _confirmed(1)

    _complete(DAY_AFTER - SECOND)
    assert look(booking, by=shop.owner).status == "confirmed"
    _complete(DAY_AFTER)
    assert look(booking, by=shop.owner).status == "completed"


def test_it_keeps_its_place() -> None:
    _, (booking,) = _confirmed(1)
    _complete(DAY_AFTER)

    with transaction() as session:
        assert session.scalars(select(Claim.released_at).where(Claim.booking_id == booking.id)).all() == [None]


def test_what_was_never_confirmed_is_left_alone() -> None:
    shop, (booking,) = _confirmed(1, requires_approval=True)
    _complete(DAY_AFTER)

    assert look(booking, by=shop.owner).status == "awaiting_approval"


def test_the_tick_goes_on_until_there_are_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, made = _confirmed(7)
    monkeypatch.setattr(move, "SWEPT", 3)
    monkeypatch.setattr(maintenance, "clock", lambda: DAY_AFTER)

    maintenance.complete_ended()

    assert {look(each, by=shop.owner).status for each in made} == {"completed"}


def test_several_at_once_complete_each_booking_once(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, made = _confirmed(20)
    monkeypatch.setattr(move, "SWEPT", 3)

    together(*[lambda: _complete(DAY_AFTER)] * 4)
    _complete(DAY_AFTER)  # what the others held when each looked for the last time

    assert {look(each, by=shop.owner).version for each in made} == {3}
    with transaction() as session:
        lines = select(func.count()).where(Move.booking_id.in_([each.id for each in made]))
        assert session.scalars(lines).one() == 3 * len(made)
