"""SQL about sessions and their refresh tokens."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session, aliased

from domain.accounts.tables import RefreshToken, SignIn


class Spent(NamedTuple):
    """A refresh token that has just been used for the first time."""

    id: UUID
    parent_id: UUID | None


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


def live_sessions(
    session: Session, user_id: UUID, *, after: UUID | None, limit: int, now: datetime
) -> Sequence[SignIn]:
    """Return the sessions of a user that go on, in order of their beginning, after the id *after*."""
    mine = (SignIn.user_id == user_id, SignIn.revoked_at.is_(None), SignIn.expires_at > now)
    page = select(SignIn).where(*mine).order_by(SignIn.id).limit(limit)
    return session.scalars(page if after is None else page.where(SignIn.id > after)).all()


def session_for_update(session: Session, session_id: UUID, user_id: UUID) -> SignIn | None:
    """Lock a session of a user's."""
    return session.scalar(
        select(SignIn)
        .where(SignIn.id == session_id, SignIn.user_id == user_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def sessions_for_update(session: Session, user_id: UUID) -> Sequence[SignIn]:
    """Lock the sessions of a user that have not been ended, in order of their ids."""
    return session.scalars(
        select(SignIn)
        .where(SignIn.user_id == user_id, SignIn.revoked_at.is_(None))
        .order_by(SignIn.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


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
