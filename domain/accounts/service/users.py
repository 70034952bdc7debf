"""Users: what they see and change of themselves, and what operators change of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import queries
from domain.accounts.queries.users import Listed
from domain.accounts.rules import Credentials, Plan, Principal, Profile, Proof
from domain.accounts.rules.errors import InvalidCredentials
from domain.accounts.service.sessions import end
from domain.accounts.tables import User
from domain.kernel import audit
from domain.kernel.actors import Actor
from domain.kernel.changes import NOTHING, Changes
from domain.kernel.errors import NotFound, StaleVersion


def profile(session: Session, user_id: UUID) -> Profile:
    """Return what a user sees of themselves."""
    return queries.profile(session, user_id)


def rename(
    session: Session, name: str, *, caller: Principal, versions: Collection[int] | None, now: datetime
) -> Profile:
    """Give the caller another name. Locks the user. Raises StaleVersion."""
    user = queries.user_for_update(session, caller.user_id)
    if versions is not None and user.version not in versions:
        raise StaleVersion(version=user.version)
    if user.name != name:
        user.name, user.version = name, user.version + 1
        _note(session, "user.updated", user, caller.actor, {"name": None}, now)
        session.flush()
    return queries.profile(session, caller.user_id)


def own_credentials(session: Session, *, caller: Principal) -> Credentials:
    """Return what `rules.proven` checks the caller's present password against. Raises SessionRequired."""
    caller.signed_in()
    return queries.credentials_of(session, caller.user_id)


def change_password(session: Session, proof: Proof, new_hash: str, *, caller: Principal, now: datetime) -> None:
    """Replace a password that was proven, and end the caller's other sessions. Locks the user, then the sessions.

    Errors: SessionRequired; InvalidCredentials when the password was changed since it was proven.
    """
    mine = caller.signed_in()
    user = queries.user_for_update(session, caller.user_id)
    if user.password_hash != proof.password_hash:
        raise InvalidCredentials
    user.password_hash = new_hash
    for sign_in in queries.sessions_for_update(session, caller.user_id):
        if sign_in.id != mine:
            end(sign_in, "password_changed", now)
    _note(session, "user.password_changed", user, caller.actor, NOTHING, now)


def list_users(session: Session, *, limit: int) -> Sequence[Listed]:
    """Return the users who registered last, for operators."""
    return queries.listed_users(session, limit=limit)


def make_operator(session: Session, email: str, *, by: Actor, now: datetime) -> None:
    """Let a user see the system's pages. Locks the user. Raises NotFound."""
    user = queries.user_for_update(session, _named(session, email))
    if not user.is_operator:
        user.is_operator = True
        _note(session, "user.operator_made", user, by, NOTHING, now)


def dismiss_operator(session: Session, email: str, *, by: Actor, now: datetime) -> None:
    """Let a user see the system's pages no more. Locks the user. Raises NotFound."""
    user = queries.user_for_update(session, _named(session, email))
    if user.is_operator:
        user.is_operator = False
        _note(session, "user.operator_dismissed", user, by, NOTHING, now)


def change_plan(session: Session, email: str, plan: Plan, *, by: Actor, now: datetime) -> None:
    """Put the account of a user on another plan. Raises NotFound."""
    user_id = _named(session, email)
    account_id, before = queries.account_of(session, user_id)
    queries.change_plan(session, user_id, plan)
    if before != plan:
        changes = {"plan": (before, plan)}
        audit.record(session, by, "account.plan_changed", account_id, account_id=account_id, changes=changes, now=now)


def _note(session: Session, action: str, user: User, by: Actor, changes: Changes, now: datetime) -> None:
    audit.record(session, by, action, user.id, account_id=user.account_id, changes=changes, now=now)


def _named(session: Session, email: str) -> UUID:
    user_id = queries.user_named(session, email)
    if user_id is None:
        raise NotFound(what="user")
    return user_id
