"""Strangers: what an account's businesses have told people of whom nobody knows that they want to hear from them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Exists, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from domain.accounts.rules import Plan
from domain.accounts.tables import Account, User
from domain.catalog.tables import Business
from domain.notifications.rules.notices import Audience
from domain.notifications.tables import Notification

DAY = timedelta(days=1)


def strangers_told(session: Session, notification_id: UUID, *, now: datetime) -> int:
    """Count the messages to strangers within the day by all businesses of the account that another message is from.

    A stranger is a customer with whose address nobody has registered and proven it. What is for somebody else, or from an
    account on the paid plan, counts as none. Messages that are just being sent by others are not counted yet.
    """
    account_id = session.scalar(
        select(Account.id)
        .join(Business, Business.account_id == Account.id)
        .join(Notification, Notification.business_id == Business.id)
        .where(Notification.id == notification_id, Account.plan == Plan.FREE, ~_has_proven(Notification.address))
    )
    if account_id is None:
        return 0
    told = select(func.count()).select_from(Notification).join(Business, Business.id == Notification.business_id)
    lately = (Notification.sent_at > now - DAY, Notification.audience == Audience.CUSTOMER)
    return session.scalars(
        told.where(Business.account_id == account_id, *lately, ~_has_proven(Notification.address))
    ).one()


def _has_proven(address: InstrumentedAttribute[str]) -> Exists:
    mine = func.lower(User.email) == func.lower(address)
    return exists().where(mine, User.email_verified_at.is_not(None)).correlate(Notification)
