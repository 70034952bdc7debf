"""Writing where a booking's money stands."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.kernel import locks

NOTED = text("""
    WITH noted AS (
        UPDATE bookings AS b
           SET payment_status = :payment_status, paid_amount = :paid, refunded_amount = :refunded,
               version = b.version + 1, updated_at = :now
          FROM (SELECT id, payment_status FROM bookings WHERE id = :booking_id) AS o
         WHERE b.id = o.id
           AND (b.payment_status, b.paid_amount, b.refunded_amount) IS DISTINCT FROM (:payment_status, :paid, :refunded)
     RETURNING b.id, b.version, b.status, o.payment_status AS before)
    INSERT INTO booking_history (booking_id, version, from_status, to_status, reason, changes, at)
    SELECT id, version, status, status, 'payment',
           jsonb_build_object('payment_status', jsonb_build_array(before, CAST(:payment_status AS text))), :now
      FROM noted
    RETURNING version
""")


def note_money(
    session: Session, booking_id: UUID, *, payment_status: str, paid: int, refunded: int, now: datetime
) -> int | None:
    """Write where the money of a locked booking stands; return its new version, or None where nothing is new."""
    locks.require(session, "bookings")
    asked = {
        "booking_id": booking_id,
        "payment_status": payment_status,
        "paid": paid,
        "refunded": refunded,
        "now": now,
    }
    version: int | None = session.scalar(NOTED, asked)
    return version
