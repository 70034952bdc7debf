"""SQL about accounts and keys, whoever they belong to, for operators."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from domain.accounts.tables import Account, ApiKey, User
from domain.kernel.addresses import folded, folded_column


class KeyListed(NamedTuple):
    """A key as operators see it."""

    id: UUID
    name: str
    email: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


class Owned(NamedTuple):
    """An account with the user who has it."""

    id: UUID
    plan: str
    email: str
    name: str
    created_at: datetime


def all_keys(session: Session, account_id: UUID | None, *, limit: int, now: datetime) -> Sequence[KeyListed]:
    """Return the keys that work *now*, of one account or of all, the newest first."""
    live = (ApiKey.revoked_at.is_(None), or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now))
    columns = (ApiKey.id, ApiKey.name, User.email, ApiKey.created_at, ApiKey.last_used_at, ApiKey.expires_at)
    page = select(*columns).join(User, User.id == ApiKey.user_id).where(*live).order_by(ApiKey.id.desc()).limit(limit)
    rows = session.execute(page if account_id is None else page.where(ApiKey.account_id == account_id))
    return [KeyListed(*row) for row in rows]


def any_key(session: Session, key_id: UUID) -> ApiKey | None:
    """Return a key, whoever has it and whether it works or not."""
    return session.get(ApiKey, key_id)


def accounts(session: Session, *, limit: int) -> Sequence[Owned]:
    """Return the accounts that were made last."""
    columns = (Account.id, Account.plan, User.email, User.name, Account.created_at)
    page = select(*columns).join(User, User.account_id == Account.id).order_by(Account.id.desc()).limit(limit)
    return [Owned(*row) for row in session.execute(page)]


def account_of_email(session: Session, email: str) -> Owned | None:
    """Return the account of the user with that address, whatever its case."""
    columns = (Account.id, Account.plan, User.email, User.name, Account.created_at)
    found = select(*columns).join(User, User.account_id == Account.id)
    row = session.execute(found.where(folded_column(User.email) == folded(email))).one_or_none()
    return row and Owned(*row)
