"""Places beside each other: what bookings occupy, and what else is there that could come to meet it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.availability.queries.taken import CLAIMED, multirange
from domain.availability.rules.diary import Occupied
from domain.availability.rules.spans import Span, merged
from domain.availability.rules.zones import DAY
from domain.bookings.queries.moved_clocks import Moment

REACH = 2 * DAY  # no two offsets lie further apart, so nothing that keeps its wall time comes from further away

CLAIM = """
    SELECT c.booking_id, c.resource_id, c.service_id, c.seats,
           CAST(extract(epoch FROM c.starts_at) AS bigint),
           CAST(extract(epoch FROM c.ends_at) AS bigint),
           CAST(extract(epoch FROM lower(c.footprint)) AS bigint),
           CAST(extract(epoch FROM upper(c.footprint)) AS bigint)
"""
PLACES = text(f"""
    {CLAIM}
      FROM claims AS c
     WHERE c.booking_id = ANY (CAST(:booking_ids AS uuid[]))
       AND c.released_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > :now)
""")
NEIGHBOURS = text(f"""
    {CLAIM}, CAST(extract(epoch FROM b.starts_at) AS bigint), b.timezone, b.local_start,
           b.starts_at > :now AND b.tzdata_version <> :installed
      FROM {CLAIMED}
       AND (c.expires_at IS NULL OR c.expires_at > :now)
      JOIN bookings AS b ON b.id = c.booking_id
""")


class Claimed(NamedTuple):
    """A place that a booking has on a resource."""

    resource_id: UUID
    claim: Occupied


class Neighbour(NamedTuple):
    """A place, with what was told of its booking; *may_move* if clocks may show that otherwise by now."""

    resource_id: UUID
    claim: Occupied
    starts_at: int
    timezone: str
    local_start: str
    may_move: bool


def places(session: Session, booking_ids: Collection[UUID], *, now: datetime) -> Sequence[Claimed]:
    """Return what bookings occupy at *now*."""
    rows = session.execute(PLACES, {"booking_ids": list(booking_ids), "now": now})
    return [Claimed(*_claimed(row)) for row in rows]


def neighbours(
    session: Session, resource_ids: Collection[UUID], footprints: Iterable[Span], moment: Moment
) -> Sequence[Neighbour]:
    """Return every place on resources that meets *footprints*, or could if its booking were to keep its wall time."""
    moments = merged((start - REACH, end + REACH) for start, end in footprints)
    asked = moment.asked | {"resource_ids": list(resource_ids), "moments": multirange(moments)}
    rows = session.execute(NEIGHBOURS, asked)
    return [Neighbour(*_claimed(row), *row[8:]) for row in rows]


def _claimed(row: Any) -> tuple[UUID, Occupied]:  # noqa: ANN401 - SQLAlchemy's rows are any
    booking_id, resource_id, service_id, seats, start, end, footprint_start, footprint_end = row[:8]
    return resource_id, Occupied(
        start=start,
        end=end,
        footprint_start=footprint_start,
        footprint_end=footprint_end,
        seats=seats,
        service_id=service_id,
        booking_id=booking_id,
    )
