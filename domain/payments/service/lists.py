"""A business's books, for its owners and admins: what moved its money, and what is disputed."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.catalog.service.authority import business_seen, require_admin
from domain.kernel.periods import Period
from domain.payments import queries
from domain.payments.tables import Dispute, LedgerEntry


class Wanted(NamedTuple):
    """Which of a business's rows; None: whatever theirs is."""

    payment_id: UUID | None = None
    booking_id: UUID | None = None


def disputes(
    session: Session,
    business_id: UUID,
    wanted: Wanted,
    made: Period,
    *,
    state: str | None,
    caller: Principal,
    after: UUID | None,
    limit: int,
) -> Sequence[Dispute]:
    """Return disputes, the newest first, before the id *after*. Errors: NotFound, MembersOnly, AdminsOnly."""
    refuse_unless_admin(session, business_id, caller)
    return queries.disputes(session, business_id, wanted._asdict() | {"state": state}, made, before=after, limit=limit)


def entries(
    session: Session,
    business_id: UUID,
    wanted: Wanted,
    made: Period,
    *,
    kind: str | None,
    caller: Principal,
    after: int | None,
    limit: int,
) -> Sequence[LedgerEntry]:
    """Return movements, the newest first, before the number *after*. Errors: NotFound, MembersOnly, AdminsOnly."""
    refuse_unless_admin(session, business_id, caller)
    return queries.entries(session, business_id, wanted._asdict() | {"kind": kind}, made, before=after, limit=limit)


def refuse_unless_admin(session: Session, business_id: UUID, caller: Principal) -> None:
    """Refuse whoever does not run a business. Errors: NotFound, MembersOnly, AdminsOnly."""
    require_admin(caller, business_seen(session, business_id, caller.roles.keys()).id)
