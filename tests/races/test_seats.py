"""Seats given and taken away while rivals book, cancel and are decided: nothing breaks, and the guards refuse nobody."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from config.clock import clock
from config.transaction import retried, transaction
from domain.availability import service as availability
from domain.bookings import service as bookings
from domain.bookings.tables import Booking
from domain.kernel.errors import InvalidTransition
from tests.builders import Shop, a_booking, a_shop, decide
from tests.claims import overbooked
from tests.races.rivals import FAR_AHEAD, ROUNDS, Outcome, together, workday

RIVALS = 4
TURNS = (2, 1, 2, 1, 3)  # ends above all that came before, so that nobody is left over-full


@pytest.fixture
def refusals(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note every time that the database refuses what the allocator has decided."""
    noted: list[int] = []
    occupy = availability.occupy

    def watched(*given: Any, **named: Any) -> bool:  # noqa: ANN401 - whatever occupy takes
        granted = occupy(*given, **named)
        if not granted:
            noted.append(len(given))
        return granted

    monkeypatch.setattr(availability, "occupy", watched)
    return noted


def _reseat(shop: Shop) -> None:
    for capacity in TURNS:
        given = {"capacity": capacity}
        retried(
            lambda session, given=given: bookings.change_service(
                session, shop.service.id, given, caller=shop.owner, now=clock()
            )
        )


def _rival(shop: Shop, number: int) -> Callable[[], UUID]:
    def book() -> UUID:
        booking = a_booking(shop, workday(number))
        decide(shop)
        return booking.id

    return book


def _fickle(shop: Shop, number: int) -> Callable[[], UUID]:
    """Book, and cancel at once: a release of claims under the booking's lock alone."""

    def book_and_cancel() -> UUID:
        booking = a_booking(shop, workday(number))
        decide(shop)
        try:
            retried(lambda session: bookings.cancel(session, booking.id, caller=shop.owner, now=clock()))
        except InvalidTransition:
            assert _status(booking.id) == "rejected"
        return booking.id

    return book_and_cancel


@ROUNDS
def test_seats_change_while_rivals_are_decided(rounds: int, refusals: list[int]) -> None:
    for number in range(rounds):
        shop = a_shop(max_advance_days=FAR_AHEAD)
        rivals = [_rival(shop, number) for _ in range(RIVALS)]
        fickle = [_fickle(shop, number) for _ in range(RIVALS // 2)]
        together(lambda shop=shop: _reseat(shop), *rivals, *fickle)
        decide(shop)

        outcome = _outcome(shop)
        assert outcome.seats <= max(TURNS)
        assert all(each.status in {"confirmed", "rejected", "cancelled"} for each in outcome.bookings)
    assert refusals == []
    assert overbooked() == []


@ROUNDS
def test_seats_taken_away_at_once_with_the_last_booking_leave_one_or_the_other(
    rounds: int, refusals: list[int]
) -> None:
    shop = a_shop(capacity=2, max_advance_days=FAR_AHEAD)
    for number in range(rounds):
        first, second = a_booking(shop, workday(number)), a_booking(shop, workday(number))
        together(lambda: decide(shop), lambda: _set(shop, 1))
        after = [_status(each.id) for each in (first, second)]
        assert after in (["confirmed", "confirmed"], ["confirmed", "rejected"])
        late = a_booking(shop, workday(number))
        decide(shop)
        assert _status(late.id) == "rejected"
        _set(shop, 2)
    assert refusals == []


def _set(shop: Shop, capacity: int) -> Sequence[UUID]:
    retried(
        lambda session: bookings.change_service(
            session, shop.service.id, {"capacity": capacity}, caller=shop.owner, now=clock()
        )
    )
    return ()


def _status(booking_id: UUID) -> str:
    with transaction() as session:
        return session.get_one(Booking, booking_id).status


def _outcome(shop: Shop) -> Outcome:
    with transaction() as session:
        rows = session.scalars(
            select(Booking).where(Booking.business_id == shop.business.id).order_by(Booking.accepted_no)
        )
        return Outcome(rows.all())


def test_without_taking_the_claims_along_the_guards_refuse_what_was_granted(
    monkeypatch: pytest.MonkeyPatch, refusals: list[int]
) -> None:
    shop = a_shop(max_advance_days=FAR_AHEAD)
    _rival(shop, 0)()
    monkeypatch.setattr(availability, "reseat", lambda *_, **__: None)
    _set(shop, 2)

    late = _rival(shop, 0)()

    assert refusals != []
    assert _status(late) == "rejected"
