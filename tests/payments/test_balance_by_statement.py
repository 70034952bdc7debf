"""The money check says of any books what the rules say: the statements and `rules/balance.py` are two, and agree."""

import random
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from config.clock import clock
from domain.bookings.rules import Status
from domain.bookings.tables import Booking
from domain.kernel.ids import new_id
from domain.payments import queries
from domain.payments.queries import Books
from domain.payments.rules.balance import is_settled, payment_status, repayments
from domain.payments.rules.states import PAID, DisputeState, Purpose, RefundReason, RefundState, State
from domain.payments.tables import Dispute, Payment, Refund
from tests.payments.tills import broken, paid_in_cash, unguarded


def books_at_random(session: Session, booking_id: UUID, chance: random.Random) -> Books:
    """Write any books there may be of a booking; return them."""
    for table in (Refund, Dispute, Payment):
        session.execute(text(f"DELETE FROM {table.__tablename__} WHERE booking_id = :id"), {"id": booking_id})
    booking = session.get_one(Booking, booking_id, populate_existing=True)
    booking.status = chance.choice([each for each in Status if not each.startswith("awaiting")])
    booking.rejection_code = "slot_taken" if booking.status == "rejected" else None
    booking.deposit_amount = chance.choice([None, None, 1, 3])
    booking.price_amount = chance.choice([3, 5])
    booking.cancellation_fee_amount = chance.choice([None, 0, 2])
    of_it = {"booking_id": booking_id, "business_id": booking.business_id, "currency": "NGN"}
    for _ in range(chance.randrange(4)):
        state = chance.choice([State.SUCCEEDED, *State])
        received = chance.randrange(6) if state in PAID else 0
        payment = Payment(id=new_id(), provider="offline", method="cash", purpose=chance.choice([*Purpose]), amount=5,
                          state=state, received_amount=received, asked_by=booking.booked_by,
                          settled_at=clock() - timedelta(chance.randrange(3)) if state in PAID else None, **of_it)  # fmt: skip
        refunds = [Refund(payment_id=payment.id, amount=chance.randrange(1, 5), reason=chance.choice([*RefundReason]),
                          state=chance.choice([*RefundState]), failure_code=chance.choice([None, "dropped"]), **of_it) for _ in range(chance.randrange(3))]  # fmt: skip
        if sum(each.amount for each in refunds) > received:  # which the database refuses, but for what others gave back
            for each in refunds:
                each.reason = RefundReason.EXTERNAL
        disputes = [Dispute(payment_id=payment.id, provider_ref="d", amount=chance.randrange(4), is_withdrawn=chance.random() < 0.5,
                            state=chance.choice([*DisputeState]), **of_it) for _ in range(chance.randrange(2))]  # fmt: skip
        session.add(payment)
        session.flush()
        session.add_all([*refunds, *disputes])
    session.execute(text("UPDATE jobs SET state = 'done' WHERE ref_id = :id"), {"id": booking_id})
    session.flush()
    return queries.books(session, booking)


@pytest.mark.parametrize("seed", range(8))
def test_the_statements_agree_with_the_rules(seed: int) -> None:
    _, booking = paid_in_cash()
    chance = random.Random(seed)
    with unguarded() as session:
        session.execute(text("DROP INDEX uq_payments_open"))  # as many of them as chance has it
        for _ in range(25):
            books = books_at_random(session, booking.id, chance)
            received = books.received
            books.booking.paid_amount, books.booking.refunded_amount = sum(r.amount for r in received), books.refunded
            books.booking.payment_status = payment_status(
                books.dues,
                received,
                refunded=books.refunded,
                returned=books.returned,
                is_required=True,
                is_processing=any(each.state == "processing" for each in books.payments),
                is_disputed=any(each.state in {"open", "lost"} for each in books.disputes),
            )
            session.flush()
            wrong = broken(session, booking.id)
            takes_place = books.booking.status in {"confirmed", "completed", "no_show"}
            assert "bookings_as_their_payments" not in wrong
            assert ("nothing_kept_that_is_owed" in wrong) == bool(repayments(books.dues, received))
            assert ("first_due_received" in wrong) == (takes_place and not is_settled(books.dues, received))
