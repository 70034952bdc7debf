"""Membership: who may give and take which role, and that a business is never without an owner."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.accounts.rules.errors import LastOwner, OwnersOnly
from domain.accounts.rules.principals import Role
from domain.kernel.errors import AdminsOnly, MembersOnly


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A user's place in a business, as its members see it."""

    business_id: UUID
    user_id: UUID
    email: str
    name: str
    role: str
    created_at: datetime
    updated_at: datetime
    version: int


class Joined(NamedTuple):
    """Where a member stands in the list of a business's members: when they joined, and who they are."""

    at: datetime
    user_id: UUID


def require_authority(actor: Role | None, *roles: Role) -> None:
    """Refuse unless *actor* may give and take away each of *roles*: admins all but ownership, owners all."""
    if actor is None:
        raise MembersOnly
    if actor is Role.STAFF:
        raise AdminsOnly
    if Role.OWNER in roles and actor is not Role.OWNER:
        raise OwnersOnly


def require_another_owner(roles: Mapping[UUID, Role], user_id: UUID) -> None:
    """Refuse when nobody but *user_id* is an owner; the caller holds the locks of all members."""
    if not any(role is Role.OWNER for member, role in roles.items() if member != user_id):
        raise LastOwner
