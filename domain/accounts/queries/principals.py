"""Who is asking: one statement on every request, by a session or by an API key."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Text, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session

from domain.accounts.rules import Claims, Evidence, KeyClaims, KeyInUse, KeyProof, Principal, Role
from domain.accounts.tables import Account, ApiKey, Member, SignIn, User

USER = (
    User.id.label("user_id"),
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
# Built once: one of them runs on every request, and building it would cost more than running it.
BY_SESSION = (
    select(*USER)
    .join_from(SignIn, User, User.id == SignIn.user_id)
    .join(Account, Account.id == User.account_id)
    .where(SignIn.id == bindparam("session_id"), SignIn.user_id == bindparam("user_id"))
    .where(SignIn.revoked_at.is_(None), SignIn.expires_at > bindparam("now"))
)
BY_KEY = (
    select(*USER, ApiKey.secret_hash, ApiKey.bucket_id, ApiKey.last_used_at)
    .join_from(ApiKey, User, User.id == ApiKey.user_id)
    .join(Account, Account.id == User.account_id)
    .where(ApiKey.id == bindparam("key_id"), ApiKey.revoked_at.is_(None))
    .where(or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > bindparam("now")))
)


def principal(session: Session, evidence: Evidence, *, now: datetime) -> Principal | None:
    """Return whom *evidence* stands for, or None once their session or their key has ended. One round trip."""
    if isinstance(evidence, Claims):
        named = {"session_id": evidence.session_id, "user_id": evidence.user_id, "now": now}
        row = session.execute(BY_SESSION, named).one_or_none()
        return _principal(row, evidence.session_id, None) if row else None
    return _by_key(session, evidence, now)


def _by_key(session: Session, evidence: KeyClaims | KeyProof, now: datetime) -> Principal | None:
    row = session.execute(BY_KEY, {"key_id": evidence.key_id, "now": now}).one_or_none()
    if row is None or not evidence.fits(row.user_id, row.secret_hash):
        return None
    return _principal(row, None, KeyInUse(evidence.key_id, row.bucket_id, row.last_used_at))


def _principal(row: Row[Any], session_id: UUID | None, key: KeyInUse | None) -> Principal:
    return Principal(
        user_id=row.user_id,
        session_id=session_id,
        key=key,
        account_id=row.account_id,
        plan=row.plan,
        is_operator=row.is_operator,
        name=row.name,
        email=row.email,
        roles=_roles(row.roles),
    )


def _roles(found: Mapping[str, str] | None) -> Mapping[UUID, Role]:
    return {UUID(business_id): Role(role) for business_id, role in (found or {}).items()}
