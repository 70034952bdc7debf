"""The audit log as it is read: that of a business by its owners and admins, that of an account by its user.

It lives here, and not with its table, because what happened to bookings is kept by their history.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.accounts.rules.errors import OperatorsOnly
from domain.bookings import queries
from domain.bookings.queries.trail import Entry
from domain.catalog.service.authority import business_seen, require_admin
from domain.kernel.audit import Sought
from domain.kernel.errors import NotFound


def audit_of_business(
    session: Session, business_id: UUID, sought: Sought, *, caller: Principal, before: UUID | None, limit: int
) -> Sequence[Entry]:
    """Return a page of what was changed in a business, the newest first. Errors: NotFound, MembersOnly, AdminsOnly."""
    business_seen(session, business_id, caller.roles)
    require_admin(caller, business_id)
    return queries.entries_of_business(session, business_id, sought, before=before, limit=limit)


def audit_of_account(
    session: Session, sought: Sought, *, caller: Principal, before: UUID | None, limit: int
) -> Sequence[Entry]:
    """Return a page of what was changed of the caller's account: keys, sessions, password, plan, the newest first.

    Not for API keys: one that has leaked would tell about the others. Raises SessionRequired.
    """
    caller.signed_in()
    return queries.entries_of_account(session, caller.account_id, sought, before=before, limit=limit)


def audit_of_installation(
    session: Session, sought: Sought, *, caller: Principal, before: UUID | None, limit: int
) -> Sequence[Entry]:
    """Return a page of what operators have done, the newest first. Raises OperatorsOnly."""
    if not caller.is_operator:
        raise OperatorsOnly
    return queries.entries_of_installation(session, sought, before=before, limit=limit)


def audit_entry(session: Session, entry_id: UUID, *, caller: Principal) -> Entry:
    """Return an entry of one of the caller's businesses, or of their account where they are signed in.

    Errors: NotFound, AdminsOnly.
    """
    own = caller.account_id if caller.session_id else None
    found = queries.entry_of(session, entry_id, account_id=own, business_ids=caller.roles.keys())
    if found is None:
        raise NotFound(what="audit entry")
    if found.business_id is not None:
        require_admin(caller, found.business_id)
    return found
