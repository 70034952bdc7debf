"""SQL about users: their credentials, what they see of themselves, and what operators see and change."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.accounts.rules import Credentials, Plan, Profile
from domain.accounts.tables import Account, User
from domain.kernel.addresses import folded, folded_column
from domain.kernel.ids import new_id


class Listed(NamedTuple):
    """A user as operators see them."""

    email: str
    name: str
    plan: str
    is_operator: bool
    created_at: datetime


def user_named(session: Session, email: str) -> UUID | None:
    """Return the user with that address, whatever its case."""
    return session.scalar(select(User.id).where(folded_column(User.email) == folded(email)))


def credentials(session: Session, email: str) -> Credentials | None:
    """Return the credentials of the user with that address, whatever its case."""
    row = session.execute(
        select(User.id, User.password_hash).where(folded_column(User.email) == folded(email))
    ).one_or_none()
    return row and Credentials(user_id=row.id, password_hash=row.password_hash)


def credentials_of(session: Session, user_id: UUID) -> Credentials:
    """Return the credentials of a user, who must exist."""
    stored = session.scalars(select(User.password_hash).where(User.id == user_id)).one()
    return Credentials(user_id=user_id, password_hash=stored)


def profile(session: Session, user_id: UUID) -> Profile:
    """Return what a user sees of themselves; the user must exist."""
    row = session.execute(
        select(
            User.id,
            User.email,
            User.email_verified_at,
            User.name,
            Account.plan,
            User.created_at,
            User.updated_at,
            User.version,
        )
        .join(Account, Account.id == User.account_id)
        .where(User.id == user_id)
    ).one()
    return Profile(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public accessor, underscored against column names


def account_of(session: Session, user_id: UUID) -> tuple[UUID, str]:
    """Return the account of a user, who must exist, and its plan."""
    row = session.execute(
        select(Account.id, Account.plan).join(User, User.account_id == Account.id).where(User.id == user_id)
    ).one()
    return row.id, row.plan


def add_user(session: Session, account_id: UUID, email: str, name: str, password_hash: str) -> UUID | None:
    """Insert a user, or return None when the address is taken, also by a transaction that has just won the race."""
    return session.scalar(
        insert(User)
        .values(id=new_id(), account_id=account_id, email=email, name=name, password_hash=password_hash)
        .on_conflict_do_nothing(index_elements=[folded_column(User.email)])
        .returning(User.id)
    )


def user_for_update(session: Session, user_id: UUID) -> User:
    """Lock a user, who must exist; before their sessions, never after."""
    return session.get_one(User, user_id, with_for_update={"key_share": True}, populate_existing=True)


def listed_users(session: Session, *, limit: int) -> Sequence[Listed]:
    """Return the users who registered last."""
    rows = session.execute(
        select(User.email, User.name, Account.plan, User.is_operator, User.created_at)
        .join(Account, Account.id == User.account_id)
        .order_by(User.id.desc())
        .limit(limit)
    )
    return [Listed(*row) for row in rows]


def change_plan(session: Session, user_id: UUID, plan: Plan) -> None:
    """Put a user's account on another plan."""
    mine = select(User.account_id).where(User.id == user_id).scalar_subquery()
    session.execute(
        update(Account).where(Account.id == mine).values(plan=plan.value).execution_options(synchronize_session=False)
    )
