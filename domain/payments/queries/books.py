"""The books of a booking: all that has to do with its money, locked in the one order, or just read."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.bookings import queries as bookings
from domain.bookings.rules import Status
from domain.bookings.tables import Booking
from domain.kernel import locks
from domain.payments.rules.balance import Dues, Received
from domain.payments.rules.states import (
    DROPPED,
    OPEN,
    RESERVED,
    UNDONE,
    DisputeState,
    Purpose,
    RefundReason,
    RefundState,
    State,
)
from domain.payments.tables import Dispute, Payment, Refund


@dataclass(frozen=True, slots=True)
class Books:
    """A booking with its payments, the refunds and the disputes of those, each in the order of their making."""

    booking: Booking
    payments: list[Payment]
    refunds: list[Refund]
    disputes: list[Dispute]

    def payment(self, payment_id: UUID) -> Payment:
        """Return one of the payments."""
        return next(each for each in self.payments if each.id == payment_id)

    def refunds_of(self, payment_id: UUID) -> list[Refund]:
        """Return the refunds of one payment."""
        return [each for each in self.refunds if each.payment_id == payment_id]

    @property
    def dues(self) -> Dues:
        """Return what the booking costs, as the row has it: a hold that has lapsed counts until it is ended."""
        booking = self.booking
        fee = booking.cancellation_fee_amount or 0
        return Dues(Status(booking.status), booking.price_amount, booking.deposit_amount, fee)

    @property
    def received(self) -> list[Received]:
        """Return the money that came, in the order in which it came."""
        paid = [each for each in self.payments if each.received_amount]
        return [self._received(each) for each in sorted(paid, key=lambda each: (each.settled_at, each.id))]

    @property
    def open(self) -> Sequence[Payment]:
        """Return the payments that may still bring money."""
        return [each for each in self.payments if State(each.state) in OPEN]

    def left_of(self, payment: Payment) -> int:
        """Return what of a payment is neither given back, nor promised back, nor with the customer's bank."""
        row = self._received(payment)
        return max(row.amount - row.reserved - row.disputed, 0)

    @property
    def refunded(self) -> int:
        """Return what has been given back."""
        return sum(each.amount for each in self.refunds if each.state == RefundState.SUCCEEDED)

    @property
    def returned(self) -> int:
        """Return what of that was the booking's own money."""
        given_back = [each for each in self.refunds if each.state == RefundState.SUCCEEDED]
        return sum(each.amount for each in given_back if RefundReason(each.reason) not in UNDONE)

    def _received(self, payment: Payment) -> Received:
        refunds = self.refunds_of(payment.id)
        reserved = [each for each in refunds if RefundState(each.state) in RESERVED]
        return Received(
            payment_id=payment.id,
            purpose=Purpose(payment.purpose),
            amount=payment.received_amount,
            reserved=sum(each.amount for each in reserved),
            undone=sum(each.amount for each in reserved if RefundReason(each.reason) in UNDONE),
            disputed=sum(each.amount for each in self.disputes if each.payment_id == payment.id and _is_at_stake(each)),
            waived=sum(each.amount for each in refunds if _is_waived(each)),
            is_held=payment.state == State.REVIEW,
        )


def _is_waived(refund: Refund) -> bool:
    """Tell whether the rules wanted money back and a person has decided to keep it."""
    dropped = refund.state == RefundState.FAILED and refund.failure_code == DROPPED
    return dropped and refund.reason != RefundReason.REQUESTED


def _is_at_stake(dispute: Dispute) -> bool:
    """Tell whether the money of a dispute is with the bank, or may go there: Paystack takes it only once it is lost."""
    return dispute.is_withdrawn or dispute.state == DisputeState.OPEN


def books_for_update(session: Session, booking_id: UUID) -> Books:
    """Lock a booking and all of its money, and return it freshly read."""
    return money_for_update(session, bookings.booking_for_update(session, booking_id))


def money_for_update(session: Session, booking: Booking) -> Books:
    """Lock all the money of a booking that is locked already."""
    locks.require(session, Booking.__tablename__)
    return Books(
        booking,
        [*locks.rows_for_update(session, Payment, Payment.booking_id == booking.id)],
        [*locks.rows_for_update(session, Refund, Refund.booking_id == booking.id)],
        [*locks.rows_for_update(session, Dispute, Dispute.booking_id == booking.id)],
    )


def books(session: Session, booking: Booking) -> Books:
    """Read all the money of a booking, without a lock."""
    return Books(
        booking,
        [*session.scalars(select(Payment).where(Payment.booking_id == booking.id).order_by(Payment.id))],
        [*session.scalars(select(Refund).where(Refund.booking_id == booking.id).order_by(Refund.id))],
        [*session.scalars(select(Dispute).where(Dispute.booking_id == booking.id).order_by(Dispute.id))],
    )
