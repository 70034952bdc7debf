"""Tails: readers of all events, each of which does one kind of work about every event, once.

A tail keeps its place on its row and moves it in the transaction of the work, so that nothing is missed and nothing is
done twice, whatever dies. A job for each event would cost whoever records it a row, and the broker a message.

The order is that of the feed: (transaction, id), up to the oldest transaction that is still open. Places are moved to
the new numbers when `epochs.renumber` gives them: then some events may come again, so that none is missed.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.kernel import epochs, locks
from domain.kernel.events import Xid8
from domain.kernel.tables import Base

WITHIN = """
    (events.xid, events.id) > (CAST(:after_xid AS xid8), :after_id)
    AND (events.xid, events.id) <= (CAST(:upto_xid AS xid8), :upto_id)
    AND events.id > 0
"""
"""The events of a stretch, for a WHERE that is given the stretch's fields. That ids are above 0 lets it use the index."""

# The horizon is of the same snapshot that the rows are seen with.
NEXT = text("""
    WITH next AS (
        SELECT xid, id
          FROM events
         WHERE (xid, id) > (CAST(:xid AS xid8), :id)
           AND xid < pg_snapshot_xmin(pg_current_snapshot())
           AND id > 0
         ORDER BY xid, id
         LIMIT :limit)
    SELECT next.xid::text AS upto_xid, next.id AS upto_id, (SELECT count(*) FROM next) AS found
      FROM next
     ORDER BY next.xid DESC, next.id DESC
     LIMIT 1
""")


class Tail(Base):
    """How far one reader of the events has come: behind the one of this transaction and id."""

    __tablename__ = "tails"

    name: Mapped[str] = mapped_column(primary_key=True)
    xid: Mapped[str] = mapped_column(Xid8())
    event_id: Mapped[int] = mapped_column(BigInteger)


class Stretch(NamedTuple):
    """Events that follow each other, beyond one and up to another, which is among them. No other can come between."""

    after_xid: str
    after_id: int
    upto_xid: str
    upto_id: int


Work = Callable[[Session, Stretch, datetime], None]
"""What is done about a stretch of events: set-based, and without harm for an event that it was done about before."""


def advance(session: Session, name: str, work: Work, *, limit: int, now: datetime) -> bool:
    """Do *work* about the next events, *limit* at most; tell whether there may be more.

    Nothing is done where somebody else is at it, nor while no epoch stands. Takes the first lock of the order.
    """
    tail = _tail_for_update(session, name)
    if tail is None or epochs.standing(session) is None:
        return False
    last = session.execute(NEXT, {"xid": tail.xid, "id": tail.event_id, "limit": limit}).one_or_none()
    if last is None:
        return False
    work(session, Stretch(tail.xid, tail.event_id, last.upto_xid, last.upto_id), now)
    tail.xid, tail.event_id = last.upto_xid, last.upto_id
    return bool(last.found == limit)


def _tail_for_update(session: Session, name: str) -> Tail | None:
    locks.enter(session, Tail.__tablename__)
    mine = select(Tail).where(Tail.name == name)
    return session.scalar(mine.with_for_update(skip_locked=True, key_share=True))


UNFOLLOWED = text("""
    SELECT tails.name, (SELECT created_at FROM events
                         WHERE (xid, id) > (tails.xid, tails.event_id) AND id > 0 ORDER BY xid, id LIMIT 1) AS since
      FROM tails
""")


def unfollowed(session: Session) -> Mapping[str, datetime]:
    """Return for each tail that is behind when the next event was recorded that it has not come to."""
    return {row.name: row.since for row in session.execute(UNFOLLOWED) if row.since is not None}
