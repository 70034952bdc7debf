"""Bookings to come beside the wall times that were told of them, for a check against the installed tz database.

Only what was written with another version of it is read: a wall time is written as the instant reads, so the version
that wrote it reads it again the same.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.availability.rules.zones import Piece
from domain.bookings.rules import MOVABLE, Status
from domain.catalog.tables import Business
from domain.kernel.ids import Kind, parsed

PAGE = 5000
BUSINESSES = 500
LIVE = MOVABLE | {Status.PENDING}

Pieces = Mapping[str, Sequence[Piece]]
"""Zones by name, each cut into pieces of one offset."""

# What is live by the clock, and starts later; a reschedule that is pending would make its booking start then.
AHEAD = """
    SELECT b.id, b.id AS booking_id, CAST(NULL AS uuid) AS reschedule_id, b.business_id, b.service_id, b.status,
           b.starts_at, b.ends_at, b.timezone, b.local_start, b.tzdata_version, b.overrides
      FROM bookings AS b
     WHERE b.business_id {these} AND b.starts_at > :now AND b.status = ANY (CAST(:live AS text[]))
       AND (b.hold_expires_at IS NULL OR b.hold_expires_at > :now) AND b.tzdata_version <> :installed
     UNION ALL
    SELECT r.id, r.booking_id, r.id, r.business_id, b.service_id, b.status,
           r.starts_at, r.ends_at, r.timezone, r.local_start, r.tzdata_version, r.overrides
      FROM reschedules AS r
      JOIN bookings AS b ON b.id = r.booking_id
     WHERE r.business_id {these} AND r.starts_at > :now AND r.status = 'pending'
       AND b.status = ANY (CAST(:live AS text[])) AND (b.hold_expires_at IS NULL OR b.hold_expires_at > :now)
       AND r.tzdata_version <> :installed
"""
OF_ONE = AHEAD.format(these="= CAST(:business_id AS uuid)")
OF_SOME = AHEAD.format(these="= ANY (CAST(:business_ids AS uuid[]))")

COUNTED = """
    SELECT a.timezone, count(*), min(a.starts_at), max(a.starts_at)
      FROM ({ahead}) AS a
     GROUP BY a.timezone
     ORDER BY a.timezone
"""
# Clocks show an instant as it was told if, and only if, they are ahead of UTC by as much as the telling was.
MOVED = """
    SELECT {columns}
      FROM ({ahead}) AS a
      JOIN jsonb_to_recordset(CAST(:pieces AS jsonb)) AS p (
           zone text, since bigint, until bigint, ahead_of_utc integer)
        ON p.zone = a.timezone AND a.starts_at >= to_timestamp(p.since) AND a.starts_at < to_timestamp(p.until)
     WHERE CAST(a.local_start AS timestamp)
           <> date_trunc('second', a.starts_at AT TIME ZONE 'UTC') + make_interval(secs => p.ahead_of_utc)
"""
COLUMNS = """
    a.id, a.booking_id, a.reschedule_id, a.service_id, a.status, a.starts_at, a.ends_at, a.timezone, a.local_start,
    a.tzdata_version, a.overrides
"""
FROM_HERE = """
       AND (a.starts_at, a.id) > (:after_start, CAST(:after_id AS uuid))
     ORDER BY a.starts_at, a.id
     LIMIT :limit
"""
ZONES = text(COUNTED.format(ahead=OF_SOME))
GROUPS = text(MOVED.format(columns="DISTINCT a.business_id, a.timezone", ahead=OF_SOME) + "ORDER BY 1, 2")
TOLD = text(MOVED.format(columns=COLUMNS, ahead=OF_ONE) + FROM_HERE)


class Told(NamedTuple):
    """What was told of a booking to come, or (*reschedule_id*) of where it is to be moved: a start by the clock."""

    id: UUID
    booking_id: UUID
    reschedule_id: UUID | None
    service_id: UUID
    status: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    local_start: str
    tzdata_version: str
    overrides: list[str]


class Zone(NamedTuple):
    """How many of what is to be checked in a zone, and from when to when they start."""

    name: str
    number: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """As of when, and for which version of the tz database, bookings are checked."""

    now: datetime
    installed: str

    @property
    def asked(self) -> dict[str, Any]:
        """Return it as the statements take it."""
        return {"now": self.now, "installed": self.installed, "live": sorted(LIVE)}


def business(session: Session, slug_or_id: str) -> Business | None:
    """Return a business by slug or by public id, an archived one too: its bookings stand."""
    wanted = parsed(Kind.BUSINESS, slug_or_id)
    return session.scalar(select(Business).where(Business.id == wanted if wanted else Business.slug == slug_or_id))


def businesses(session: Session, *, after: UUID | None) -> Sequence[Business]:
    """Return the next BUSINESSES, archived ones too, in order of their making."""
    every = select(Business).order_by(Business.id).limit(BUSINESSES)
    return session.scalars(every if after is None else every.where(Business.id > after)).all()


def zones(session: Session, business_ids: Collection[UUID], moment: Moment) -> Sequence[Zone]:
    """Return the zones of what some businesses have to come and that another version wrote."""
    rows = session.execute(ZONES, moment.asked | {"business_ids": list(business_ids)})
    return [Zone(*row) for row in rows]


def groups(
    session: Session, business_ids: Collection[UUID], pieces: Pieces, moment: Moment
) -> Sequence[tuple[UUID, str]]:
    """Return (business id, zone) of those among some businesses that have to come what clocks show otherwise than told."""
    asked = moment.asked | {"business_ids": list(business_ids), "pieces": _rows(pieces)}
    return [(business_id, timezone) for business_id, timezone in session.execute(GROUPS, asked)]


def told(session: Session, business_id: UUID, pieces: Pieces, moment: Moment) -> Iterator[Sequence[Told]]:
    """Yield what clocks show otherwise than told in the zones of *pieces*, in pages, by start and id."""
    last = moment.now, UUID(int=0)
    asked = moment.asked | {"business_id": business_id, "pieces": _rows(pieces), "limit": PAGE}
    while True:
        rows = session.execute(TOLD, asked | {"after_start": last[0], "after_id": last[1]})
        if not (page := [Told(*row) for row in rows]):
            return
        yield page
        last = page[-1].starts_at, page[-1].id


def _rows(pieces: Pieces) -> str:
    """Write out the pieces of zones, as the statements read them."""
    return json.dumps(
        [
            {"zone": zone, "since": each.start, "until": each.end, "ahead_of_utc": each.offset}
            for zone, some in pieces.items()
            for each in some
        ]
    )
