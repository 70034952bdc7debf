"""Account tokens: what people are mailed leave to do, and doing it: prove an address, choose another password.

Nobody is told by answer or by time who has registered: asking for a reset writes the same rows for any address, and
whether anybody is there to get the mail is found out by `link_of`, where the mail is sent.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import queries, rules
from domain.accounts.rules import Profile, Purpose, Role
from domain.accounts.rules.errors import LinkInvalid
from domain.accounts.rules.tokens import LIFE, MOST_AN_HOUR, TOKENS_KEPT, Link
from domain.accounts.service.sessions import end
from domain.accounts.tables import AccountToken, User
from domain.kernel import audit, events
from domain.kernel.actors import Actor, Through
from domain.kernel.addresses import folded
from domain.kernel.tickets import Keys

REQUESTED = {
    Purpose.VERIFY_EMAIL: "user.email_verification_requested",
    Purpose.RESET_PASSWORD: "user.password_reset_requested",
}


class Proven(NamedTuple):
    """Whose address a link has proven; *is_first*: it was not before, so whoever had registered it may be somebody else."""

    user: User
    is_first: bool


class Reset(NamedTuple):
    """Whose password was reset and by what; *ends_access*: what else the account had made opens nothing any more."""

    user: User
    by: Actor
    ends_access: bool


def ask_for_reset(session: Session, email: str, *, now: datetime, locale: str | None = None) -> None:
    """Write leave to choose another password for an address, whoever has it; no more than five an hour.

    *locale* is how who asks speaks, where that is known.

    Waits for others who ask for the same address.
    """
    token = AccountToken(purpose=Purpose.RESET_PASSWORD.value, email=email, locale=locale)
    _ask(session, token, now)


def ask_for_verification(session: Session, user: Profile, *, now: datetime, locale: str | None = None) -> None:
    """Write leave for a user to prove their address, unless it is proven; no more than five an hour."""
    if user.email_verified_at is None:
        purpose = Purpose.VERIFY_EMAIL.value
        _ask(session, AccountToken(purpose=purpose, email=user.email, user_id=user.id, locale=locale), now)


def reset_known(session: Session, ticket: str, *, keys: Keys, now: datetime) -> UUID:
    """Return the token of a reset that could take place, so that no hash is made for nothing. Raises LinkInvalid."""
    return working(session, ticket, Purpose.RESET_PASSWORD, keys, now).id


def reset_password(session: Session, token_id: UUID, new_hash: str, *, ends_access: bool, now: datetime) -> Reset:
    """Replace a forgotten password, end every session, and take back the other resets; the address is proven by that.

    API keys end where that is asked for, and where the address had not been proven: whoever had registered somebody
    else's keeps none to it. *token_id* is what `reset_known` returned. Locks the user, then the token, then the sessions.
    Raises LinkInvalid.
    """
    token = queries.token(session, token_id, now=now)
    user_id = queries.user_named(session, token.email) if token else None
    if token is None or user_id is None:
        raise LinkInvalid
    proven = proven_by(session, user_id, token.email, now)
    spend(session, token.id, now)
    queries.revoke_tokens(session, Purpose.RESET_PASSWORD, token.email, now=now)
    proven.user.password_hash = new_hash
    _end_sessions(session, user_id, "password_reset", now)
    reset = Reset(proven.user, _by(proven.user, token.id), ends_access or proven.is_first)
    _note(session, "user.password_reset", reset.user, reset.by, now)
    if reset.ends_access:
        _end_keys(session, reset, now)
    return reset


def verify_email(session: Session, ticket: str, *, keys: Keys, now: datetime) -> None:
    """Note that the user of a token gets mail at their address. Locks the user, then the token. Raises LinkInvalid."""
    token = working(session, ticket, Purpose.VERIFY_EMAIL, keys, now)
    assert token.user_id is not None  # noqa: S101 - by a constraint
    user = proven_by(session, token.user_id, token.email, now).user
    spend(session, token.id, now)
    _note(session, "user.email_verified", user, _by(user, token.id), now)


def link_of(session: Session, token_id: UUID, *, keys: Keys, now: datetime) -> Link | None:
    """Return what the mail about a token says, with its ticket; None when there is nothing to send any more.

    Nor is there for an address that nobody has registered with: only invitations go to strangers.
    """
    found = queries.addressed(session, token_id, now=now)
    if found is None:
        return None
    token, purpose = found.token, Purpose(found.token.purpose)
    if found.name is None and purpose is not Purpose.INVITATION:
        return None
    return Link(
        purpose=purpose,
        ticket=rules.ticket(token.id, purpose, keys=keys),
        email=token.email,
        name=found.name,
        is_proven=found.is_proven,
        expires_at=token.expires_at,
        business_id=token.business_id,
        role=Role(token.role) if token.role else None,
        invited_by=found.inviter,
    )


def opened_link(session: Session, ticket: str, purpose: Purpose, *, keys: Keys, now: datetime) -> Link:
    """Return what a mailed link is for, which is not used up by that. Raises LinkInvalid where it is good for nothing."""
    found = link_of(session, working(session, ticket, purpose, keys, now).id, keys=keys, now=now)
    if found is None:
        raise LinkInvalid
    return found


def tokens_purged(session: Session, *, now: datetime) -> bool:
    """Delete a batch of tokens that expired too long ago to help anybody; tell whether there may be more."""
    return queries.delete_tokens(session, expired_before=now - TOKENS_KEPT, limit=rules.PURGED) == rules.PURGED


def working(session: Session, ticket: str, purpose: Purpose, keys: Keys, now: datetime) -> AccountToken:
    """Return the token that a ticket stands for, without a lock. Raises LinkInvalid."""
    token_id = rules.token_named(ticket, purpose, keys=keys)
    token = queries.token(session, token_id, now=now) if token_id else None
    if token is None:
        raise LinkInvalid
    return token


def spend(session: Session, token_id: UUID, now: datetime) -> None:
    """Use a token up, of which only one at a time may be told that it works. Raises LinkInvalid."""
    if not queries.spend_token(session, token_id, now=now):
        raise LinkInvalid


def proven_by(session: Session, user_id: UUID, email: str, now: datetime) -> Proven:
    """Lock a user, who has shown that they get the mail of *email*, and note it. Raises LinkInvalid for another's."""
    user = queries.user_for_update(session, user_id)
    if folded(user.email) != folded(email):
        raise LinkInvalid
    is_first = user.email_verified_at is None
    if is_first:
        user.email_verified_at, user.version = now, user.version + 1
    return Proven(user, is_first)


def _end_sessions(session: Session, user_id: UUID, reason: str, now: datetime) -> None:
    for sign_in in queries.sessions_for_update(session, user_id):
        end(sign_in, reason, now)


def _end_keys(session: Session, reset: Reset, now: datetime) -> None:
    for key_id in queries.revoke_keys(session, reset.user.id, now=now):
        audit.record(session, reset.by, "api_key.revoked", key_id, account_id=reset.user.account_id, now=now)


def _by(user: User, token_id: UUID) -> Actor:
    return Actor(through=Through.MAILED_LINK, through_id=token_id, user_id=user.id)


def _note(session: Session, action: str, user: User, by: Actor, now: datetime) -> None:
    audit.record(session, by, action, user.id, account_id=user.account_id, now=now)


def _ask(session: Session, token: AccountToken, now: datetime) -> None:
    purpose = Purpose(token.purpose)
    if queries.written_lately(session, purpose, token.email, now=now) >= MOST_AN_HOUR:
        return
    token.created_at, token.expires_at = now, now + LIFE[purpose]
    made = queries.add_token(session, token)
    events.record(session, [events.Fact(kind=REQUESTED[purpose], subject_id=made.id, subject_version=1)], now=now)
