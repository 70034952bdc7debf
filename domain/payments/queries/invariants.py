"""What must hold of money whatever happened, each as a statement that lists what breaks it.

They say once more, and apart from it, what `rules/balance.py` decides: money is added up here by the database, over all
bookings at once, and no difference is small enough to be left alone.
"""

from collections.abc import Mapping

from domain.bookings.queries.invariants import Invariant
from domain.kernel.ids import Kind
from domain.kernel.plot import CLOSE

OF_LEDGER = """
      FROM payments AS p
      LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM ledger_entries WHERE kind <> 'fee'
                  GROUP BY payment_id) AS l ON l.payment_id = p.id
      LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM refunds WHERE state = 'succeeded'
                  GROUP BY payment_id) AS r ON r.payment_id = p.id
      LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM disputes WHERE is_withdrawn
                  GROUP BY payment_id) AS d ON d.payment_id = p.id
"""
LEDGER_OFF = "coalesce(l.amount, 0) - (p.received_amount - coalesce(r.amount, 0) - coalesce(d.amount, 0))"
LEDGER = f"SELECT p.id {OF_LEDGER} WHERE {LEDGER_OFF} <> 0"

# What counts of each payment: money in review is nobody's yet, and what was none of the booking's when it went back is as
# if it had never come.
COUNTED = """
    WITH undone AS (
        SELECT payment_id, sum(amount) AS amount FROM refunds WHERE state <> 'failed' AND reason = ANY (:undone)
         GROUP BY payment_id),
    counted AS (
        SELECT p.*, CASE WHEN p.state = 'review' THEN 0 ELSE p.received_amount - coalesce(u.amount, 0) END AS counting
          FROM payments AS p LEFT JOIN undone AS u ON u.payment_id = p.id)
"""

# What has come of each booking, in all and for what is due at first.
CAME = f"""
    {COUNTED},
    came AS (
        SELECT p.booking_id, sum(p.received_amount) AS paid, bool_or(p.state = 'processing') AS is_processing,
               coalesce(sum(p.counting) FILTER (
                   WHERE p.purpose = CASE WHEN b.deposit_amount IS NULL THEN 'price' ELSE 'deposit' END), 0) AS at_first
          FROM counted AS p JOIN bookings AS b ON b.id = p.booking_id
         GROUP BY p.booking_id)
"""  # noqa: S608 - put together of constants

# What a booking began with, unpaid or not_required, is not kept for itself: without any money both read the same.
STANDING = f"""
    {CAME},
    gone AS (
        SELECT booking_id, sum(amount) AS refunded, bool_or(reason <> ALL (:undone)) AS is_returned
          FROM refunds WHERE state = 'succeeded' GROUP BY booking_id),
    disputed AS (SELECT DISTINCT booking_id FROM disputes WHERE state IN ('open', 'lost')),
    standing AS (
        SELECT b.*, coalesce(paid, 0) AS paid, coalesce(refunded, 0) AS refunded,
               CASE WHEN disputed.booking_id IS NOT NULL THEN 'disputed'
                    WHEN paid > 0 AND refunded >= paid THEN 'refunded'
                    WHEN paid > 0 AND refunded > 0
                         AND (is_returned OR at_first < coalesce(b.deposit_amount, b.price_amount))
                         THEN 'partially_refunded'
                    WHEN paid > 0 AND at_first >= coalesce(b.deposit_amount, b.price_amount) THEN 'paid'
                    WHEN is_processing THEN 'processing'
                    ELSE 'unpaid' END AS stands
          FROM bookings AS b
          LEFT JOIN came ON came.booking_id = b.id
          LEFT JOIN gone ON gone.booking_id = b.id
          LEFT JOIN disputed ON disputed.booking_id = b.id)
    SELECT id FROM standing
     WHERE paid_amount <> paid OR refunded_amount <> refunded
        OR stands <> CASE payment_status WHEN 'not_required' THEN 'unpaid' ELSE payment_status END
"""  # noqa: S608 - put together of constants

# Whether a booking had to be paid first is how it was accepted: what stood there before the first line about money.
UNPAID = f"""
    {CAME}
    SELECT b.id
      FROM bookings AS b LEFT JOIN came ON came.booking_id = b.id
     WHERE b.status IN ('confirmed', 'completed', 'no_show') AND b.price_amount > 0
       AND coalesce(at_first, 0) < coalesce(b.deposit_amount, b.price_amount)
       AND 'unpaid' = coalesce((SELECT h.changes -> 'payment_status' ->> 0
                                  FROM booking_history AS h
                                 WHERE h.booking_id = b.id AND h.reason = 'payment'
                                 ORDER BY h.version LIMIT 1), b.payment_status)
"""  # noqa: S608 - put together of constants

# Money is kept in the order in which it came: for what it was paid, or of a lost booking for the fee alone.
KEPT = f"""
    {COUNTED},
    owed AS (
        SELECT p.id, p.booking_id, p.received_amount, p.counting,
               CASE WHEN b.status = 'cancelled' THEN coalesce(b.cancellation_fee_amount, 0)
                    WHEN b.status = ANY (:lost) THEN 0
                    WHEN p.purpose = 'price' AND b.deposit_amount IS NULL THEN b.price_amount
                    WHEN p.purpose = 'deposit' THEN coalesce(b.deposit_amount, 0)
                    WHEN p.purpose = 'balance' THEN coalesce(b.price_amount - b.deposit_amount, 0)
                    ELSE 0 END AS wanted,
               coalesce(sum(p.counting) OVER (
                   PARTITION BY p.booking_id, CASE WHEN NOT b.status = ANY (:lost) THEN p.purpose END
                   ORDER BY p.settled_at, p.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
          FROM counted AS p JOIN bookings AS b ON b.id = p.booking_id
         WHERE p.received_amount > 0 AND p.state <> 'review')
    SELECT DISTINCT booking_id AS id
      FROM owed
     WHERE received_amount - least(counting, greatest(wanted - before, 0))
         > (SELECT coalesce(sum(amount), 0) FROM refunds AS r
              WHERE r.payment_id = owed.id
                AND (r.state <> 'failed' OR (r.failure_code = 'dropped' AND r.reason <> 'requested')))
         + (SELECT coalesce(sum(amount), 0) FROM disputes AS d WHERE d.payment_id = owed.id AND (d.is_withdrawn OR d.state = 'open'))
       AND NOT EXISTS (SELECT FROM jobs AS j
                        WHERE j.ref_id = owed.booking_id AND j.kind = ANY (:close) AND j.state = 'ready')
"""  # noqa: S608 - put together of constants

UNDONE = ["late", "duplicate", "surplus", "review"]
LOST = ["cancelled", "declined", "expired", "rejected"]

INVARIANTS: Mapping[str, Invariant] = {
    "ledger_as_payments": Invariant(statement=LEDGER, of=Kind.PAYMENT),
    "bookings_as_their_payments": Invariant(statement=STANDING, asked={"undone": UNDONE}),
    "first_due_received": Invariant(statement=UNPAID, asked={"undone": UNDONE}),
    "nothing_kept_that_is_owed": Invariant(statement=KEPT, asked={"undone": UNDONE, "lost": LOST, "close": [CLOSE]}),
}
"""Money must hold at every moment between transactions. What is about to be closed is owed only when that is done."""
