"""Members: who belongs to a business, in which role.

Each change locks all members of the business first and judges by what it finds then, not by what the caller was when
their request came in: of two owners who demote each other at once, one is too late.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import queries, rules
from domain.accounts.rules import Joined, Membership, Principal, Role
from domain.accounts.rules.errors import AlreadyMember, UnknownUser, UnprovenAddress
from domain.accounts.service.principals import still_acting
from domain.accounts.tables import Member
from domain.kernel import audit, events, lineage
from domain.kernel.actors import Actor
from domain.kernel.changes import Pair
from domain.kernel.errors import MembersOnly, NotFound, StaleVersion


def enrol(session: Session, business_id: UUID, user_id: UUID, role: Role) -> None:
    """Make a user a member of a business that is being opened."""
    session.add(Member(business_id=business_id, user_id=user_id, role=role.value, has_agreed=True))
    session.flush()


def list_members(
    session: Session, business_id: UUID, *, caller: Principal, after: Joined | None, limit: int
) -> Sequence[Membership]:
    """Return a page of a business's members. Raises MembersOnly."""
    if not caller.is_member(business_id):
        raise MembersOnly
    return queries.members(session, business_id, after=after, limit=limit)


def member_of(session: Session, business_id: UUID, user_id: UUID, *, caller: Principal) -> Membership:
    """Return one of a business's members. Errors: MembersOnly, NotFound."""
    if not caller.is_member(business_id):
        raise MembersOnly
    return _seen(session, business_id, user_id)


def add_member(
    session: Session, business_id: UUID, email: str, role: Role, *, caller: Principal, now: datetime
) -> Membership:
    """Make a registered user a member. Locks the caller, their session or key, then the members.

    Only one who has proven their address: anybody may register with somebody else's. Nobody has asked them, so until they
    accept an invitation they are mailed no more than a stranger to the business.
    Errors: Unauthenticated, MembersOnly, AdminsOnly, OwnersOnly, SessionRequired, UnknownUser, UnprovenAddress,
    AlreadyMember.
    """
    still_acting(session, caller, now=now)
    roles = queries.members_for_update(session, business_id)
    rules.require_authority(roles.get(caller.user_id), role)
    caller.may_let_in(role)
    user_id = queries.user_named(session, email)
    if user_id is None:
        raise UnknownUser
    if queries.profile(session, user_id).email_verified_at is None:
        raise UnprovenAddress
    _insert(session, business_id, user_id, role, has_agreed=False)
    return _added(session, business_id, user_id, role, caller.actor, now)


def join(session: Session, business_id: UUID, user_id: UUID, role: Role, *, by: Actor, now: datetime) -> Membership:
    """Make a user a member who wants to be one of a business whose members are locked. Raises AlreadyMember.

    Whoever was added without having been asked stays what they are, and has agreed from then on.
    """
    if queries.agree(session, business_id, user_id):
        return _seen(session, business_id, user_id)
    _insert(session, business_id, user_id, role, has_agreed=True)
    return _added(session, business_id, user_id, role, by, now)


def _insert(session: Session, business_id: UUID, user_id: UUID, role: Role, *, has_agreed: bool) -> None:
    version = lineage.begins(session, business_id, _lineage(user_id))
    if queries.add_member(session, business_id, user_id, role, has_agreed=has_agreed, version=version) is None:
        raise AlreadyMember


def _added(session: Session, business_id: UUID, user_id: UUID, role: Role, by: Actor, now: datetime) -> Membership:
    added = _seen(session, business_id, user_id)
    _record(session, "member.added", added, now, role=role.value)
    _note(session, by, "member.added", added, (None, role), now)
    return added


def change_member(
    session: Session,
    business_id: UUID,
    user_id: UUID,
    role: Role,
    *,
    caller: Principal,
    now: datetime,
    versions: Collection[int] | None = None,
) -> Membership:
    """Give a member another role. Locks the caller, their session or key, then the members. Safe to repeat.

    Errors: Unauthenticated, MembersOnly, NotFound, AdminsOnly, OwnersOnly, SessionRequired, StaleVersion, LastOwner.
    """
    still_acting(session, caller, now=now)
    roles = queries.members_for_update(session, business_id)
    before = _role_of(roles, user_id, caller)
    rules.require_authority(roles[caller.user_id], before, role)
    caller.may_let_in(role)
    found = _seen(session, business_id, user_id)
    if versions is not None and found.version not in versions:
        raise StaleVersion(version=found.version)
    if before is role:
        return found
    if before is Role.OWNER:
        rules.require_another_owner(roles, user_id)
    queries.change_role(session, business_id, user_id, role)
    changed = _seen(session, business_id, user_id)
    _record(session, "member.changed", changed, now, from_role=before.value, role=role.value)
    _note(session, caller.actor, "member.changed", changed, (before, role), now)
    return changed


def remove_member(
    session: Session,
    business_id: UUID,
    user_id: UUID,
    *,
    caller: Principal,
    now: datetime,
    versions: Collection[int] | None = None,
) -> None:
    """Remove a member; anybody may leave. Locks the members.

    Errors: MembersOnly, NotFound, AdminsOnly, OwnersOnly, StaleVersion, LastOwner.
    """
    roles = queries.members_for_update(session, business_id)
    before = _role_of(roles, user_id, caller)
    if user_id != caller.user_id:
        rules.require_authority(roles[caller.user_id], before)
    last = _seen(session, business_id, user_id)
    if versions is not None and last.version not in versions:
        raise StaleVersion(version=last.version)
    if before is Role.OWNER:
        rules.require_another_owner(roles, user_id)
    queries.remove_member(session, business_id, user_id)
    gone = replace(last, version=last.version + 1)
    lineage.ends(session, business_id, _lineage(user_id), gone.version)
    _record(session, "member.removed", gone, now, from_role=before.value)
    _note(session, caller.actor, "member.removed", last, (before, None), now)


def _lineage(user_id: UUID) -> str:
    return f"member/{user_id}"


def _role_of(roles: Mapping[UUID, Role], user_id: UUID, caller: Principal) -> Role:
    """Return the role of a member, to a caller who is one too. Errors: MembersOnly, NotFound."""
    if caller.user_id not in roles:
        raise MembersOnly
    if user_id not in roles:
        raise NotFound(what="member")
    return roles[user_id]


def _seen(session: Session, business_id: UUID, user_id: UUID) -> Membership:
    found = queries.member(session, business_id, user_id)
    if found is None:
        raise NotFound(what="member")
    return found


def _record(session: Session, kind: str, about: Membership, now: datetime, **payload: str) -> None:
    fact = events.Fact(
        kind=kind,
        business_id=about.business_id,
        subject_id=about.user_id,
        subject_version=about.version,
        payload=payload,
    )
    events.record(session, [fact], now=now)


def _note(session: Session, by: Actor, action: str, about: Membership, role: Pair, now: datetime) -> None:
    where = about.business_id
    audit.record(session, by, action, about.user_id, business_id=where, changes={"role": role}, now=now)
