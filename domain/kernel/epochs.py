"""Epochs of the feed: whether the numbers that events carry are this database's own, and numbering them anew if not.

A transaction's id means nothing in another database. In a restored dump it may lie years ahead, where no reader would
see its event, or among those to come. So an epoch stands for one origin, and as long as the one on record is not that
of this database nothing is read. Events from before then all get the number 0, that of no transaction, and so come
first, in the order of their ids; what is written meanwhile has a number of this database and comes after them.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from domain.kernel.errors import DomainError
from domain.kernel.events import Event, FeedEpoch
from domain.kernel.ids import new_id

BATCH = 10_000
OLD = "0"
LOCK = func.hashtextextended("aionbooking.feed", 0)

SYSTEM = text("SELECT system_identifier::text FROM pg_control_system()")
# The timeline is another after a recovery to a point in time, and after a failover, which may have lost the last events.
PLACE = text("""
    SELECT has_function_privilege('pg_control_system()', 'EXECUTE') AS is_told,
           'table ' || 'events'::regclass::oid AS otherwise,
           oid::text || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) AS place
      FROM pg_database WHERE datname = current_database()
""")
# Where a tail goes on once its events have new numbers: before whatever it was not told of. Ids are no order of its own
# numbers, so that may be before some that it was told of, too. Those with higher ids have perhaps come since the restore.
MOVED = text("""
    UPDATE tails
       SET xid = '0',
           event_id = coalesce(least((SELECT min(id) FROM events
                                       WHERE (xid, id) > (tails.xid, tails.event_id) AND id > 0),
                                     (SELECT min(id) FROM events WHERE id > tails.event_id)) - 1, event_id)
     WHERE xid <> '0'
""")


class FeedUnsettled(DomainError):
    """The events are being numbered anew, as after a restore; try again in a minute."""

    code = "unavailable"


def current(session: Session, *, now: datetime) -> UUID:
    """Return the epoch of this database; begin it when there are few events or none to be numbered anew.

    Errors: FeedUnsettled while there are more, which `renumber` sees to.
    """
    found = standing(session)
    if found:
        return found
    if _batch_after(session, 0)[0] == BATCH:
        raise FeedUnsettled
    renumber(session, 0, now=now)
    return session.scalars(select(FeedEpoch.epoch)).one()


def standing(session: Session) -> UUID | None:
    """Return the epoch on record if it is that of this database, and the only one."""
    here = origin(session)
    found = session.execute(select(FeedEpoch.origin, FeedEpoch.epoch)).all()
    return found[0].epoch if [each.origin for each in found] == [here] else None


def renumber(session: Session, after: int, *, now: datetime) -> int | None:
    """Renumber a batch of events, those beyond the id *after*, and return the id to go on from.

    None when that was the last of them, or nothing was to be done; then the epoch stands. Whoever comes at the same
    time waits. Writers of events do not.
    """
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    if standing(session):
        return None
    session.execute(MOVED)  # with the first batch: by the numbers from before, and no second time
    count, last = _batch_after(session, after)
    session.execute(
        update(Event)
        .where(Event.id > after, Event.id <= last, Event.xid != OLD)
        .values(xid=OLD)
        .execution_options(synchronize_session=False)
    )
    if count == BATCH:
        return last
    session.execute(delete(FeedEpoch))
    session.execute(insert(FeedEpoch).values(origin=origin(session), epoch=new_id(), made_at=now))
    return None


def origin(session: Session) -> str:
    """Name this database so that no copy of it has the same name: its server's system, its oid, its timeline.

    Where the system's identifier is withheld, the oid of the table stands in for it.
    """
    found = session.execute(PLACE).one()
    return f"{session.scalar(SYSTEM) if found.is_told else found.otherwise}/{found.place}"


def _batch_after(session: Session, after: int) -> tuple[int, int]:
    """Return how many events beyond *after* make a batch, and the id of the last."""
    some = select(Event.id).where(Event.id > after).order_by(Event.id).limit(BATCH).subquery()
    count, last = session.execute(select(func.count(), func.coalesce(func.max(some.c.id), after))).one()
    return count, last
