"""Rivals: real threads with real commits that want the same thing at the same moment."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import cycle
from typing import TypeVar
from uuid import UUID

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.orm import Session

from config.clock import clock
from config.transaction import engine, retried, transaction
from domain.bookings import service as bookings
from domain.bookings.rules import OCCUPYING
from domain.bookings.tables import Booking
from domain.catalog import queries as catalog
from domain.catalog.queries import RoleOffer
from domain.catalog.tables import Business, Service
from domain.kernel import locks
from tests.builders import Shop, a_booking, decide

T = TypeVar("T")
Ask = Callable[[], Booking]

ROUNDS = pytest.mark.parametrize("rounds", [10, pytest.param(200, marks=pytest.mark.long)])
RIVALS = 50
TWO_DOZEN = 24
A_FEW = 8  # rivals where each takes the lane in turn: fewer of them, and not fewer rounds
DEADLOCK = "40P01"
ALLOCATORS = 4
FAR_AHEAD = 400  # days; every round has a date of its own


@dataclass(frozen=True)
class Outcome:
    """What became of the rivals of one round, in order of acceptance."""

    bookings: Sequence[Booking]

    @property
    def winners(self) -> list[Booking]:
        """Those who got a place."""
        return [each for each in self.bookings if each.status in OCCUPYING]

    @property
    def losers(self) -> list[Booking]:
        """Those who were told that it is taken, or that the day is full."""
        return [each for each in self.bookings if each.status == "rejected"]

    @property
    def seats(self) -> int:
        """The seats that the winners took."""
        return sum(each.party for each in self.winners)


def together(*work: Callable[[], T]) -> list[T]:
    """Run each in a thread of its own, all let go at once; return what they return, or raise what the first raised.

    Fails on any deadlock that the engine met, those too that a retry would hide.
    """
    gate = threading.Barrier(len(work))

    def run(each: Callable[[], T]) -> T:
        gate.wait(timeout=30)
        return each()

    with _without_deadlock(), ThreadPoolExecutor(len(work)) as pool:
        running = [pool.submit(run, each) for each in work]
        return [each.result() for each in running]


def workday(number: int) -> datetime:
    """Return 09:00 in Lagos on the *number*th Monday-to-Friday date from next week on."""
    today = datetime.now(UTC).date()
    week, day = divmod(number, 5)
    monday = today + timedelta(days=7 - today.weekday())
    return datetime.combine(monday + timedelta(days=7 * week + day), time(8), UTC)


def at_once(
    shop: Shop, starts: Sequence[datetime], *, parties: Sequence[int] = (1,), services: Sequence[Service] = ()
) -> Outcome:
    """Let one rival a start ask, and have it decided at once and alone, with nobody to wait for the others.

    The *parties* and the *services* (or none: the shop's own) go round.
    """

    def rival(ask: Ask) -> UUID:
        booking = ask()
        decide_alone(shop, booking.id)
        return booking.id

    asking = _asking(shop, starts, parties, services)
    return _outcome(together(*(lambda ask=ask: rival(ask) for ask in asking)))


def in_line(
    shop: Shop, starts: Sequence[datetime], *, parties: Sequence[int] = (1,), services: Sequence[Service] = ()
) -> Outcome:
    """Let one rival a start ask, all at once; then several allocators drain the lane. What goes round is as above."""
    asked = together(*_asking(shop, starts, parties, services))
    together(*[lambda: decide(shop)] * ALLOCATORS)
    return _outcome([booking.id for booking in asked])


def decide_alone(shop: Shop, booking_id: UUID) -> Sequence[UUID]:
    """Decide one booking, as a worker does whose lane could not be drained together."""
    return retried(lambda session: bookings.allocate(session, shop.business.id, now=clock(), only=booking_id))


def unlock(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on let an allocation note its locks on the lane and the resources without taking them.

    Those who take no locks meet at the constraints in any order: now a deadlock is no fault, it is only tried again.
    """

    def lane(session: Session, business_id: UUID) -> Business:
        locks.enter(session, "lanes")
        return session.scalars(select(Business).where(Business.id == business_id)).one()

    def offers(session: Session, service_ids: Sequence[UUID]) -> Sequence[RoleOffer]:
        locks.enter(session, "resources")
        return catalog.offers(session, service_ids)

    monkeypatch.setattr(catalog, "lane_for_update", lane)
    monkeypatch.setattr(catalog, "offers_for_update", offers)
    monkeypatch.setitem(globals(), "_without_deadlock", nullcontext)


@contextmanager
def _without_deadlock() -> Iterator[None]:
    met: list[str | None] = []

    def note(context: ExceptionContext) -> None:
        met.append(getattr(context.original_exception, "sqlstate", None))

    event.listen(engine(), "handle_error", note)
    try:
        yield
    finally:
        event.remove(engine(), "handle_error", note)
    assert DEADLOCK not in met


def _asking(
    shop: Shop, starts: Sequence[datetime], parties: Sequence[int], services: Sequence[Service]
) -> Sequence[Ask]:
    doors = cycle([replace(shop, service=each) for each in services] or [shop])
    return [
        partial(a_booking, door, start, party=party)
        for door, start, party in zip(doors, starts, cycle(parties), strict=False)
    ]


def _outcome(booking_ids: Sequence[UUID]) -> Outcome:
    with transaction() as session:
        rows = session.scalars(select(Booking).where(Booking.id.in_(booking_ids)).order_by(Booking.accepted_no)).all()
    assert len(rows) == len(booking_ids)
    return Outcome(rows)
