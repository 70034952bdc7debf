"""Callers at the same moment: one of them wins, and places and limits follow; with the controls that go red."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from config.clock import clock
from config.transaction import Session, retried, transaction
from domain.availability import service as availability
from domain.availability.tables import Claim
from domain.bookings import queries
from domain.bookings import service as bookings
from domain.bookings.rules import MAX_HOLDS
from domain.bookings.tables import Booking, Move
from domain.kernel import locks
from domain.kernel.errors import InvalidTransition, TooManyHolds
from tests.builders import Shop, a_booking, a_shop, a_user, decide, look
from tests.claims import overbooked, unguarded
from tests.races.rivals import FAR_AHEAD, ROUNDS, decide_alone, together, unlock, workday

LATER = timedelta(hours=25)  # after an approval's hold of a day has lapsed
CALLERS = 8
WINDOW = 0.05  # seconds
GUARD = "changed its status under the lock"
TRIES = 10  # a control needs to go red once


def _shop(*, requires_approval: bool) -> Shop:
    return a_shop(requires_approval=requires_approval, max_advance_days=FAR_AHEAD)


def _placed(shop: Shop, number: int) -> Booking:
    booking = a_booking(shop, workday(number))
    decide(shop)
    return booking


def _approve(shop: Shop, booking: Booking) -> str:
    try:
        return retried(lambda session: bookings.confirm(session, booking.id, caller=shop.owner, now=clock())).status
    except InvalidTransition:
        return "refused"


def _end_holds(now: datetime) -> str:
    retried(lambda session: bookings.expire_holds(session, now=now))
    return "ended"


def _live(shop: Shop, start: datetime) -> Sequence[UUID]:
    with transaction() as session:
        live = select(Claim.booking_id).where(Claim.released_at.is_(None), Claim.starts_at == start)
        return session.scalars(live.where(Claim.service_id == shop.service.id)).all()


def _unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on let a caller's move note its lock on the booking without taking it, and linger after its look."""

    def read(session: Session, booking_id: UUID) -> Booking:
        locks.enter(session, "bookings")
        found = session.get_one(Booking, booking_id, populate_existing=True)
        time.sleep(WINDOW)
        return found

    monkeypatch.setattr(queries, "booking_for_update", read)


def _approved_twice(shop: Shop, held: Booking) -> list[str]:
    return sorted(together(*[lambda: _approve(shop, held)] * 2))


def _approved_as_it_ends(shop: Shop, held: Booking) -> str:
    return together(lambda: _approve(shop, held), lambda: _end_holds(clock() + LATER))[0]


@ROUNDS
def test_of_two_who_approve_one_wins_and_the_other_is_told(rounds: int) -> None:
    shop = _shop(requires_approval=True)
    for number in range(rounds):
        held = _placed(shop, number)

        assert _approved_twice(shop, held) == ["confirmed", "refused"]
        with transaction() as session:
            lines = session.scalars(select(Move.to_status).where(Move.booking_id == held.id).order_by(Move.version))
            assert lines.all() == ["pending", "awaiting_approval", "confirmed"]


def test_without_the_lock_two_approve_and_only_the_guard_of_the_move_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = _shop(requires_approval=True)
    _unlocked(monkeypatch)

    with pytest.raises(RuntimeError, match=GUARD):
        _ = [_approved_twice(shop, _placed(shop, number)) for number in range(TRIES)]


@ROUNDS
def test_what_is_approved_as_its_hold_ends_is_confirmed_in_its_place_or_expired_without_one(rounds: int) -> None:
    shop = _shop(requires_approval=True)
    for number in range(rounds):
        held = _placed(shop, number)
        answer = _approved_as_it_ends(shop, held)

        outcome = answer, look(held, by=shop.owner).status, _live(shop, workday(number))
        assert outcome in [("confirmed", "confirmed", [held.id]), ("refused", "expired", [])]


def test_without_the_lock_and_a_look_at_its_place_an_approval_meets_the_end_of_the_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = _shop(requires_approval=True)
    _unlocked(monkeypatch)
    monkeypatch.setattr(availability, "keep", lambda *_, **__: True)

    with pytest.raises(RuntimeError, match=GUARD):
        _ = [_approved_as_it_ends(shop, _placed(shop, number)) for number in range(TRIES)]


def _freed_and_wanted(shop: Shop, number: int) -> Sequence[UUID]:
    """Cancel a booking while two others ask for its place, each decided alone; return who has it in the end."""
    first = _placed(shop, number)

    def cancel() -> UUID:
        retried(lambda session: bookings.cancel(session, first.id, caller=shop.owner, now=clock()))
        return first.id

    def ask() -> UUID:
        rival = a_booking(shop, workday(number))
        decide_alone(shop, rival.id)
        return rival.id

    asked = together(cancel, ask, ask)
    with transaction() as session:
        confirmed = select(Booking.id).where(Booking.id.in_(asked), Booking.status == "confirmed")
        return session.scalars(confirmed).all()


@ROUNDS
def test_a_place_that_is_freed_while_two_ask_for_it_goes_to_one_or_to_nobody(rounds: int) -> None:
    shop = _shop(requires_approval=False)
    for number in range(rounds):
        has = _freed_and_wanted(shop, number)
        assert len(has) <= 1
        assert _live(shop, workday(number)) == has
    assert overbooked() == []


def test_without_locks_and_guards_a_freed_place_goes_to_both(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = _shop(requires_approval=False)
    unlock(monkeypatch)
    with unguarded():
        assert any(len(_freed_and_wanted(shop, number)) > 1 for number in range(TRIES * 5))
        assert overbooked() != []


def _accepted(shop: Shop) -> int:
    """Let one caller ask eight times at once for what needs approval; return how often they were accepted."""
    me = a_user()

    def ask() -> bool:
        try:
            a_booking(shop, workday(0), by=me)
        except TooManyHolds:
            return False
        return True

    return sum(together(*[ask] * CALLERS))


@ROUNDS
def test_of_eight_requests_of_one_caller_at_once_three_are_accepted(rounds: int) -> None:
    shop = _shop(requires_approval=True)
    for _ in range(rounds):
        assert _accepted(shop) == MAX_HOLDS


def test_without_a_line_to_stand_in_more_than_three_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = _shop(requires_approval=True)
    monkeypatch.setattr(queries, "holder_for_update", lambda *_: None)

    assert any(_accepted(shop) > MAX_HOLDS for _ in range(TRIES))
