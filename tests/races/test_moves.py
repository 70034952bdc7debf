"""Moves against bookings, moves and cancellations: never a double, never a lost seat; with the controls that go red."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import select

from config.clock import clock
from config.transaction import retried, transaction
from domain.availability import queries as taken
from domain.availability.tables import Claim
from domain.bookings import queries
from domain.bookings import service as bookings
from domain.bookings.queries import Elsewhere, Waiter
from domain.bookings.rules import OCCUPYING, Another
from domain.bookings.tables import Booking, Reschedule
from domain.kernel.errors import NotReschedulable
from tests.builders import Shop, a_booking, a_reschedule, a_shop, decide
from tests.claims import overbooked, unguarded
from tests.races.rivals import ALLOCATORS, FAR_AHEAD, ROUNDS, decide_alone, together, unlock, workday

HOUR = timedelta(hours=1)
PLACES = 4  # starts that are fought over on each date
MOVERS, BOOKERS = 3, 5
TRIES = 10


class Mover(NamedTuple):
    """A booking that has its place, and the number of the one that it wants."""

    booking: Booking
    place: int
    wanted: int


class Asked(NamedTuple):
    """One entry of the queue: who, and which place; *mover* when it leaves another for it."""

    accepted_no: int
    booking_id: UUID
    wanted: int
    mover: Mover | None


def _shop() -> Shop:
    return a_shop(duration_minutes=60, max_advance_days=FAR_AHEAD)


def _movers(shop: Shop, number: int) -> Sequence[Mover]:
    """Fill all places but the last; each wants the next one round."""
    starts = [workday(number) + HOUR * place for place in range(PLACES)]
    placed = [a_booking(shop, start) for start in starts[:MOVERS]]
    decide(shop)
    return [Mover(booking, place, (place + 1) % PLACES) for place, booking in enumerate(placed)]


def _ask(shop: Shop, number: int, mover: Mover) -> Asked:
    row = a_reschedule(mover.booking, workday(number) + HOUR * mover.wanted, by=shop.owner)
    return Asked(row.accepted_no, mover.booking.id, mover.wanted, mover)


def _book(shop: Shop, number: int, wanted: int) -> Asked:
    booking = a_booking(shop, workday(number) + HOUR * wanted)
    return Asked(booking.accepted_no, booking.id, wanted, None)


def _asking(shop: Shop, number: int, movers: Iterable[Mover]) -> Sequence[Callable[[], Asked]]:
    return [lambda mover=mover: _ask(shop, number, mover) for mover in movers]


def _rivals(shop: Shop, number: int, movers: Iterable[Mover]) -> Sequence[Callable[[], Asked]]:
    booking = [lambda place=turn % PLACES: _book(shop, number, place) for turn in range(BOOKERS)]
    return [*_asking(shop, number, movers), *booking]


def _expected(movers: Iterable[Mover], asked: Iterable[Asked]) -> dict[int, UUID]:
    """Return who has each place in the end, when all are decided in order of acceptance."""
    held = {mover.place: mover.booking.id for mover in movers}
    for each in sorted(asked):
        if each.wanted not in held:
            if each.mover:
                del held[each.mover.place]
            held[each.wanted] = each.booking_id
    return held


def _held(shop: Shop, number: int) -> dict[int, UUID]:
    """Return who has each place, by the live claims; each booking that occupies has one, where it says that it is."""
    day = workday(number)
    with transaction() as session:
        claims = session.scalars(select(Claim).where(Claim.released_at.is_(None), Claim.service_id == shop.service.id))
        live = {claim.booking_id: claim for claim in claims if day <= claim.starts_at < day + HOUR * PLACES}
        ours = select(Booking).where(Booking.business_id == shop.business.id, Booking.status.in_(OCCUPYING))
        standing = {row.id: row for row in session.scalars(ours) if day <= row.starts_at < day + HOUR * PLACES}
    assert {each: claim.starts_at for each, claim in live.items()} == {
        each: row.starts_at for each, row in standing.items()
    }
    return {(row.starts_at - day) // HOUR: each for each, row in standing.items()}


@ROUNDS
def test_moves_and_bookings_are_given_their_places_in_order_of_acceptance(rounds: int) -> None:
    shop = _shop()
    for number in range(rounds):
        movers = _movers(shop, number)
        asked = together(*_rivals(shop, number, movers))
        together(*[lambda: decide(shop)] * ALLOCATORS)
        assert _held(shop, number) == _expected(movers, asked)
    assert overbooked() == []


@ROUNDS
def test_moves_and_bookings_decided_each_alone_and_at_once(rounds: int) -> None:
    shop = _shop()
    for number in range(rounds):
        movers = _movers(shop, number)
        together(*(lambda work=work: _and_decide(shop, work) for work in _rivals(shop, number, movers)))
        held = _held(shop, number)
        assert {mover.booking.id for mover in movers} <= set(held.values()), "nobody loses what they had"
    assert overbooked() == []


def test_without_locks_and_guards_movers_meet_others_in_their_new_places(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = _shop()
    seats = [_movers(shop, number) for number in range(TRIES)]
    unlock(monkeypatch)
    with unguarded():
        for number, movers in enumerate(seats):
            together(*(lambda work=work: _and_decide(shop, work) for work in _rivals(shop, number, movers)))
            if overbooked():
                return
        pytest.fail("nobody met anybody")


@ROUNDS
def test_two_that_would_swap_places_both_keep_theirs(rounds: int) -> None:
    shop = _shop()
    assert all(_keep_theirs(shop, number, *_movers(shop, number)[:2]) for number in range(rounds))
    assert overbooked() == []


def test_without_locks_guards_and_a_look_at_what_is_taken_two_do_swap(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = _shop()
    pairs = [_movers(shop, number)[:2] for number in range(TRIES)]
    unlock(monkeypatch)
    _blind(monkeypatch)
    with unguarded():
        assert not all(_keep_theirs(shop, number, *pair) for number, pair in enumerate(pairs))


@ROUNDS
def test_who_is_cancelled_while_moving_holds_no_place(rounds: int) -> None:
    shop = _shop()
    for number in range(rounds):
        _cancel_while_moving(shop, number)
    assert overbooked() == []


def test_a_decision_on_old_news_is_stopped_before_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = _shop()
    mover, *_ = _movers(shop, 0)
    _ask(shop, 0, mover)
    with transaction() as session:
        row = session.scalars(select(Reschedule).where(Reschedule.booking_id == mover.booking.id)).one()
        old = Elsewhere(*(getattr(row, name) for name in Elsewhere._fields))
        queries.booking_for_update(session, mover.booking.id)
        queries.withdraw(session, mover.booking.id, now=clock())
    monkeypatch.setattr(queries, "queue", lambda *_, **__: [Waiter(old.booking_id, shop.service.id, old.created_at, 1)])
    decide(shop)
    assert set(_held(shop, 0)) == {0, 1, 2}, "what is read under the lock counts, not what was queued"

    monkeypatch.setattr(queries, "elsewhere", lambda *_: {old.booking_id: old})
    with pytest.raises(RuntimeError, match="changed under its booking's lock"):
        decide(shop)
    assert set(_held(shop, 0)) == {0, 1, 2}


def _and_decide(shop: Shop, ask: Callable[[], Asked]) -> None:
    decide_alone(shop, ask().booking_id)


def _keep_theirs(shop: Shop, number: int, one: Mover, two: Mover) -> bool:
    """Let each ask for the other's place and be decided at once; tell whether both are where they were."""
    swap = [one._replace(wanted=two.place), two._replace(wanted=one.place)]
    together(*(lambda ask=ask: _and_decide(shop, ask) for ask in _asking(shop, number, swap)))
    held = _held(shop, number)
    return (held.get(one.place), held.get(two.place)) == (one.booking.id, two.booking.id)


def _blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on let the allocator see nothing taken: the locks alone do not make a swap, for both stay till they win."""
    monkeypatch.setattr(taken, "live_claims", lambda *_: ())


def _cancel(shop: Shop, booking: Booking) -> None:
    retried(lambda session: bookings.cancel(session, booking.id, caller=shop.owner, now=clock()))


def _cancel_while_moving(shop: Shop, number: int) -> None:
    mover, *others = _movers(shop, number)
    wanted = Another(start=workday(number) + HOUR * (PLACES - 1))

    def move() -> None:
        with suppress(NotReschedulable):
            retried(
                lambda session: bookings.reschedule(session, mover.booking.id, wanted, caller=shop.owner, now=clock())
            )
        decide(shop)

    together(move, lambda: _cancel(shop, mover.booking), lambda: decide(shop))
    decide(shop)
    assert _held(shop, number) == {other.place: other.booking.id for other in others}
    with transaction() as session:
        rows = session.scalars(select(Reschedule).where(Reschedule.booking_id == mover.booking.id)).all()
    assert {row.status for row in rows} <= {"withdrawn", "moved"}
