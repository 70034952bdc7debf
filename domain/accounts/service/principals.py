"""Principals: who is asking, whatever they came with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import queries, rules
from domain.accounts.rules import Evidence, KeyClaims, Principal, Profile
from domain.accounts.rules.errors import ApiKeyInvalid
from domain.kernel.errors import Unauthenticated


def principal(session: Session, evidence: Evidence, *, now: datetime) -> Principal:
    """Return who is asking. Raises Unauthenticated once their session or key has ended, whatever their token says."""
    found = queries.principal(session, evidence, now=now)
    if found is None:
        raise Unauthenticated
    return found


def still_acting(session: Session, caller: Principal, *, now: datetime) -> None:
    """Make sure that the caller's session or key still works, and let nobody end it before this transaction is over.

    For whatever outlasts it: a key, a feed, an endpoint, a place in a business. A reset that ends access locks the user
    as well: so what is made is there for it to end, or is not made any more. Locks the user, then the session or the
    key: before anything else. Raises Unauthenticated.
    """
    if not queries.acting_for_update(session, caller, now=now):
        raise Unauthenticated


def acting_for(session: Session, user_id: UUID, *, booking_id: UUID, name: str, email: str) -> Principal:
    """Return a guest, who acts for a user in one booking: of no business, in no session, and no operator."""
    account_id, plan = queries.account_of(session, user_id)
    return Principal(
        user_id=user_id,
        session_id=None,
        account_id=account_id,
        plan=plan,
        is_operator=False,
        name=name,
        email=email,
        roles={},
        booking_id=booking_id,
    )


def exchange(session: Session, key: str, *, now: datetime) -> tuple[KeyClaims, Profile]:
    """Return what an access token got for an API key says, and whose it is. Raises ApiKeyInvalid."""
    proof = rules.key_read(key)
    found = queries.principal(session, proof, now=now) if proof else None
    if proof is None or found is None:
        raise ApiKeyInvalid
    if found.key and found.key.is_due(now):
        queries.note_use(session, proof.key_id, now=now)
    return KeyClaims(user_id=found.user_id, key_id=proof.key_id), queries.profile(session, found.user_id)


def note_use(session: Session, key_id: UUID, *, now: datetime) -> None:
    """Note that an API key is used, once a minute at most; in a transaction of its own, after the principal's."""
    queries.note_use(session, key_id, now=now)
