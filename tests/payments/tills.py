"""Tills: bookings paid in cash, and what the money check says of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from config.clock import clock
from config.transaction import transaction
from domain.bookings.tables import Booking
from domain.payments import service as payments
from domain.payments.queries.invariants import INVARIANTS
from domain.payments.service import Taken
from tests.builders import Shop, a_booking, a_shop, decide, weekday
from tests.payments.cashier import PRICE

CASH = Taken(method="cash")
PAST_ALL_GUARDS = text("SET LOCAL session_replication_role = replica")


@contextmanager
def unguarded() -> Iterator[Session]:
    """Yield a session past all guards, whose writes are gone afterwards."""
    with transaction() as made:
        made.execute(PAST_ALL_GUARDS)
        yield made
        made.rollback()


def paid_in_cash(**service: object) -> tuple[Shop, Booking]:
    """Have a booking confirmed by money that its business took."""
    shop = a_shop(**{"price": PRICE, **service})
    booking = a_booking(shop, weekday())
    decide(shop)
    with transaction() as work:
        payments.take(work, booking.id, CASH, caller=shop.owner, now=clock())
    return shop, booking


def broken(session: Session, *ids: UUID) -> set[str]:
    """Return which invariants a booking breaks, or a payment of it: other tests leave wrongs behind in theirs."""
    wrong = set()
    for name, each in INVARIANTS.items():
        values = {key: value for key, value in each.asked.items() if f":{key}" in each.statement}
        found = session.scalars(text(each.statement), values).all()
        wrong |= {name} if set(ids) & set(found) else set()
    return wrong


def ids_of(session: Session, booking_id: UUID) -> list[UUID]:
    of_it = text("SELECT id FROM payments WHERE booking_id = :booking UNION SELECT payment_id FROM ledger_entries"
                 " WHERE booking_id = :booking")  # fmt: skip
    return [booking_id, *session.scalars(of_it, {"booking": booking_id})]
