"""Places beside each other: what bookings occupy, and what else is there that could come to meet it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.availability.queries.taken import CLAIM, CLAIMED, Taken, claimed, multirange
from domain.availability.rules.diary import Occupied
from domain.availability.rules.spans import Span, merged
from domain.bookings.queries.moved_clocks import Moment

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


class Neighbour(NamedTuple):
    """A place, with what was told of its booking; *may_move* if clocks may show that otherwise by now."""

    resource_id: UUID
    claim: Occupied
    starts_at: int
    timezone: str
    local_start: str
    may_move: bool


def places(session: Session, booking_ids: Collection[UUID], *, now: datetime) -> Sequence[Taken]:
    """Return what bookings occupy at *now*."""
    rows = session.execute(PLACES, {"booking_ids": list(booking_ids), "now": now})
    return [Taken(*claimed(*row)) for row in rows]


def neighbours(
    session: Session, resource_ids: Collection[UUID], footprints: Iterable[Span], reach: int, moment: Moment
) -> Sequence[Neighbour]:
    """Return every place on resources that meets *footprints*, or could if it moved by up to *reach* seconds."""
    moments = merged((start - reach, end + reach) for start, end in footprints)
    asked = moment.asked | {"resource_ids": list(resource_ids), "moments": multirange(moments)}
    rows = session.execute(NEIGHBOURS, asked)
    return [Neighbour(*claimed(*row[:8]), *row[8:]) for row in rows]
