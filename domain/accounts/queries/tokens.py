"""SQL about account tokens: written within bounds, used once, taken back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.orm import Session, aliased

from domain.accounts.rules.tokens import AN_HOUR, Purpose
from domain.accounts.tables import AccountToken, User
from domain.kernel.addresses import folded, folded_column

# Whoever asks for the same address waits their turn, whether or not anybody has registered with it.
TURN = text("SELECT pg_advisory_xact_lock(hashtextextended('account_tokens ' || :purpose || ' ' || :email, 0))")


class Addressed(NamedTuple):
    """A token that works, with whom its mail is for: None when nobody has registered with that address.

    *is_proven* tells whether they have shown that the address is theirs: until then their name is anybody's words.
    """

    token: AccountToken
    name: str | None
    is_proven: bool
    inviter: str | None


def written_lately(
    session: Session, purpose: Purpose, email: str, *, now: datetime, invited_by: UUID | None = None
) -> int:
    """Wait until nobody else writes tokens of a purpose for an address; count those of the last hour, by one inviter."""
    session.execute(TURN, {"purpose": purpose.value, "email": folded(email)})
    lately = [AccountToken.purpose == purpose.value, _is_of(email), AccountToken.created_at > now - AN_HOUR]
    if invited_by is not None:
        lately.append(AccountToken.invited_by == invited_by)
    return session.scalars(select(func.count()).select_from(AccountToken).where(*lately)).one()


def invitations_of_today(session: Session, user_id: UUID, *, now: datetime) -> int:
    """Count the invitations that a user has written within the day."""
    theirs = (AccountToken.invited_by == user_id, AccountToken.created_at > now - timedelta(days=1))
    return session.scalars(select(func.count()).select_from(AccountToken).where(*theirs)).one()


def add_token(session: Session, token: AccountToken) -> AccountToken:
    """Insert a token."""
    session.add(token)
    session.flush()
    return token


def token(session: Session, token_id: UUID, *, now: datetime) -> AccountToken | None:
    """Return a token that works *now*, without a lock: `spend_token` has the last word."""
    return session.scalar(select(AccountToken).where(AccountToken.id == token_id, *_works(now)))


def addressed(session: Session, token_id: UUID, *, now: datetime) -> Addressed | None:
    """Return a token that works *now*, the name of who has registered with its address, and of who invites."""
    inviter = aliased(User)
    row = session.execute(
        select(AccountToken, User.name, User.email_verified_at.is_not(None), inviter.name)
        .outerjoin(User, folded_column(User.email) == folded_column(AccountToken.email))
        .outerjoin(inviter, inviter.id == AccountToken.invited_by)
        .where(AccountToken.id == token_id, *_works(now))
    ).one_or_none()
    return row and Addressed(*row)


def spend_token(session: Session, token_id: UUID, *, now: datetime) -> bool:
    """Use a token up; False when it works no more. Of those who use it at once one is told True."""
    spent = (
        update(AccountToken)
        .where(AccountToken.id == token_id, *_works(now))
        .values(used_at=now)
        .returning(AccountToken.id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(spent) is not None


def revoke_tokens(session: Session, purpose: Purpose, email: str, *, now: datetime) -> None:
    """Take back what of a purpose still works for an address."""
    session.execute(
        update(AccountToken)
        .where(AccountToken.purpose == purpose.value, _is_of(email), *_works(now))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )


def open_invitations(session: Session, business_id: UUID, *, now: datetime) -> Sequence[AccountToken]:
    """Return the invitations to a business that work *now*."""
    return session.scalars(
        select(AccountToken).where(AccountToken.business_id == business_id, *_works(now)).order_by(AccountToken.id)
    ).all()


def open_invitations_by(session: Session, user_id: UUID, *, now: datetime) -> Sequence[AccountToken]:
    """Return the invitations that a user has made, to whichever business, and that work *now*."""
    theirs = (AccountToken.invited_by == user_id, *_works(now))
    return session.scalars(select(AccountToken).where(*theirs).order_by(AccountToken.id)).all()


def invitations(session: Session, business_id: UUID, *, before: UUID | None, limit: int) -> Sequence[AccountToken]:
    """Return the invitations to a business, the newest first, before the id *before*."""
    page = select(AccountToken).where(AccountToken.business_id == business_id)
    page = page if before is None else page.where(AccountToken.id < before)
    return session.scalars(page.order_by(AccountToken.id.desc()).limit(limit)).all()


def revoke_invitation(session: Session, token_id: UUID, business_id: UUID, *, now: datetime) -> AccountToken | None:
    """Take back an invitation to a business; None when there is none that works *now*."""
    return session.scalar(
        update(AccountToken)
        .where(AccountToken.id == token_id, AccountToken.business_id == business_id, *_works(now))
        .values(revoked_at=now)
        .returning(AccountToken)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


def delete_tokens(session: Session, *, expired_before: datetime, limit: int) -> int:
    """Delete up to *limit* tokens that expired before *expired_before*; return how many."""
    old = select(AccountToken.id).where(AccountToken.expires_at < expired_before).limit(limit)
    return len(session.scalars(delete(AccountToken).where(AccountToken.id.in_(old)).returning(AccountToken.id)).all())


def _is_of(email: str) -> ColumnElement[bool]:
    return folded_column(AccountToken.email) == folded(email)


def _works(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (AccountToken.used_at.is_(None), AccountToken.revoked_at.is_(None), AccountToken.expires_at > now)
