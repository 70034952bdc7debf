"""Every SQL statement of the accounts room."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Text, bindparam, cast, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from domain.accounts.rules import Claims, Credentials, Principal, Profile, Role
from domain.accounts.tables import Account, Member, RefreshToken, SignIn, User
from domain.kernel.ids import new_id


class Spent(NamedTuple):
    """A refresh token that has just been used for the first time."""

    id: UUID
    parent_id: UUID | None


# Built once: it runs on every request, and building it would cost more than running it.
PRINCIPAL = (
    select(
        User.account_id,
        Account.plan,
        User.is_operator,
        User.name,
        User.email,
        select(func.jsonb_object_agg(cast(Member.business_id, Text), Member.role))
        .where(Member.user_id == User.id)
        .scalar_subquery()
        .label("roles"),
    )
    .join_from(SignIn, User, User.id == SignIn.user_id)
    .join(Account, Account.id == User.account_id)
    .where(SignIn.id == bindparam("session_id"), SignIn.user_id == bindparam("user_id"))
    .where(SignIn.revoked_at.is_(None), SignIn.expires_at > bindparam("now"))
)


def principal(session: Session, claims: Claims, *, now: datetime) -> Principal | None:
    """Return who *claims* stand for, or None once their session has ended. One round trip, on every request."""
    row = session.execute(
        PRINCIPAL, {"session_id": claims.session_id, "user_id": claims.user_id, "now": now}
    ).one_or_none()
    if row is None:
        return None
    return Principal(
        user_id=claims.user_id,
        session_id=claims.session_id,
        account_id=row.account_id,
        plan=row.plan,
        is_operator=row.is_operator,
        name=row.name,
        email=row.email,
        roles=_roles(row.roles),
    )


def _roles(found: Mapping[str, str] | None) -> Mapping[UUID, Role]:
    return {UUID(business_id): Role(role) for business_id, role in (found or {}).items()}


def credentials(session: Session, email: str) -> Credentials | None:
    """Return the credentials of the user with that address, whatever its case."""
    row = session.execute(
        select(User.id, User.password_hash).where(func.lower(User.email) == func.lower(email))
    ).one_or_none()
    return row and Credentials(user_id=row.id, password_hash=row.password_hash)


def profile(session: Session, user_id: UUID) -> Profile:
    """Return what a user sees of themselves; the user must exist."""
    row = session.execute(
        select(User.id, User.email, User.name, Account.plan, User.created_at, User.updated_at, User.version)
        .join(Account, Account.id == User.account_id)
        .where(User.id == user_id)
    ).one()
    return Profile(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public accessor, underscored against column names


def add_user(session: Session, account_id: UUID, email: str, name: str, password_hash: str) -> UUID | None:
    """Insert a user, or return None when the address is taken, also by a transaction that has just won the race."""
    return session.scalar(
        insert(User)
        .values(id=new_id(), account_id=account_id, email=email, name=name, password_hash=password_hash)
        .on_conflict_do_nothing(index_elements=[func.lower(User.email)])
        .returning(User.id)
    )


def replace_hash(session: Session, user_id: UUID, *, old: str, new: str) -> None:
    """Replace a password's hash, unless it has changed meanwhile."""
    session.execute(
        update(User)
        .where(User.id == user_id, User.password_hash == old)
        .values(password_hash=new)
        .execution_options(synchronize_session=False)
    )


def sign_in_for_update(session: Session, token_hash: bytes) -> SignIn | None:
    """Lock the session that a refresh token belongs to, so that its tokens are used one after another.

    Taken with no other lock but its own tokens'; sessions are outside of the kernel's lock order.
    """
    return session.scalar(
        select(SignIn)
        .where(
            SignIn.id == select(RefreshToken.session_id).where(RefreshToken.token_hash == token_hash).scalar_subquery()
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def session_for_update(session: Session, session_id: UUID) -> SignIn:
    """Lock a session that its own access token has just named."""
    return session.get_one(SignIn, session_id, with_for_update={"key_share": True})


def spend(session: Session, token_hash: bytes, *, now: datetime) -> Spent | None:
    """Use a refresh token; None when it is used already: each has one winner."""
    row = session.execute(
        update(RefreshToken)
        .where(RefreshToken.token_hash == token_hash, RefreshToken.used_at.is_(None))
        .values(used_at=now)
        .returning(RefreshToken.id, RefreshToken.parent_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return row and Spent(row.id, row.parent_id)


def spend_siblings(session: Session, spent: Spent, *, now: datetime) -> None:
    """Use up the unused tokens that were issued in place of *spent*: only one line goes on."""
    session.execute(
        update(RefreshToken)
        .where(RefreshToken.parent_id == spent.parent_id, RefreshToken.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )


def lost_answer(session: Session, token_hash: bytes, *, used_since: datetime) -> UUID | None:
    """Return the id of a token that was exchanged so lately, and whose fruit is so unused, that its answer was lost."""
    child = aliased(RefreshToken)
    children = child.parent_id == RefreshToken.id
    return session.scalar(
        select(RefreshToken.id)
        .where(RefreshToken.token_hash == token_hash, RefreshToken.used_at >= used_since)
        .where(exists().where(children))
        .where(~exists().where(children, child.used_at.is_not(None)))
    )


def delete_sign_ins(session: Session, *, expired_before: datetime, limit: int) -> int:
    """Delete up to *limit* sessions, with their tokens, that ended before *expired_before*; return how many."""
    old = select(SignIn.id).where(SignIn.expires_at < expired_before).limit(limit)
    return len(session.scalars(delete(SignIn).where(SignIn.id.in_(old)).returning(SignIn.id)).all())
