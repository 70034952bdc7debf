"""What operators see and end of accounts that are not theirs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import queries as own
from domain.accounts.queries import operators as queries
from domain.accounts.queries.operators import KeyListed, Owned
from domain.kernel import audit
from domain.kernel.actors import Actor
from domain.kernel.errors import NotFound


def accounts(session: Session, *, limit: int) -> Sequence[Owned]:
    """Return the accounts that were made last."""
    return queries.accounts(session, limit=limit)


def account(session: Session, email: str) -> Owned:
    """Return the account of the user with that address. Raises NotFound."""
    found = queries.account_of_email(session, email)
    if found is None:
        raise NotFound(what="user")
    return found


def keys(session: Session, email: str | None, *, limit: int, now: datetime) -> Sequence[KeyListed]:
    """Return the keys that work, of one user's account or of all, the newest first. Raises NotFound."""
    of = None if email is None else account(session, email).id
    return queries.all_keys(session, of, limit=limit, now=now)


def end_key(session: Session, key_id: UUID, *, by: Actor, now: datetime) -> bool:
    """End anybody's key at once, with what it was made in place of; False if it had ended. Locks the account.

    Raises NotFound.
    """
    row = queries.any_key(session, key_id)
    if row is None:
        raise NotFound(what="API key")
    own.account_for_update(session, row.account_id)
    session.refresh(row)
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        return False
    row.revoked_at = now
    if row.expires_at is None:
        own.end_graces(session, row.bucket_id, now=now)
    audit.record(session, by, "api_key.revoked", row.id, account_id=row.account_id, now=now)
    return True
