"""Who is asking: one statement on every request, by a session or by an API key; and asked once more, with locks.

The first runs on every request, so it is written out once and read into plain rows.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from domain.accounts.queries.keys import key_for_update
from domain.accounts.queries.sessions import session_for_update
from domain.accounts.queries.users import user_for_update
from domain.accounts.rules import Claims, Evidence, KeyClaims, KeyInUse, KeyProof, Principal, Role

WHO = """
    SELECT u.id AS user_id, u.account_id, a.plan, u.is_operator, u.name, u.email,
           (SELECT jsonb_object_agg(m.business_id, m.role) FROM members AS m WHERE m.user_id = u.id) AS roles,
           {proof}
      FROM {came_with} AS c
      JOIN users AS u ON u.id = c.user_id
      JOIN accounts AS a ON a.id = u.account_id
     WHERE c.id = :id AND c.revoked_at IS NULL AND {lasts}
"""
BY_SESSION = text(
    WHO.format(came_with="sessions", proof="c.id AS session_id", lasts="c.user_id = :user_id AND c.expires_at > :now")
)
BY_KEY = text(
    WHO.format(
        came_with="api_keys",
        proof="c.secret_hash, c.bucket_id, c.last_used_at",
        lasts="(c.expires_at IS NULL OR c.expires_at > :now)",
    )
)


def principal(session: Session, evidence: Evidence, *, now: datetime) -> Principal | None:
    """Return whom *evidence* stands for, or None once their session or their key has ended. One round trip."""
    if isinstance(evidence, Claims):
        named = {"id": evidence.session_id, "user_id": evidence.user_id, "now": now}
        row = session.execute(BY_SESSION, named).one_or_none()
        return _principal(row, row.session_id, None) if row else None
    return _by_key(session, evidence, now)


def acting_for_update(session: Session, who: Principal, *, now: datetime) -> bool:
    """Lock a user, then the session or the key that they came with; tell whether that still works *now*."""
    user_for_update(session, who.user_id)
    if who.session_id is not None:
        sign_in = session_for_update(session, who.session_id, who.user_id)
        return sign_in is not None and sign_in.revoked_at is None and sign_in.expires_at > now
    return who.key is not None and key_for_update(session, who.key.id, who.user_id, now=now) is not None


def _by_key(session: Session, evidence: KeyClaims | KeyProof, now: datetime) -> Principal | None:
    row = session.execute(BY_KEY, {"id": evidence.key_id, "now": now}).one_or_none()
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
