"""The yardstick of allocation: the same writes under the same locks in hand-written SQL, which decides nothing."""

from uuid import UUID

import psycopg

BATCH = 200
LANE = "SELECT business_id FROM lanes WHERE business_id = %s FOR NO KEY UPDATE"
RESOURCES = "SELECT id FROM resources WHERE business_id = %s ORDER BY id FOR NO KEY UPDATE"
BOOKINGS = """
    SELECT id
      FROM bookings
     WHERE id = ANY (ARRAY(SELECT id FROM bookings WHERE business_id = %s AND status = 'pending'
                            ORDER BY accepted_no LIMIT %s))
     ORDER BY id
       FOR NO KEY UPDATE
"""
# Nobody is asked whether a place is free: the next resource in turn gets the booking.
CLAIMS = """
    INSERT INTO claims (booking_id, resource_id, service_id, starts_at, ends_at, footprint, seats, exclusive)
    SELECT b.id, (%s::uuid[])[1 + b.accepted_no %% %s], b.service_id, b.starts_at, b.ends_at,
           tstzrange(b.starts_at, b.ends_at), 1, true
      FROM bookings AS b
     WHERE b.id = ANY (%s)
        ON CONFLICT DO NOTHING
 RETURNING booking_id
"""
MOVES = """
    WITH moved AS (
        UPDATE bookings AS b
           SET status = 'confirmed', resource_id = c.resource_id,
               resources = jsonb_build_array(jsonb_build_object('role', 'resource', 'resource_id', c.resource_id)),
               version = b.version + 1, updated_at = now()
          FROM claims AS c
         WHERE c.booking_id = b.id AND b.id = ANY (%s) AND b.status = 'pending'
     RETURNING b.id, b.version, b.business_id),
    told AS (
        INSERT INTO events (public_id, business_id, kind, subject_id, subject_version, payload, created_at)
        SELECT gen_random_uuid(), business_id, 'booking.confirmed', id, version, '{}', now() FROM moved)
    INSERT INTO booking_history (booking_id, version, from_status, to_status, at)
    SELECT id, version, 'pending', 'confirmed', now() FROM moved
"""
JOBS = """
    UPDATE jobs SET state = 'done', finished_at = now(), leased_by = NULL
     WHERE id IN (SELECT id FROM jobs WHERE ref_id = ANY (%s) AND kind = 'bookings.allocate' AND state <> 'done'
                   ORDER BY id FOR NO KEY UPDATE)
"""
NOTIFY = "SELECT pg_notify('bookings_decided', %s)"

_opened: list[psycopg.Connection] = []


def connect(url: str) -> None:
    """Open this process's connection."""
    _opened.append(psycopg.connect(url))


def ready(_: int) -> bool:
    """Tell that this process has begun."""
    return bool(_opened)


def drain(business_id: UUID) -> int:
    """Write what is pending in a lane, batch after batch; return how many."""
    (connection,) = _opened
    total = 0
    while True:
        with connection.transaction():
            done = _batch(connection, business_id)
        total += done
        if done < BATCH:
            return total


def _batch(connection: psycopg.Connection, business_id: UUID) -> int:
    connection.execute(LANE, (business_id,))
    resources = [row[0] for row in connection.execute(RESOURCES, (business_id,))]
    ids = [row[0] for row in connection.execute(BOOKINGS, (business_id, BATCH))]
    if not ids:
        return 0
    claimed = connection.execute(CLAIMS, (resources, len(resources), ids)).fetchall()
    assert len(claimed) == len(ids), "the yardstick met a place that was taken"
    connection.execute(MOVES, (ids,))
    connection.execute(JOBS, (ids,))
    connection.execute(NOTIFY, (",".join(each.hex for each in ids),))
    return len(ids)
