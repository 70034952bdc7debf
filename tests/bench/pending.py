"""Bookings that wait to be decided, written past the application as it would have written them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from psycopg import Connection
from psycopg.errors import DeadlockDetected

from tests.builders import Shop

SLOTS = 16  # half-hours of a day from nine to five in Lagos
DAYS = 40  # weekdays within a service's sixty days of advance

# The ledger refuses to be emptied, with all else that hangs on bookings; here nobody has paid for anything.
EMPTY = """
    ALTER TABLE ledger_entries DISABLE TRIGGER ledger_entries_refuse_truncate;
    TRUNCATE bookings, claims, booking_history, events, jobs, reschedules, idempotency_keys CASCADE;
    ALTER TABLE ledger_entries ENABLE TRIGGER ledger_entries_refuse_truncate;
"""
# Each slot is asked for once a resource, one after another in order of acceptance, so that all can be had.
BOOKINGS = """
    INSERT INTO bookings (id, business_id, service_id, booked_by, customer_id, customer_name, customer_email, status,
           payment_status, starts_at, ends_at, timezone, local_start, tzdata_version, buffer_before_minutes,
           buffer_after_minutes, party, price_amount, currency, cancellation_policy, rejection_reasons, sequence)
    SELECT gen_random_uuid(), s.business_id, s.service_id, s.owner_id, s.owner_id, 'Ada', 'ada@example.com', 'pending',
           'not_required', w.starts_at, w.starts_at + interval '30 minutes', 'Africa/Lagos',
           to_char(w.starts_at + interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SS'), '2025.2', 0, 0, 1, 0, 'NGN', v.cancellation_policy, '[]', 0
      FROM generate_series(0, %(each)s - 1) AS k
     CROSS JOIN unnest(%(businesses)s::uuid[], %(services)s::uuid[], %(owners)s::uuid[])
           AS s (business_id, service_id, owner_id)
      JOIN services AS v ON v.id = s.service_id
     CROSS JOIN LATERAL (SELECT k / %(resources)s AS slot) AS at
     CROSS JOIN LATERAL (SELECT (%(days)s::timestamptz[])[1 + at.slot / 16] + at.slot %% 16 * interval '30 minutes')
           AS w (starts_at)
     ORDER BY k, s.business_id
"""
# The relay would publish these jobs when their lease lapses; here the run does.
FOLLOWING = """
    INSERT INTO booking_history (booking_id, version, to_status, actor_id, at)
    SELECT id, 1, 'pending', booked_by, now() FROM bookings WHERE status = 'pending' ORDER BY accepted_no;
    INSERT INTO events (public_id, business_id, kind, subject_id, subject_version, payload, created_at)
    SELECT gen_random_uuid(), business_id, 'booking.requested', id, 1, '{}', now()
      FROM bookings WHERE status = 'pending' ORDER BY accepted_no;
    INSERT INTO jobs (kind, ref_id, lane, run_at, lease_until, created_at)
    SELECT 'bookings.allocate', id, business_id, now(), now() + interval '1 hour', now()
      FROM bookings WHERE status = 'pending' ORDER BY accepted_no
"""
ANALYZE = "ANALYZE bookings, claims, booking_history, events, jobs"


def empty(connection: Connection) -> None:
    """Empty the tables, between two of the looks that the programs take at them: those lock as they read, in any order."""
    is_full = True
    while is_full:
        try:
            connection.execute(EMPTY)
            is_full = False
        except DeadlockDetected:  # a look went first; nothing has changed
            continue


def fill(connection: Connection, shops: Sequence[Shop], each: int) -> None:
    """Empty the tables, and let *each* bookings be pending in every one of *shops*, which have as many resources."""
    resources = len(shops[0].resource_ids)
    assert each <= resources * SLOTS * DAYS, "there are not so many places"
    empty(connection)
    with connection.transaction():
        add(connection, shops, each)
    connection.execute(ANALYZE)


def add(connection: Connection, shops: Sequence[Shop], each: int) -> None:
    """Let *each* bookings be pending in every one of *shops*."""
    asked = {
        "each": each,
        "businesses": [shop.business.id for shop in shops],
        "services": [shop.service.id for shop in shops],
        "owners": [shop.owner.user_id for shop in shops],
        "resources": len(shops[0].resource_ids),
        "days": mornings(DAYS),
    }
    connection.execute(BOOKINGS, asked)
    connection.execute(FOLLOWING)


def mornings(count: int) -> Sequence[datetime]:
    """Return nine o'clock in Lagos on the next weekdays."""
    today = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0)
    days = (today + timedelta(days=ahead) for ahead in range(2, 2 * count + 10))
    return [day for day in days if day.isoweekday() <= 5][:count]
