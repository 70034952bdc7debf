"""API keys: made, rotated and revoked by whoever is signed in; a key can't make another, so a leaked one stays alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import queries, rules
from domain.accounts.rules import Principal
from domain.accounts.rules.errors import ApiKeyRotated, TooManyApiKeys
from domain.accounts.service.principals import still_acting
from domain.accounts.tables import ApiKey
from domain.kernel import audit
from domain.kernel.changes import Changes
from domain.kernel.errors import NotFound
from domain.kernel.ids import new_id


class Minted(NamedTuple):
    """A new key's row, and the key itself, told this once."""

    row: ApiKey
    key: str


def create_key(session: Session, name: str, *, caller: Principal, now: datetime) -> Minted:
    """Make a key that acts as the caller. Locks the user, their session, then the account.

    Errors: SessionRequired, Unauthenticated, TooManyApiKeys.
    """
    caller.signed_in()
    still_acting(session, caller, now=now)
    queries.account_for_update(session, caller.account_id)
    if queries.active_keys(session, caller.account_id) >= rules.MOST_KEYS:
        raise TooManyApiKeys(most=rules.MOST_KEYS)
    minted = _mint(session, name, None, caller, now)
    _note(session, "created", minted.row.id, {"name": (None, name)}, caller, now)
    return minted


def list_keys(
    session: Session, *, caller: Principal, after: UUID | None, limit: int, now: datetime
) -> Sequence[ApiKey]:
    """Return a page of the caller's keys that work. Raises SessionRequired."""
    caller.signed_in()
    return queries.keys(session, caller.user_id, after=after, limit=limit, now=now)


def key_of(session: Session, key_id: UUID, *, caller: Principal, now: datetime) -> ApiKey:
    """Return a key of the caller's that works. Errors: SessionRequired, NotFound."""
    caller.signed_in()
    row = queries.key(session, key_id, caller.user_id, now=now)
    if row is None:
        raise NotFound(what="API key")
    return row


def rotate_key(session: Session, key_id: UUID, grace: timedelta, *, caller: Principal, now: datetime) -> Minted:
    """Make a key in another's place, which works on for *grace*. Locks the user, their session, then the account.

    The new one keeps the name, and the bucket that requests are counted in. Whatever of its line was still in its grace
    ends, so that of each line two keys work at most.
    Errors: SessionRequired, Unauthenticated, NotFound, ApiKeyRotated.
    """
    caller.signed_in()
    still_acting(session, caller, now=now)
    old = _locked(session, key_id, caller, now)
    if old.expires_at is not None:
        raise ApiKeyRotated
    queries.end_graces(session, old.bucket_id, now=now)
    if grace:
        old.expires_at = now + grace
    else:
        old.revoked_at = now
    minted = _mint(session, old.name, old.bucket_id, caller, now)
    changes = {"api_key_id": (old.id, minted.row.id), "expires_at": (None, old.expires_at or now)}
    _note(session, "rotated", old.id, changes, caller, now)
    return minted


def revoke_key(session: Session, key_id: UUID, *, caller: Principal, now: datetime) -> None:
    """End a key, and the tokens got for it, at once; with it the one that it was made in place of, if that works still.

    Locks the account. Errors: SessionRequired, NotFound.
    """
    row = _locked(session, key_id, caller, now)
    row.revoked_at = now
    if row.expires_at is None:
        queries.end_graces(session, row.bucket_id, now=now)
    _note(session, "revoked", row.id, {}, caller, now)


def keys_purged(session: Session, *, now: datetime) -> bool:
    """Delete a batch of keys that ended too long ago to help anybody; tell whether there may be more."""
    return queries.delete_keys(session, ended_before=now - rules.ENDED_KEPT, limit=rules.PURGED) == rules.PURGED


def _locked(session: Session, key_id: UUID, caller: Principal, now: datetime) -> ApiKey:
    caller.signed_in()
    queries.account_for_update(session, caller.account_id)
    return key_of(session, key_id, caller=caller, now=now)


def _mint(session: Session, name: str, bucket_id: UUID | None, caller: Principal, now: datetime) -> Minted:
    key_id, secret = new_id(), rules.new_token()
    row = ApiKey(
        id=key_id,
        account_id=caller.account_id,
        user_id=caller.user_id,
        name=name,
        secret_hash=rules.digest(secret),
        bucket_id=bucket_id or key_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return Minted(row, rules.key_written(key_id, secret))


def _note(session: Session, what: str, key_id: UUID, changes: Changes, caller: Principal, now: datetime) -> None:
    whose = caller.account_id
    audit.record(session, caller.actor, f"api_key.{what}", key_id, account_id=whose, changes=changes, now=now)
