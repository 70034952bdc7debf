"""What is taken on resources, read into the shapes that the rules decide on; every board and every answer needs it.

Written out once, and read as seconds: mapped objects and moments would take three times as long.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from domain.availability.rules.diary import Closure, Occupied

Moments = Sequence[tuple[int, int]]
"""Half-open spans of UTC seconds, ascending and apart."""

# As the gist index has it: a resource is a range of one uuid, so that no extension is needed. That the two are equal is
# said besides, for where there are so few claims that the index is not worth it.
CLAIMED = """
           unnest(CAST(:resource_ids AS uuid[])) AS wanted (id)
      JOIN claims AS c
        ON uuidrange(c.resource_id, c.resource_id, '[]') && uuidrange(wanted.id, wanted.id, '[]')
       AND c.resource_id = wanted.id
       AND c.footprint && CAST(:moments AS tstzmultirange)
       AND c.released_at IS NULL
"""
CLOSED = """
           time_off.business_id = :business_id
       AND upper(time_off.during) > to_timestamp(:since)
       AND time_off.during && CAST(:moments AS tstzmultirange)
"""
CLAIM = """
    SELECT c.resource_id, c.booking_id, c.service_id, c.seats,
           CAST(extract(epoch FROM c.starts_at) AS bigint),
           CAST(extract(epoch FROM c.ends_at) AS bigint),
           CAST(extract(epoch FROM lower(c.footprint)) AS bigint),
           CAST(extract(epoch FROM upper(c.footprint)) AS bigint)
"""
CLAIMS = text(f"""
    {CLAIM}
      FROM {CLAIMED}
""")
OCCUPYING = text(f"""
    {CLAIMS.text}
     WHERE (c.expires_at IS NULL OR c.expires_at > :now)
       AND c.booking_id IS DISTINCT FROM CAST(:besides AS uuid)
""")
STARTING = """
           claims
     WHERE service_id = ANY (CAST(:service_ids AS uuid[]))
       AND released_at IS NULL
       AND (expires_at IS NULL OR expires_at > :now)
       AND starts_at >= to_timestamp(:since) AND starts_at < to_timestamp(:until)
       AND booking_id IS DISTINCT FROM CAST(:besides AS uuid)
"""
STARTS = text(f"""
    SELECT service_id, CAST(extract(epoch FROM starts_at) AS bigint)
      FROM {STARTING}
     GROUP BY service_id, starts_at, booking_id
""")  # noqa: S608 - put together from our own
CLOSURES = text(f"""
    SELECT id, resource_id,
           CAST(extract(epoch FROM lower(during)) AS bigint),
           CAST(extract(epoch FROM upper(during)) AS bigint)
      FROM time_off
     WHERE {CLOSED}
       AND (resource_id IS NULL OR resource_id = ANY (CAST(:resource_ids AS uuid[])))
""")  # noqa: S608 - put together from our own


class Taken(NamedTuple):
    """A claim on a resource."""

    resource_id: UUID
    claim: Occupied


class Closed(NamedTuple):
    """Time off of a resource, or (None) of the whole business."""

    time_off_id: UUID
    resource_id: UUID | None
    closure: Closure


class Started(NamedTuple):
    """A booking of a service, by its start."""

    service_id: UUID
    start: int


def live_claims(session: Session, resource_ids: Collection[UUID], moments: Moments) -> Sequence[Taken]:
    """Return every claim that is not released and meets *moments*; the allocator's view, under the lane's lock.

    Lapsed holds are among them until somebody releases them, because the database's guards count them too.
    """
    return _taken(session, CLAIMS, {"resource_ids": list(resource_ids), "moments": multirange(moments)})


def occupying_claims(
    session: Session, resource_ids: Collection[UUID], moments: Moments, *, now: datetime, besides: UUID | None = None
) -> Sequence[Taken]:
    """Return the claims that occupy at *now* and meet *moments*, but for those of the booking *besides*.

    That is a reader's view, in which a hold ends by the clock.
    """
    asked = {"resource_ids": list(resource_ids), "moments": multirange(moments), "now": now, "besides": besides}
    return _taken(session, OCCUPYING, asked)


def starts_of_services(
    session: Session, service_ids: Collection[UUID], moments: Moments, *, now: datetime, besides: UUID | None = None
) -> Sequence[Started]:
    """Return each occupying booking that starts within *moments*, for the daily limit; but not the booking *besides*."""
    asked = {"service_ids": list(service_ids), "now": now, "besides": besides}
    rows = session.execute(STARTS, asked | {"since": moments[0][0], "until": moments[-1][1]})
    return [Started(*row) for row in rows]


def closures(session: Session, business_id: UUID, resource_ids: Collection[UUID], moments: Moments) -> Sequence[Closed]:
    """Return the time off that meets *moments*, of the business and of the resources."""
    asked = {"business_id": business_id, "resource_ids": list(resource_ids), "moments": multirange(moments)}
    rows = session.execute(CLOSURES, asked | {"since": moments[0][0]})
    return [Closed(id_, resource_id, Closure(start=start, end=end)) for id_, resource_id, start, end in rows]


def instant(seconds: int) -> datetime:
    """Return the instant of a count of UTC seconds, as PostgreSQL takes it."""
    return datetime.fromtimestamp(seconds, UTC)


def _taken(session: Session, statement: TextClause, asked: Mapping[str, Any]) -> Sequence[Taken]:
    return [Taken(*claimed(*row)) for row in session.execute(statement, asked).all()]


def claimed(
    resource_id: UUID,
    booking_id: UUID,
    service_id: UUID,
    seats: int,
    start: int,
    end: int,
    footprint_start: int,
    footprint_end: int,
) -> tuple[UUID, Occupied]:
    """Return a row of CLAIM: the resource, and what is claimed of it."""
    return resource_id, Occupied(
        start=start,
        end=end,
        footprint_start=footprint_start,
        footprint_end=footprint_end,
        seats=seats,
        service_id=service_id,
        booking_id=booking_id,
    )


def multirange(moments: Moments) -> str:
    """Return moments as PostgreSQL reads them."""
    return "{" + ",".join(f"[{instant(start).isoformat()},{instant(end).isoformat()})" for start, end in moments) + "}"
