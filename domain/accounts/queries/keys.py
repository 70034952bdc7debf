"""SQL about API keys; whatever changes them locks their account first."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from domain.accounts.rules import USE_NOTED
from domain.accounts.tables import Account, ApiKey
from domain.kernel import locks


def account_for_update(session: Session, account_id: UUID) -> None:
    """Lock an account, so that its keys are made, rotated and revoked one after another."""
    locks.enter(session, Account.__tablename__)
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update(key_share=True))


def active_keys(session: Session, account_id: UUID) -> int:
    """Count the keys of an account that have no end; a rotated one in its grace has one."""
    mine = (ApiKey.account_id == account_id, ApiKey.revoked_at.is_(None), ApiKey.expires_at.is_(None))
    return session.scalars(select(func.count()).select_from(ApiKey).where(*mine)).one()


def keys(session: Session, user_id: UUID, *, after: UUID | None, limit: int, now: datetime) -> Sequence[ApiKey]:
    """Return the keys of a user that work *now*, in order of their making, after the id *after*."""
    page = select(ApiKey).where(*_live(user_id, now)).order_by(ApiKey.id).limit(limit)
    return session.scalars(page if after is None else page.where(ApiKey.id > after)).all()


def key(session: Session, key_id: UUID, user_id: UUID, *, now: datetime) -> ApiKey | None:
    """Return a key that is the user's and works *now*."""
    return session.scalar(select(ApiKey).where(ApiKey.id == key_id, *_live(user_id, now)))


def key_for_update(session: Session, key_id: UUID, user_id: UUID, *, now: datetime) -> UUID | None:
    """Lock a key that is the user's and works *now*; return its id."""
    such = select(ApiKey.id).where(ApiKey.id == key_id, *_live(user_id, now))
    return session.scalar(such.with_for_update(key_share=True))


def end_graces(session: Session, bucket_id: UUID, *, now: datetime) -> None:
    """Revoke the rotated keys of a line that still work *now*. The caller holds their account."""
    session.execute(
        update(ApiKey)
        .where(ApiKey.bucket_id == bucket_id, ApiKey.revoked_at.is_(None), ApiKey.expires_at > now)
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )


def revoke_keys(session: Session, user_id: UUID, *, now: datetime) -> Sequence[UUID]:
    """End all keys of a user's that work, and return their ids."""
    theirs = update(ApiKey).where(*_live(user_id, now)).values(revoked_at=now).returning(ApiKey.id)
    return session.scalars(theirs.execution_options(synchronize_session=False)).all()


def note_use(session: Session, key_id: UUID, *, now: datetime) -> None:
    """Note that a key is used *now*, unless somebody has done so within the last minute."""
    due = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= now - USE_NOTED)
    session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, due)
        .values(last_used_at=now)
        .execution_options(synchronize_session=False)
    )


def delete_keys(session: Session, *, ended_before: datetime, limit: int) -> int:
    """Delete up to *limit* keys that were revoked, or whose grace was over, before *ended_before*; return how many."""
    ended = or_(ApiKey.revoked_at < ended_before, ApiKey.expires_at < ended_before)
    old = select(ApiKey.id).where(ended).limit(limit)
    return len(session.scalars(delete(ApiKey).where(ApiKey.id.in_(old)).returning(ApiKey.id)).all())


def _live(user_id: UUID, now: datetime) -> tuple[ColumnElement[bool], ...]:
    ends = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now)
    return (ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None), ends)
