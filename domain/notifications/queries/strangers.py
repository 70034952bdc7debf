"""Strangers: what an account's businesses have told people of whom nobody knows that they want to hear from them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.accounts.rules import Plan
from domain.accounts.tables import Account
from domain.catalog.tables import Business
from domain.notifications.queries.facts import is_proven
from domain.notifications.rules.notices import Audience
from domain.notifications.tables import Notification

DAY = timedelta(days=1)


def strangers_told(session: Session, account_id: UUID, *, now: datetime) -> int:
    """Count the messages to strangers within the day by all businesses of an account; 0 on the paid plan.

    A stranger is a customer with whose address nobody has registered and proven it. Messages that are just being sent by
    others are not counted yet.
    """
    told = (
        select(func.count())
        .select_from(Account)
        .join(Business, Business.account_id == Account.id)
        .join(Notification, Notification.business_id == Business.id)
    )
    lately = (Notification.sent_at > now - DAY, Notification.audience == Audience.CUSTOMER)
    theirs = (Account.id == account_id, Account.plan == Plan.FREE)
    return session.scalars(told.where(*theirs, *lately, ~is_proven())).one()
