"""History: one line for each version of a booking, whatever way it takes through its states."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from config.clock import clock
from config.transaction import Session, retried, transaction
from domain.bookings import service as bookings
from domain.bookings.rules import NEXT, Status
from domain.bookings.tables import Booking, Move
from domain.kernel.errors import DomainError
from domain.kernel.events import Event
from domain.kernel.money import Money
from tests.builders import Shop, a_booking, a_shop, look, weekday

START = weekday()
HOUR = timedelta(hours=1)
MOMENTS = {"now": None, "begun": START + HOUR, "days later": START + timedelta(days=3)}

Step = Callable[[Shop, UUID, datetime], object]


def _ask(verb: Callable[..., Booking]) -> Step:
    def step(shop: Shop, booking_id: UUID, now: datetime) -> object:
        return retried(lambda session: verb(session, booking_id, caller=shop.owner, now=now, note="so"))

    return step


def _decide(shop: Shop, _: UUID, now: datetime) -> object:
    return retried(lambda session: bookings.allocate(session, shop.business.id, now=now))


def _end_holds(_: Shop, __: UUID, now: datetime) -> None:
    _sweep(lambda session: bookings.expire_holds(session, now=now))


def _complete_ended(_: Shop, __: UUID, now: datetime) -> None:
    _sweep(lambda session: bookings.complete_ended(session, now=now))


def _sweep(batch: Callable[[Session], bool]) -> None:
    """Sweep until nothing is left, as beat does in time: other tests leave bookings, too, and a batch holds only so many."""
    while retried(batch):
        continue


ASKED = (bookings.confirm, bookings.decline, bookings.cancel, bookings.complete, bookings.no_show)
STEPS: dict[str, Step] = {verb.__name__: _ask(verb) for verb in ASKED} | {
    "decide": _decide,
    "end holds": _end_holds,
    "complete ended": _complete_ended,
}
AT_ONCE = {"decide", "confirm", "decline", "cancel"}  # while its hold lasts
WALKS = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from(sorted(MOMENTS))), max_size=6)


def _walked(shop: Shop, booking: Booking, walk: list[tuple[str, str]]) -> None:
    for step, moment in walk:
        try:
            STEPS[step](shop, booking.id, MOMENTS[moment] or clock())
        except DomainError as refusal:
            assert refusal.code  # noqa: PT017 - a refusal leaves no line, which is what comes next


def _lines(booking: Booking) -> list[Move]:
    with transaction() as session:
        return list(session.scalars(select(Move).where(Move.booking_id == booking.id).order_by(Move.version)))


@settings(max_examples=40)
@given(requires_approval=st.booleans(), price=st.sampled_from([0, 4500]), walk=WALKS)
def test_every_version_has_its_line_its_event_and_a_move_that_the_table_knows(
    *, requires_approval: bool, price: int, walk: list[tuple[str, str]]
) -> None:
    shop = a_shop(requires_approval=requires_approval, price=Money(price, "NGN"))
    booking = a_booking(shop, START)

    _walked(shop, booking, [("decide", "now"), *walk])

    now, lines = look(booking, by=shop.owner), _lines(booking)
    assert [line.version for line in lines] == list(range(1, now.version + 1))
    assert (lines[0].from_status, lines[0].to_status, lines[-1].to_status) == (None, "pending", now.status)
    for before, line in pairwise(lines):
        assert line.from_status == before.to_status
        assert line.to_status in NEXT[Status(before.to_status)]
    with transaction() as session:
        told = select(Event.subject_version).where(Event.subject_id == booking.id).order_by(Event.subject_version)
        assert session.scalars(told).all() == [line.version for line in lines]


@pytest.mark.parametrize(
    ("walk", "told"),
    [
        (["decline"], ("awaiting_approval", "declined", None, "so")),
        (["cancel"], ("awaiting_approval", "cancelled", None, "so")),
        (["confirm"], ("awaiting_approval", "confirmed", None, "so")),
        (["end holds"], ("awaiting_approval", "expired", "hold_expired", None)),
        (["confirm", "complete"], ("confirmed", "completed", None, "so")),
        (["confirm", "no_show"], ("confirmed", "no_show", None, "so")),
        (["confirm", "complete", "no_show"], ("completed", "no_show", None, "so")),
        (["confirm", "complete ended"], ("confirmed", "completed", "ended", None)),
    ],
    ids=lambda each: " then ".join(each) if isinstance(each, list) else "",
)
def test_a_line_tells_from_what_to_what_why_and_what_was_said(walk: list[str], told: tuple[str | None, ...]) -> None:
    shop = a_shop(requires_approval=True)
    booking = a_booking(shop, START)

    _walked(shop, booking, [(step, "now" if step in AT_ONCE else "days later") for step in ("decide", *walk)])

    line = _lines(booking)[-1]
    assert (line.from_status, line.to_status, line.reason, line.note) == told
    assert line.actor_id == (shop.owner.user_id if line.note else None)
