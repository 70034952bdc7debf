"""Reading payments and refunds."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.bookings import queries as bookings
from domain.bookings.tables import Booking
from domain.kernel import locks
from domain.kernel.newest import newest
from domain.kernel.periods import Period, made_within
from domain.payments.tables import Payment, Refund


def payment(session: Session, payment_id: UUID) -> Payment | None:
    """Return a payment, whoever asks."""
    return session.get(Payment, payment_id, populate_existing=True)


def payment_by_ref(session: Session, account_id: UUID, ref: str) -> Payment | None:
    """Return the payment that an account's provider knows by a reference."""
    return session.scalar(select(Payment).where(Payment.account_id == account_id, Payment.provider_ref == ref))


def payment_for_update(session: Session, payment_id: UUID) -> Payment:
    """Lock one payment, which must exist, and return it freshly read."""
    (found,) = locks.rows_for_update(session, Payment, Payment.id == payment_id)
    return found


def refund(session: Session, refund_id: UUID) -> Refund | None:
    """Return a refund, whoever asks."""
    return session.get(Refund, refund_id, populate_existing=True)


def refund_for_update(session: Session, refund_id: UUID) -> Refund:
    """Lock one refund, which must exist, and return it freshly read."""
    (found,) = locks.rows_for_update(session, Refund, Refund.id == refund_id)
    return found


def payments(
    session: Session,
    filters: Mapping[str, Any],
    made: Period,
    *,
    seen_by: UUID,
    businesses: Collection[UUID],
    before: UUID | None,
    limit: int,
) -> Sequence[Payment]:
    """Return payments of bookings that somebody made or is the customer of, or of their businesses; the newest first.

    Each way to see a payment is read by an index of its own, and the best of those rows are returned.
    """
    where = [getattr(Payment, name) == value for name, value in filters.items() if value is not None]
    where += made_within(made, Payment.created_at, Payment.id)
    if before is not None:
        where.append(Payment.id < before)
    theirs = (bookings.made_by(seen_by), Booking.customer_id == seen_by)
    ways = [Payment.booking_id.in_(select(Booking.id).where(each)) for each in theirs]
    seen = newest(Payment.id, ways, of=Payment.business_id, values=businesses, where=where, limit=limit)
    return session.scalars(select(Payment).where(Payment.id.in_(seen)).order_by(Payment.id.desc()).limit(limit)).all()


def refunds_of(session: Session, payment_id: UUID, made: Period, *, after: UUID | None, limit: int) -> Sequence[Refund]:
    """Return a page of the refunds of a payment, in the order of their making."""
    such = (Refund.payment_id == payment_id, *made_within(made, Refund.created_at, Refund.id))
    mine = select(Refund).where(*such).order_by(Refund.id).limit(limit)
    return session.scalars(mine if after is None else mine.where(Refund.id > after)).all()
