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
from domain.kernel.errors import NotFound, StaleVersion


def profile(session: Session, user_id: UUID) -> Profile:
    """Return what a user sees of themselves."""
    return queries.profile(session, user_id)


def rename(session: Session, name: str, *, caller: Principal, versions: Collection[int] | None) -> Profile:
    """Give the caller another name. Locks the user. Raises StaleVersion."""
    user = queries.user_for_update(session, caller.user_id)
    if versions is not None and user.version not in versions:
        raise StaleVersion(version=user.version)
    if user.name != name:
        user.name, user.version = name, user.version + 1
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


def list_users(session: Session, *, limit: int) -> Sequence[Listed]:
    """Return the users who registered last, for operators."""
    return queries.listed_users(session, limit=limit)


def make_operator(session: Session, email: str) -> None:
    """Let a user see the system's pages. Raises NotFound."""
    queries.mark_operator(session, _named(session, email), mark=True)


def dismiss_operator(session: Session, email: str) -> None:
    """Let a user see the system's pages no more. Raises NotFound."""
    queries.mark_operator(session, _named(session, email), mark=False)


def change_plan(session: Session, email: str, plan: Plan) -> None:
    """Put the account of a user on another plan. Raises NotFound."""
    queries.change_plan(session, _named(session, email), plan)


def _named(session: Session, email: str) -> UUID:
    user_id = queries.user_named(session, email)
    if user_id is None:
        raise NotFound(what="user")
    return user_id
