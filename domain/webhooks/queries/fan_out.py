"""Which events become deliveries to which endpoints: set-based, and without harm for what is there already."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.kernel.tails import WITHIN, Stretch

TOLD_OF = """
      FROM events
      JOIN webhook_endpoints AS endpoint
        ON endpoint.business_id = events.business_id
       AND (endpoint.kinds = '{}'
            OR events.kind = ANY (endpoint.kinds)
            OR split_part(events.kind, '.', 1) || '.*' = ANY (endpoint.kinds))
"""
# The id of a delivery begins with its event's time, as a ULID does, and goes on with the event's own number: so
# deliveries are in the order of events, those of one transaction too.
NEW = f"""
    INSERT INTO webhook_deliveries (id, endpoint_id, business_id, event_id, kind, next_attempt_at, created_at)
    SELECT (lpad(to_hex((extract(epoch FROM events.created_at) * 1000000)::bigint / 1000), 12, '0')
            || lpad(to_hex((extract(epoch FROM events.created_at) * 1000000)::bigint % 1000), 3, '0')
            || lpad(to_hex(events.id % 1048576), 5, '0')
            || right(gen_random_uuid()::text, 12))::uuid,
           endpoint.id, events.business_id, events.public_id, events.kind, :now, :now
    {TOLD_OF}
"""  # noqa: S608 - put together from constants

# What happened before an endpoint was made is not for it, however late the events are followed.
OF_A_STRETCH = text(f"""
    {NEW}
     WHERE {WITHIN}
       AND endpoint.state = 'enabled'
       AND events.created_at >= endpoint.created_at
     ORDER BY events.id
        ON CONFLICT (endpoint_id, event_id) DO NOTHING
""")


def add_deliveries(session: Session, stretch: Stretch, *, now: datetime) -> None:
    """Add a delivery of each event of a stretch to each endpoint that is to be told of it."""
    session.execute(OF_A_STRETCH, {**stretch._asdict(), "now": now})
