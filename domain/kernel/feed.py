"""The feed: a business's events in one order, from which a reader misses nothing and gets nothing twice.

The order is (transaction, id), and it ends before the oldest transaction that is still open: whatever commits late
comes after all that has been read. A page therefore ends at an event that it has seen. Never further, at the newest
transaction that is over: after a crash the server gives the numbers again of those that had left nothing on its disk.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.kernel import epochs
from domain.kernel.errors import DomainError

SCANNED = 2000  # events that a filtered page looks through at most

# The horizon is of the same snapshot that the rows are seen with. The last row scanned is told even if it is not wanted.
PAGE = text("""
    WITH scanned AS (
        SELECT public_id, business_id, kind, subject_id, subject_version, payload, request_id, created_at, xid, id
          FROM events
         WHERE business_id = :business_id
           AND (xid, id) > (CAST(:xid AS xid8), :id)
           AND xid < pg_snapshot_xmin(pg_current_snapshot())
         ORDER BY xid, id
         LIMIT :most),
    judged AS (
        SELECT *,
               CAST(:kinds AS text[]) IS NULL OR kind = ANY(:kinds) AS wanted,
               row_number() OVER (ORDER BY xid, id) AS place,
               count(*) OVER () AS seen
          FROM scanned)
    SELECT * FROM judged WHERE wanted OR place = seen ORDER BY place LIMIT :limit + 1
""")


class FeedRestarted(DomainError):
    """The events were numbered anew, as after a restore, so this place in them is lost; read again from the beginning."""

    code = "feed_restarted"


LAST = text("""
    SELECT CASE WHEN xid < pg_snapshot_xmin(pg_current_snapshot()) THEN id END
      FROM events
     WHERE business_id = :business_id
     ORDER BY xid DESC, id DESC
     LIMIT 1
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place between two events: behind the one of this transaction and id, in this epoch."""

    epoch: UUID
    xid: int
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event, as it was written."""

    public_id: UUID
    business_id: UUID
    kind: str
    subject_id: UUID
    subject_version: int
    payload: dict[str, Any]
    request_id: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Events in their order, the place behind them (and behind what was left out), and whether there is more by now."""

    events: Sequence[Told]
    end: Position
    more: bool


def read(
    session: Session,
    business_id: UUID,
    after: Position | None,
    *,
    kinds: Collection[str],
    limit: int,
    now: datetime,
) -> Page:
    """Return up to *limit* events of a business behind *after* (None: from the first one on), of these *kinds* (or all).

    A page may hold less, even nothing, and yet there is more: where few are wanted only so many are looked through.
    Errors: FeedRestarted for a position of another epoch; FeedUnsettled.
    """
    epoch = epochs.current(session, now=now)
    start = after or Position(epoch=epoch, xid=0, id=0)
    if start.epoch != epoch:
        raise FeedRestarted
    most = SCANNED if kinds else limit + 1
    asked = {"business_id": business_id, "xid": str(start.xid), "id": start.id, "most": most, "limit": limit}
    rows = session.execute(PAGE, {**asked, "kinds": list(kinds) or None}).all()
    wanted = [row for row in rows if row.wanted]
    page, over = wanted[:limit], wanted[limit:]
    last = page[-1] if over else rows[-1] if rows else None
    end = start if last is None else Position(epoch=epoch, xid=int(last.xid), id=last.id)
    return Page(events=[_told(row) for row in page], end=end, more=bool(over) or (bool(rows) and rows[0].seen == most))


def last_of(session: Session, business_id: UUID) -> int | None:
    """Return the id of the last event of a business: it is another once something happens, whatever that commits with.

    None where a transaction is open that is as old, and might have something to tell that stands before it.
    """
    found: int | None = session.scalar(LAST, {"business_id": business_id})
    return found


def _told(row: Any) -> Told:  # noqa: ANN401 - a row of a textual statement has no type
    return Told(**{each.name: getattr(row, each.name) for each in fields(Told)})
