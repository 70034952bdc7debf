"""What is taken on resources, summed up for one service that is only looked at: a row for each resource.

Read as arrays of seconds: a month of twenty busy resources is thousands of claims, and a row for each would cost more
than all the rest of the answer.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.availability.queries.taken import CLAIMED, CLOSED, Moments, multirange
from domain.availability.rules.seats import Load

# Whatever the service does not share with its own bookings closes the resource to it.
LOADS = text(f"""
    WITH taken AS (
        SELECT c.resource_id, c.footprint AS during, c.seats, (c.service_id = CAST(:shared_by AS uuid)) IS TRUE AS is_shared, c.expires_at
          FROM {CLAIMED}
         WHERE (c.expires_at IS NULL OR c.expires_at > :now)
           AND c.booking_id IS DISTINCT FROM CAST(:besides AS uuid)
         UNION ALL
        SELECT wanted.id, time_off.during, 0, FALSE, NULL
          FROM unnest(CAST(:resource_ids AS uuid[])) AS wanted (id)
          JOIN time_off ON time_off.resource_id = wanted.id OR time_off.resource_id IS NULL
         WHERE {CLOSED})
    SELECT resource_id,
           array_agg(since) FILTER (WHERE NOT is_shared), array_agg(until) FILTER (WHERE NOT is_shared),
           array_agg(since) FILTER (WHERE is_shared), array_agg(until) FILTER (WHERE is_shared),
           array_agg(seats) FILTER (WHERE is_shared), min(expires_at)
      FROM taken
     CROSS JOIN LATERAL (SELECT CAST(extract(epoch FROM lower(during)) AS bigint) AS since,
                                CAST(extract(epoch FROM upper(during)) AS bigint) AS until) AS epoch
     GROUP BY resource_id
""")  # noqa: S608 - put together from our own


class Loads(NamedTuple):
    """What takes each resource that is taken at all, and when the first of the holds among it lapses."""

    by_resource: Mapping[UUID, Load]
    lapses_at: datetime | None


def loads(
    session: Session,
    business_id: UUID,
    resource_ids: Collection[UUID],
    moments: Moments,
    *,
    shared_by: UUID | None,
    now: datetime,
    besides: UUID | None,
) -> Loads:
    """Return what of *moments* is taken at *now*, in which a hold ends by the clock, without the booking *besides*.

    *shared_by* is the service whose claims share their seats; None: nothing is shared.
    """
    asked = {
        "business_id": business_id,
        "resource_ids": list(resource_ids),
        "moments": multirange(moments),
        "since": moments[0][0],
        "shared_by": shared_by,
        "now": now,
        "besides": besides,
    }
    rows = session.execute(LOADS, asked).all()
    found = {
        resource_id: Load(
            sorted(zip(since or (), until or (), strict=True)),
            sorted(zip(shared_since or (), shared_until or (), seats or (), strict=True)),
        )
        for resource_id, since, until, shared_since, shared_until, seats, _ in rows
    }
    return Loads(found, min((row[-1] for row in rows if row[-1]), default=None))
