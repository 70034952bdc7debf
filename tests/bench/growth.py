"""Growth: the same work with a million past bookings in the tables (long form only)."""

import time
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus

from domain.kernel.ids import Kind, shown
from tests.bench.pending import ANALYZE, add, empty, mornings
from tests.bench.report import MILLI, Line, median, spread
from tests.bench.wire import Wire, request
from tests.bench.world import World, tokens
from tests.builders import decide

PAST = 1_000_000
PENDING, ROUNDS, LOOKS = 400, 7, 100
SLACK = 0.2
WHAT, UNITS = ("one lane drained", "a booking read", "a month of availability read"), ("/s", "ms", "ms")

# Years of half-hours, one after another on each chair, up to a week ago, so that none is of a date that is asked about; what guards claims would only find them all free.
GROWN = """
    SET session_replication_role = replica;
    INSERT INTO bookings (id, business_id, service_id, resource_id, resources, booked_by, customer_id, customer_name,
           customer_email, status, payment_status, starts_at, ends_at, timezone, local_start, tzdata_version,
           buffer_before_minutes, buffer_after_minutes, party, price_amount, currency, cancellation_policy,
           rejection_reasons, sequence)
    SELECT gen_random_uuid(), s.business_id, s.id, c.chair,
           jsonb_build_array(jsonb_build_object('role', 'resource', 'resource_id', c.chair)), '{owner}', '{owner}',
           'Ada', 'ada@example.com', 'completed', 'not_required', w.ended - interval '30 minutes', w.ended,
           'Africa/Lagos', '', '2025.2', 0, 0, 1, 0, 'NGN', s.cancellation_policy, '[]', 0
      FROM services AS s
     CROSS JOIN (SELECT array_agg(id ORDER BY id) AS chairs FROM resources
                  WHERE business_id = '{business}' AND NOT is_default) AS r
     CROSS JOIN generate_series(0, {past} - 1) AS k
     CROSS JOIN LATERAL (SELECT r.chairs[1 + k % array_length(r.chairs, 1)]) AS c (chair)
     CROSS JOIN LATERAL (SELECT date_trunc('hour', now()) - interval '8 days' - k / array_length(r.chairs, 1) * interval '30 minutes')
           AS w (ended)
     WHERE s.id = '{service}';
    INSERT INTO claims (booking_id, resource_id, service_id, starts_at, ends_at, footprint, seats, exclusive)
    SELECT id, resource_id, service_id, starts_at, ends_at, tstzrange(starts_at, ends_at), 1, true
      FROM bookings WHERE status = 'completed';
    INSERT INTO booking_history (booking_id, version, to_status, at)
    SELECT id, 1, 'pending', now() FROM bookings WHERE status = 'completed';
    INSERT INTO events (public_id, business_id, kind, subject_id, subject_version, payload, created_at)
    SELECT gen_random_uuid(), business_id, 'booking.completed', id, 1, '{{}}', now()
      FROM bookings WHERE status = 'completed';
    INSERT INTO jobs (kind, ref_id, lane, state, run_at, lease_until, created_at, finished_at)
    SELECT 'bookings.allocate', id, business_id, 'done', now(), now(), now(), now()
      FROM bookings WHERE status = 'completed';
    SET session_replication_role = origin;
"""
FORGET = """
    DELETE FROM claims WHERE booking_id IN (SELECT id FROM bookings WHERE starts_at > now());
    DELETE FROM booking_history WHERE booking_id IN (SELECT id FROM bookings WHERE starts_at > now());
    DELETE FROM bookings WHERE starts_at > now();
"""


def measure(world: World) -> Iterator[Line]:
    """Yield the rates before, and then beside, what has grown."""
    if world.size == 1:
        return
    empty(world.database)
    _measured(world)  # what is done for the first time is not counted
    young = _measured(world)
    names = {"business": world.shop.business.id, "service": world.shop.service.id, "owner": world.shop.owner.user_id}
    world.database.execute(GROWN.format(past=PAST, **names).encode())
    world.database.execute(ANALYZE)
    old = _measured(world)
    for what, unit, before, after in zip(WHAT, UNITS, young, old, strict=True):
        ratio = median(after) / median(before)
        yield Line(
            what=f"growth to {PAST:,} bookings: {what}",
            ours=spread(after, unit),
            yardstick=f"empty {spread(before, unit)}",
            ratio=ratio,
            goal=f"within {SLACK:.0%}",
            is_met=abs(ratio - 1) <= SLACK,
        )


def _measured(world: World) -> tuple[list[float], list[float], list[float]]:
    return [_drained(world) for _ in range(ROUNDS)], _looks(world), _months(world)


def _drained(world: World) -> float:
    """Return the decisions a second that one process makes in one lane."""
    world.database.execute(FORGET)
    add(world.database, [world.shop], PENDING)
    begun = time.monotonic()
    while decide(world.shop):
        continue
    return PENDING / (time.monotonic() - begun)


def _looks(world: World) -> list[float]:
    row = world.database.execute("SELECT id FROM bookings ORDER BY accepted_no LIMIT 1").fetchone()
    assert row is not None
    return _asked(world, f"/api/bookings/{shown(Kind.BOOKING, row[0])}")


def _months(world: World) -> list[float]:
    first = mornings(1)[0].date()
    service = shown(Kind.SERVICE, world.shop.service.id)
    return _asked(world, f"/api/availability?service_id={service}&from={first}&to={first + timedelta(days=30)}")


def _asked(world: World, path: str) -> list[float]:
    (token,) = tokens([world.shop.owner])
    ask = request("GET", path, token)
    with Wire(world.stack.url) as wire:
        replies = [wire.ask(ask) for _ in range(LOOKS)]
    assert {each.status for each in replies} == {HTTPStatus.OK}
    return [each.took * MILLI for each in replies]
