"""What a reset leaves that ends an account's access: told in the audit log, for whoever takes back what another has had."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import queries as accounts
from domain.accounts.service import Reset
from domain.kernel import audit
from domain.webhooks import queries


class Left(NamedTuple):
    """What has outlasted a reset: of which kind of action, in which business, what it is, and in which *role*."""

    noun: str
    business_id: UUID
    subject_id: UUID
    role: str | None = None


def tell_what_is_left(session: Session, reset: Reset, *, now: datetime) -> None:
    """Note where the user belongs, and which open invitations and endpoints are of their making.

    In the account's log; and in the business's but for the membership, so that its admins can look as well. Whoever makes
    one of these at the same time has locked the user, whom the reset has locked: none is missing.
    """
    user = reset.user
    for left in _left(session, user.id, now):
        given = {"business_id": left.business_id} | ({"role": left.role} if left.role else {})
        changes = {name: (value, value) for name, value in given.items()}
        action = f"{left.noun}.outlasted_reset"
        audit.record(session, reset.by, action, left.subject_id, account_id=user.account_id, changes=changes, now=now)
        if left.noun != "member":
            where = left.business_id
            audit.record(session, reset.by, action, left.subject_id, business_id=where, changes=changes, now=now)


def _left(session: Session, user_id: UUID, now: datetime) -> list[Left]:
    roles = accounts.roles_of(session, user_id)
    invitations = accounts.open_invitations_by(session, user_id, now=now)
    endpoints = queries.endpoints_set_by(session, user_id, roles)
    return [
        *(Left("member", business_id, user_id, role.value) for business_id, role in roles.items()),
        *(Left("invitation", each.business_id, each.id, each.role) for each in invitations if each.business_id),
        *(Left("webhook_endpoint", each.business_id, each.id) for each in endpoints),
    ]
