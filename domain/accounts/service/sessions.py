"""Sessions: register, sign in, go on, sign out.

Hashing takes 20 ms of CPU and is done before a transaction opens: `password_hash` then `register`;
`credentials`, then (the transaction closed) `proven`, then `login`.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import queries, rules
from domain.accounts.rules import Claims, Credentials, Grant, Plan, Principal, Proof, Registration
from domain.accounts.rules.errors import EmailTaken, InvalidCredentials, RefreshTokenInvalid, RefreshTokenReused
from domain.accounts.tables import Account, RefreshToken, SignIn
from domain.kernel import audit
from domain.kernel.actors import SYSTEM, Actor
from domain.kernel.errors import NotFound
from domain.kernel.ids import new_id

AGENT_LENGTH = 400


def register(session: Session, new: Registration, *, now: datetime) -> Grant:
    """Make a user with an account of their own, and sign them in. Raises EmailTaken, whatever the address's case."""
    account = Account(id=new_id(), plan=Plan.FREE.value)
    session.add(account)
    session.flush()
    user_id = queries.add_user(session, account.id, new.email, new.name, new.password_hash)
    if user_id is None:
        raise EmailTaken
    grant = _begin(session, user_id, new.user_agent, now)
    audit.record(session, grant.claims.actor, "user.registered", user_id, account_id=account.id, now=now)
    return grant


def credentials(session: Session, email: str) -> Credentials | None:
    """Return what `rules.proven` checks a password against."""
    return queries.credentials(session, email)


def login(session: Session, proof: Proof, user_agent: str | None, *, now: datetime) -> Grant:
    """Sign in a user whose password was proven; renew its hash when the parameters have changed. Locks the user.

    Raises InvalidCredentials when the password was changed since: whoever changed it has ended every other session,
    and this one would come too late to be ended.
    """
    user = queries.user_for_update(session, proof.user_id)
    if user.password_hash != proof.password_hash:
        raise InvalidCredentials
    if proof.rehash:
        user.password_hash = proof.rehash
    grant = _begin(session, proof.user_id, user_agent, now)
    by = grant.claims.actor
    audit.record(session, by, "session.started", by.through_id, account_id=user.account_id, now=now)
    return grant


def refresh(session: Session, token: str, *, now: datetime) -> Grant | RefreshTokenReused:
    """Exchange a refresh token for the next one. Locks its session.

    A token used twice ends its session, unless the answer to the first use was plainly lost. That refusal is returned
    and not raised: raise it once the transaction has committed, or the session would live on.
    Raises RefreshTokenInvalid.
    """
    token_hash = rules.digest(token)
    sign_in = queries.sign_in_for_update(session, token_hash)
    if sign_in is None or sign_in.revoked_at or sign_in.expires_at <= now:
        raise RefreshTokenInvalid
    spent = queries.spend(session, token_hash, now=now)
    if spent:
        if spent.parent_id:
            queries.spend_siblings(session, spent, now=now)
        sign_in.expires_at = rules.expiry(sign_in.created_at, now)
        return _grant(session, sign_in, spent.id, now)
    repeated = queries.lost_answer(session, token_hash, used_since=now - rules.GRACE)
    if repeated:
        return _grant(session, sign_in, repeated, now)
    end(sign_in, "refresh_token_reused", now)
    account_id, _ = queries.account_of(session, sign_in.user_id)
    _note_end(session, SYSTEM, sign_in, account_id, now)
    return RefreshTokenReused()


def sessions(session: Session, *, caller: Principal, after: UUID | None, limit: int, now: datetime) -> Sequence[SignIn]:
    """Return a page of the caller's sessions that go on. Raises SessionRequired."""
    caller.signed_in()
    return queries.live_sessions(session, caller.user_id, after=after, limit=limit, now=now)


def logout(session: Session, *, caller: Principal, now: datetime) -> None:
    """End the caller's session: its access tokens and refresh tokens are dead once this commits.

    Raises SessionRequired. Safe to repeat.
    """
    sign_in = queries.session_for_update(session, caller.signed_in(), caller.user_id)
    if sign_in:
        end(sign_in, "logout", now)
        _note_end(session, caller.actor, sign_in, caller.account_id, now)


def end_session(session: Session, session_id: UUID, *, caller: Principal, now: datetime) -> None:
    """End one of the caller's sessions. Errors: SessionRequired, NotFound (also when it has ended)."""
    caller.signed_in()
    sign_in = queries.session_for_update(session, session_id, caller.user_id)
    if sign_in is None or sign_in.revoked_at or sign_in.expires_at <= now:
        raise NotFound(what="session")
    end(sign_in, "ended_by_user", now)
    _note_end(session, caller.actor, sign_in, caller.account_id, now)


def logout_all(session: Session, *, caller: Principal, now: datetime) -> None:
    """End every session of the caller's; API keys go on. Raises SessionRequired."""
    caller.signed_in()
    for sign_in in queries.sessions_for_update(session, caller.user_id):
        end(sign_in, "logout_all", now)
    audit.record(session, caller.actor, "session.all_ended", caller.session_id, account_id=caller.account_id, now=now)


def end(sign_in: SignIn, reason: str, now: datetime) -> None:
    """End a session that is locked; the first reason stands."""
    sign_in.revoked_at = sign_in.revoked_at or now
    sign_in.revoked_reason = sign_in.revoked_reason or reason


def purged(session: Session, *, now: datetime) -> bool:
    """Delete a batch of sessions that ended too long ago to help anybody; tell whether there may be more."""
    return queries.delete_sign_ins(session, expired_before=now - rules.ENDED_KEPT, limit=rules.PURGED) == rules.PURGED


def _note_end(session: Session, by: Actor, sign_in: SignIn, account_id: UUID, now: datetime) -> None:
    changes = {"revoked_reason": (None, sign_in.revoked_reason)}
    audit.record(session, by, "session.ended", sign_in.id, account_id=account_id, changes=changes, now=now)


def _begin(session: Session, user_id: UUID, user_agent: str | None, now: datetime) -> Grant:
    sign_in = SignIn(
        id=new_id(),
        user_id=user_id,
        user_agent=user_agent and user_agent[:AGENT_LENGTH],
        created_at=now,
        expires_at=rules.expiry(now, now),
    )
    session.add(sign_in)
    session.flush()
    return _grant(session, sign_in, None, now)


def _grant(session: Session, sign_in: SignIn, parent_id: UUID | None, now: datetime) -> Grant:
    token = rules.new_token()
    session.add(
        RefreshToken(
            id=new_id(),
            session_id=sign_in.id,
            parent_id=parent_id,
            token_hash=rules.digest(token),
            created_at=now,
            expires_at=sign_in.expires_at,
        )
    )
    session.flush()
    return Grant(
        claims=Claims(user_id=sign_in.user_id, session_id=sign_in.id),
        refresh_token=token,
        profile=queries.profile(session, sign_in.user_id),
    )
