"""Claiming what is due, and writing down what became of it. Whoever has lost its lease changes nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, delete, exists, func, select, text, update
from sqlalchemy.orm import Session, aliased

from domain.bookings.tables import Booking
from domain.kernel import locks
from domain.kernel.events import Event
from domain.notifications.rules.notices import MessageState, Urgency
from domain.notifications.tables import Notification

LOOKED_AT = 1000
VISITED = 500  # accounts that have their turn in one claim

# From one account that has something to hear, be it later, to the next, by the index; so many at a time.
ACCOUNTS = text("""
    WITH RECURSIVE visited AS (
        (SELECT account_id, 1 AS place FROM notifications
          WHERE urgency = :urgency AND state = 'due' AND account_id > :after ORDER BY account_id LIMIT 1)
        UNION ALL
        SELECT following.account_id, visited.place + 1
          FROM visited, LATERAL (
               SELECT account_id FROM notifications
                WHERE urgency = :urgency AND state = 'due' AND account_id > visited.account_id
                ORDER BY account_id LIMIT 1) AS following
         WHERE visited.place < :most)
    SELECT account_id FROM visited ORDER BY account_id
""")
# What has waited longest of each of some accounts.
HEADS = text("""
    WITH heads AS (
        SELECT head.id, head.next_try_at
          FROM unnest(CAST(:accounts AS uuid[])) AS visited (account_id), LATERAL (
               SELECT id, next_try_at FROM notifications
                WHERE urgency = :urgency AND state = 'due' AND account_id = visited.account_id AND next_try_at <= :now
                ORDER BY next_try_at LIMIT 1) AS head)
    SELECT notifications.id FROM notifications JOIN heads USING (id)
     WHERE notifications.state = 'due' AND notifications.next_try_at <= :now
     ORDER BY heads.next_try_at
     LIMIT :limit FOR NO KEY UPDATE OF notifications SKIP LOCKED
""")


def claim_due_for_update(
    session: Session, lease: UUID, *, after: UUID, until: datetime, now: datetime, limit: int, deaths: int
) -> tuple[Sequence[UUID], UUID | None]:
    """Lease what may be tried by now to whom *lease* stands for; return the ids, in the order to send them.

    What is most urgent comes first, and of that what has waited longest. Where more is due than *limit*, half of it is
    the first of each account: however much one has to say, others are heard in between. Of many accounts those behind
    *after* have their turn; the last one that had is returned, too, or None when the next turn begins from the first. One that
    was in the hands of somebody who died comes last, and is given up when *deaths* have died of it.

    What others are claiming just now is left to them, so that any number may claim at once.
    """
    locks.enter(session, Notification.__tablename__)
    _give_up_fatal_for_update(session, deaths, now)
    lapsed = _lapsed_for_update(session, now)
    ids: list[UUID] = []
    turn: UUID | None = None
    for urgency in Urgency:
        found, last = _due_for_update(session, urgency, after, now, limit - len(ids) - len(lapsed))
        ids += found
        turn = turn or last
    for claimed, died in ((ids, 0), (lapsed, 1)):
        if claimed:
            _lease(session, claimed, lease, until, died)
    return [*ids, *lapsed], turn


def _give_up_fatal_for_update(session: Session, deaths: int, now: datetime) -> None:
    """Let nobody try any more what *deaths* have died of who had it."""
    is_fatal = (*_is_lapsed(now), Notification.deaths + 1 >= deaths)
    free = select(Notification.id).where(*is_fatal).with_for_update(skip_locked=True, key_share=True).cte("free")
    session.execute(
        update(Notification)
        .where(Notification.id.in_(select(free.c.id)))
        .values(
            state=MessageState.FAILED,
            leased_by=None,
            next_try_at=None,
            deaths=Notification.deaths + 1,
            last_error=f"fatal: {deaths} workers died while they had it",
        )
        .execution_options(synchronize_session=False)
    )


def _is_lapsed(now: datetime) -> Sequence[ColumnElement[bool]]:
    return Notification.state == MessageState.SENDING, Notification.next_try_at <= now


def _lapsed_for_update(session: Session, now: datetime) -> Sequence[UUID]:
    """Lock one of those whose lease is over, if there is any, and return its id."""
    first = select(Notification.id).where(*_is_lapsed(now)).order_by(Notification.next_try_at).limit(1)
    return session.scalars(first.with_for_update(skip_locked=True, key_share=True)).all()


def _due_for_update(
    session: Session, urgency: Urgency, after: UUID, now: datetime, limit: int
) -> tuple[Sequence[UUID], UUID | None]:
    """Lock what is due, at most *limit*; return the ids, and the last account that had its turn if there may be more."""
    if limit == 0:  # what is more urgent has filled the batch: nobody has a turn
        return [], None
    due = (Notification.urgency == urgency, Notification.state == MessageState.DUE, Notification.next_try_at <= now)
    longest = select(Notification.id).where(*due).order_by(Notification.next_try_at)
    if len(session.scalars(longest.limit(limit + 1)).all()) <= limit:
        return session.scalars(longest.limit(limit).with_for_update(skip_locked=True, key_share=True)).all(), None
    accounts = session.scalars(ACCOUNTS, {"urgency": urgency, "after": after, "most": VISITED}).all()
    of_them = {"urgency": urgency, "accounts": accounts, "now": now, "limit": limit // 2}
    heads = session.scalars(HEADS, of_them).all()
    rest = longest.where(Notification.id.not_in(heads)).limit(limit - len(heads))
    others = session.scalars(rest.with_for_update(skip_locked=True, key_share=True)).all()
    return [*heads, *others], accounts[-1] if len(accounts) == VISITED else None


def _lease(session: Session, ids: Sequence[UUID], lease: UUID, until: datetime, died: int) -> None:
    session.execute(
        update(Notification)
        .where(Notification.id.in_(ids))
        .values(
            state=MessageState.SENDING,
            leased_by=lease,
            next_try_at=until,
            attempts=Notification.attempts + 1,
            deaths=Notification.deaths + died,
        )
        .execution_options(synchronize_session=False)
    )


def give_back(session: Session, ids: Sequence[UUID], lease: UUID, *, now: datetime) -> None:
    """Let others have what was claimed and not tried, in its old place; it does not count as an attempt.

    One in whose sending somebody died is left to whoever claims such a one.
    """
    mine = update(Notification).where(Notification.id.in_(ids), Notification.leased_by == lease)
    untried = {"attempts": Notification.attempts - 1}
    free = {"state": MessageState.DUE, "leased_by": None, "next_try_at": Notification.due_at}
    lapsed = {"next_try_at": now, "deaths": Notification.deaths - 1}
    for those, became in ((Notification.deaths == 0, free), (Notification.deaths > 0, lapsed)):
        session.execute(mine.where(those).values(**untried, **became).execution_options(synchronize_session=False))


def prolong(session: Session, notification_id: UUID, lease: UUID, *, until: datetime) -> None:
    """Let a lease hold longer, if it is not somebody else's by now."""
    mine = update(Notification).where(Notification.id == notification_id, Notification.leased_by == lease)
    session.execute(mine.values(next_try_at=until).execution_options(synchronize_session=False))


def write_down(session: Session, notification_id: UUID, lease: UUID, **became: Any) -> bool:  # noqa: ANN401 - columns
    """Set columns of a message and end its lease; False when it is somebody else's by now, and nothing is set."""
    result = session.execute(
        update(Notification)
        .where(Notification.id == notification_id, Notification.leased_by == lease)
        .values(leased_by=None, **became)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)  # noqa: S101
    return result.rowcount == 1


def request_of(session: Session, notification_id: UUID) -> str | None:
    """Return in which request, or on whose behalf, the event was recorded that a message tells of."""
    told = select(Event.request_id).join(Notification, Notification.event_id == Event.public_id)
    return session.scalar(told.where(Notification.id == notification_id))


def is_any_due(session: Session, *, now: datetime) -> bool:
    """Tell whether something may be tried by now."""
    return bool(session.scalar(select(exists().where(Notification.next_try_at <= now))))


def waiting_since(session: Session, *, now: datetime) -> datetime | None:
    """Return when what has waited longest of what may be tried by now was due; None: there is nothing.

    Of a crowd those are looked at which could have been tried first: it takes no longer, however much waits.
    """
    due = select(Notification.due_at).where(Notification.next_try_at <= now)
    first = due.order_by(Notification.next_try_at).limit(LOOKED_AT).subquery()
    found: datetime | None = session.scalar(select(func.min(first.c.due_at)))
    return found


def forget(session: Session, *, before: datetime, limit: int) -> int:
    """Delete messages that were over long ago, and their bookings too; return how many those were.

    One that was repeated goes after the last.
    """
    again = aliased(Notification)
    is_repeated = exists().where(again.again_of == Notification.id)
    is_ahead = exists().where(Booking.id == Notification.booking_id, Booking.ends_at >= before)
    old = (Notification.next_try_at.is_(None), Notification.due_at < before, ~is_repeated, ~is_ahead)
    ids = select(Notification.id).where(*old).limit(limit)
    gone = delete(Notification).where(Notification.id.in_(ids)).returning(Notification.id)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())
