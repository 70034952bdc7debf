"""What is taken on resources, summed up for one service that is only looked at: a row for each resource.

Read as arrays of seconds: a month of twenty busy resources is thousands of claims, and a row for each would cost more
than all the rest of the answer.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.availability.queries.taken import CLAIMED, CLOSED, STARTING, Moments, multirange
from domain.availability.rules.seats import NOTHING_TAKEN, Load
from domain.availability.rules.spans import Span, merged

# Whatever the service does not share with its own bookings closes the resource to it. Two rows more are not of a resource:
# one has the time off of the whole business, which is not told again for each; the other tells when the bookings of the
# service start, wherever they are.
LOADS = text(f"""
    WITH taken AS (
        SELECT c.resource_id, c.footprint AS during, c.seats, (c.service_id = CAST(:shared_by AS uuid)) IS TRUE AS is_shared, c.expires_at
          FROM {CLAIMED}
         WHERE (c.expires_at IS NULL OR c.expires_at > :now)
           AND c.booking_id IS DISTINCT FROM CAST(:besides AS uuid)
         UNION ALL
        SELECT coalesce(time_off.resource_id, CAST(:everybody AS uuid)), time_off.during, 0, FALSE, NULL
          FROM time_off
         WHERE {CLOSED}
           AND (time_off.resource_id IS NULL OR time_off.resource_id = ANY (CAST(:resource_ids AS uuid[]))))
    SELECT resource_id,
           array_agg(since) FILTER (WHERE NOT is_shared), array_agg(until) FILTER (WHERE NOT is_shared),
           array_agg(since) FILTER (WHERE is_shared), array_agg(until) FILTER (WHERE is_shared),
           array_agg(seats) FILTER (WHERE is_shared), min(expires_at)
      FROM taken
     CROSS JOIN LATERAL (SELECT CAST(extract(epoch FROM lower(during)) AS bigint) AS since,
                                CAST(extract(epoch FROM upper(during)) AS bigint) AS until) AS epoch
     GROUP BY resource_id
     UNION ALL
    SELECT NULL, array_agg(since), NULL, NULL, NULL, NULL, min(lapses_at)
      FROM (SELECT CAST(extract(epoch FROM starts_at) AS bigint) AS since, min(expires_at) AS lapses_at
              FROM {STARTING}
             GROUP BY starts_at, booking_id) AS started
""")  # noqa: S608 - put together from our own


EVERYBODY = UUID(int=0)


class Loads(NamedTuple):
    """What takes each resource that is taken at all, when all are *closed*, and when the bookings of a limited service start.

    The first of the holds among all that *lapses_at* then.
    """

    by_resource: Mapping[UUID, Load]
    closed: Sequence[Span]
    starts: Sequence[int]
    lapses_at: datetime | None


def loads(
    session: Session,
    business_id: UUID,
    resource_ids: Collection[UUID],
    moments: Moments,
    *,
    shared_by: UUID | None,
    limited: UUID | None,
    now: datetime,
    besides: UUID | None,
) -> Loads:
    """Return what of *moments* is taken at *now*, in which a hold ends by the clock, without the booking *besides*.

    *shared_by* is the service whose claims share their seats; None: nothing is shared. *limited* is the one of which
    the starts are told; None: of none.
    """
    asked = {
        "business_id": business_id,
        "resource_ids": list(resource_ids),
        "moments": multirange(moments),
        "since": moments[0][0],
        "until": moments[-1][1],
        "shared_by": shared_by,
        "service_ids": [] if limited is None else [limited],
        "now": now,
        "besides": besides,
        "everybody": EVERYBODY,
    }
    rows = {resource_id: taken for resource_id, *taken in session.execute(LOADS, asked)}
    lapses_at = min((each[-1] for each in rows.values() if each[-1]), default=None)
    starts, *_ = rows.pop(None)
    by_resource = {resource_id: _load(*taken) for resource_id, taken in rows.items()}
    closed = by_resource.pop(EVERYBODY, NOTHING_TAKEN).closed
    return Loads(by_resource, merged(closed), starts or (), lapses_at)


def _load(
    since: Sequence[int] | None,
    until: Sequence[int] | None,
    shared_since: Sequence[int] | None,
    shared_until: Sequence[int] | None,
    seats: Sequence[int] | None,
    _: datetime | None,
) -> Load:
    return Load(
        sorted(zip(since or (), until or (), strict=True)),
        sorted(zip(shared_since or (), shared_until or (), seats or (), strict=True)),
    )
