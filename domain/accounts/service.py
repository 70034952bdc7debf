"""Verbs of the accounts room: register, sign in, go on, sign out, and who is asking.

Hashing takes 20 ms of CPU and is done before a transaction opens: `password_hash` then `register`;
`credentials`, then (the transaction closed) `proven`, then `login`.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import queries, rules
from domain.accounts.rules import Claims, Credentials, Grant, Principal, Profile, Proof, Registration, Role
from domain.accounts.tables import Account, Member, RefreshToken, SignIn
from domain.kernel.errors import EmailTaken, RefreshTokenInvalid, RefreshTokenReused, Unauthenticated
from domain.kernel.ids import new_id

AGENT_LENGTH = 400
PURGED = 5000


def principal(session: Session, claims: Claims, *, now: datetime) -> Principal:
    """Return who is asking. Raises Unauthenticated once their session has ended, whatever their token says."""
    found = queries.principal(session, claims, now=now)
    if found is None:
        raise Unauthenticated
    return found


def profile(session: Session, user_id: UUID) -> Profile:
    """Return what a user sees of themselves."""
    return queries.profile(session, user_id)


def register(session: Session, new: Registration, *, now: datetime) -> Grant:
    """Make a user with an account of their own, and sign them in. Raises EmailTaken, whatever the address's case."""
    account = Account(id=new_id(), plan="free")
    session.add(account)
    session.flush()
    user_id = queries.add_user(session, account.id, new.email, new.name, new.password_hash)
    if user_id is None:
        raise EmailTaken
    return _begin(session, user_id, new.user_agent, now)


def credentials(session: Session, email: str) -> Credentials | None:
    """Return what `rules.proven` checks a password against."""
    return queries.credentials(session, email)


def login(session: Session, proof: Proof, user_agent: str | None, *, now: datetime) -> Grant:
    """Sign in a user whose password was proven; renew its hash when the parameters have changed."""
    if proof.rehash:
        queries.replace_hash(session, proof.user_id, old=proof.password_hash, new=proof.rehash)
    return _begin(session, proof.user_id, user_agent, now)


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
    sign_in.revoked_at, sign_in.revoked_reason = now, "refresh_token_reused"
    return RefreshTokenReused()


def logout(session: Session, who: Principal, *, now: datetime) -> None:
    """End the caller's session: its access tokens and refresh tokens are dead once this commits."""
    sign_in = queries.session_for_update(session, who.session_id)
    sign_in.revoked_at = sign_in.revoked_at or now
    sign_in.revoked_reason = sign_in.revoked_reason or "logout"


def purged(session: Session, *, now: datetime) -> bool:
    """Delete a batch of sessions that ended too long ago to help anybody; tell whether there may be more."""
    return queries.delete_sign_ins(session, expired_before=now - rules.ENDED_KEPT, limit=PURGED) == PURGED


def enrol(session: Session, business_id: UUID, user_id: UUID, role: Role) -> None:
    """Make a user a member of a business."""
    session.add(Member(business_id=business_id, user_id=user_id, role=role.value))
    session.flush()


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
