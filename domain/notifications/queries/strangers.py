"""Who is told too much, and strangers: people of whom nobody knows that they want to hear from an account."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, select, update
from sqlalchemy.orm import Session

from domain.accounts.rules import Plan
from domain.accounts.tables import Account, User
from domain.catalog.tables import Business
from domain.kernel import locks
from domain.kernel.addresses import folded, folded_column
from domain.notifications.queries.by_link import is_on_link
from domain.notifications.queries.facts import is_proven
from domain.notifications.rules.judging import Sender
from domain.notifications.rules.notices import Audience, MessageState, Urgency
from domain.notifications.tables import Notification

DAY = timedelta(days=1)


def strangers_told(session: Session, account_id: UUID, *, now: datetime) -> int:
    """Count the messages to strangers within the day that count against an account; 0 on the paid plan.

    A stranger is a customer or one of the staff with whose address nobody has registered and proven it. What somebody has caused by a
    booking's link is not counted, to those who were told of the booking otherwise. Messages that are just being sent by others are not
    counted yet.
    """
    told = select(func.count()).select_from(Account).join(Notification, Notification.account_id == Account.id)
    lately = (Notification.sent_at > now - DAY, Notification.audience != Audience.USER)
    theirs = (Account.id == account_id, Account.plan == Plan.FREE)
    return session.scalars(told.where(*theirs, *lately, ~is_proven(), ~is_on_link())).one()


def senders(session: Session, account_ids: Collection[UUID], address: str) -> Mapping[UUID, Sender]:
    """Return what is known of some accounts that would tell somebody at an address."""
    is_theirs = folded_column(User.email) == folded(address)
    proven_at, is_told = func.min(User.email_verified_at), func.coalesce(func.bool_or(is_theirs), false())
    rows = session.execute(
        select(Account.id, Account.plan == Plan.FREE, proven_at, is_told)
        .outerjoin(User, User.account_id == Account.id)
        .where(Account.id.in_(account_ids))
        .group_by(Account.id)
    )
    return {row[0]: Sender(is_free=row[1], proven_at=row[2], is_told=row[3]) for row in rows}


def account_of(session: Session, business_id: UUID) -> UUID:
    """Return the account that a business belongs to."""
    return session.get_one(Business, business_id).account_id


def put_off_strangers_for_update(session: Session, account_id: UUID, *, until: datetime, now: datetime) -> None:
    """Let all that may be tried by now, and would tell strangers on an account, wait *until* then; not what is on a link.

    What others are claiming just now is left to them.
    """
    strangers = (Notification.audience != Audience.USER, ~is_proven(), ~is_on_link())
    _put_off_for_update(session, account_id, *strangers, until=until, now=now)


def put_off_alike_for_update(session: Session, notification_id: UUID, *, until: datetime, now: datetime) -> None:
    """Let all that may be tried by now, and would tell whom a message is for on the same account, wait *until* then.

    What others are claiming just now is left to them.
    """
    row = session.get_one(Notification, notification_id)
    theirs = (folded_column(Notification.address) == folded(row.address), Notification.audience == row.audience)
    _put_off_for_update(session, row.account_id, *theirs, until=until, now=now)


def _put_off_for_update(
    session: Session, account_id: UUID | None, *theirs: ColumnElement[bool], until: datetime, now: datetime
) -> None:
    locks.enter(session, Notification.__tablename__)
    # Every urgency is named, because the index begins with it.
    of_account = (Notification.urgency.in_([*Urgency]), Notification.account_id == account_id)
    due = (*of_account, Notification.state == MessageState.DUE, Notification.next_try_at <= now)
    free = select(Notification.id).where(*due, *theirs).with_for_update(skip_locked=True, key_share=True).cte("free")
    session.execute(
        update(Notification)
        .where(Notification.id.in_(select(free.c.id)))
        .values(next_try_at=until)
        .execution_options(synchronize_session=False)
    )
