"""Invitations: an address is asked to join a business, and who gets its mail may.

Each change locks the members of the business first. An invitation is worth what its maker may give by the time that it
is accepted: one by somebody who was sent away since is worth nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import queries, rules
from domain.accounts.rules import Grant, Membership, Principal, Purpose, Registration, Role
from domain.accounts.rules.errors import AlreadyMember, InvitedAnother, LinkInvalid, TooManyInvitations
from domain.accounts.rules.tokens import LIFE, MOST_A_DAY, MOST_AN_HOUR, MOST_INVITATIONS
from domain.accounts.service.members import join
from domain.accounts.service.principals import still_acting
from domain.accounts.service.sessions import register
from domain.accounts.service.tokens import proven_by, spend, working
from domain.accounts.tables import AccountToken
from domain.kernel import audit, events
from domain.kernel.actors import Actor
from domain.kernel.addresses import folded
from domain.kernel.changes import fresh
from domain.kernel.errors import NotAllowed, NotFound
from domain.kernel.tickets import Keys


def invite(
    session: Session, business_id: UUID, email: str, role: Role, *, caller: Principal, now: datetime
) -> AccountToken:
    """Invite an address to a business, in place of an earlier invitation of the same.

    Nobody learns by it whether somebody has registered with the address. Locks the user, their session or key, then the
    members. Errors: Unauthenticated, MembersOnly, AdminsOnly, OwnersOnly, SessionRequired, AlreadyMember, TooManyInvitations.
    """
    still_acting(session, caller, now=now)
    roles = queries.members_for_update(session, business_id)
    rules.require_authority(roles.get(caller.user_id), role)
    caller.may_let_in(role)
    named = queries.user_named(session, email)
    if named is not None and queries.has_agreed(session, business_id, named):
        raise AlreadyMember
    before = queries.open_invitations(session, business_id, now=now)
    again = [each for each in before if folded(each.email) == folded(email)]
    if len(before) - len(again) >= MOST_INVITATIONS:
        raise TooManyInvitations(most=MOST_INVITATIONS, of="that nobody has answered yet")
    _refuse_one_too_many(session, email, caller.user_id, now)
    for each in again:
        _revoke(session, each.id, business_id, caller.actor, now)
    made = queries.add_token(
        session,
        AccountToken(
            purpose=Purpose.INVITATION.value,
            email=email,
            business_id=business_id,
            role=role.value,
            invited_by=caller.user_id,
            created_at=now,
            expires_at=now + LIFE[Purpose.INVITATION],
        ),
    )
    _record(session, "invitation.created", made, caller.actor, now, role=role.value)
    return made


def invitations(
    session: Session, business_id: UUID, *, caller: Principal, before: UUID | None, limit: int
) -> Sequence[AccountToken]:
    """Return a page of the invitations to a business, the newest first, whatever became of them.

    They are of people who may never have said yes, so they are for admins. Errors: MembersOnly, AdminsOnly.
    """
    rules.require_authority(caller.roles.get(business_id))
    return queries.invitations(session, business_id, before=before, limit=limit)


def revoke_invitation(
    session: Session, business_id: UUID, invitation_id: UUID, *, caller: Principal, now: datetime
) -> None:
    """Take back an invitation; who may not give a role may not take its invitation back. Locks the members.

    Errors: MembersOnly, AdminsOnly, OwnersOnly, NotFound (also when it was accepted, or has expired).
    """
    roles = queries.members_for_update(session, business_id)
    rules.require_authority(roles.get(caller.user_id))
    found = queries.token(session, invitation_id, now=now)
    if found is None or found.business_id != business_id:
        raise NotFound(what="invitation")
    rules.require_authority(roles.get(caller.user_id), Role(str(found.role)))
    _revoke(session, invitation_id, business_id, caller.actor, now)


def invited(session: Session, ticket: str, *, keys: Keys, now: datetime) -> AccountToken:
    """Return the invitation that a ticket stands for, without a lock. Raises LinkInvalid."""
    return working(session, ticket, Purpose.INVITATION, keys, now)


def accept(session: Session, ticket: str, *, keys: Keys, caller: Principal, now: datetime) -> Membership:
    """Make the caller a member as they were invited. Locks the user, their session, then the members.

    Errors: SessionRequired, Unauthenticated, LinkInvalid, InvitedAnother, AlreadyMember.
    """
    caller.signed_in()
    still_acting(session, caller, now=now)
    invitation = invited(session, ticket, keys=keys, now=now)
    if folded(invitation.email) != folded(caller.email):
        raise InvitedAnother
    return _accepted(session, invitation, caller.user_id, caller.actor, now)


def register_invited(session: Session, invitation: AccountToken, new: Registration, *, now: datetime) -> Grant:
    """Register who was invited, sign them in, and make them a member. Locks the members.

    *new* has the invitation's own address. Errors: EmailTaken, LinkInvalid.
    """
    grant = register(session, new, now=now)
    _accepted(session, invitation, grant.claims.user_id, grant.claims.actor, now)
    return grant


def _accepted(session: Session, invitation: AccountToken, user_id: UUID, by: Actor, now: datetime) -> Membership:
    assert invitation.business_id is not None  # noqa: S101 - by a constraint
    proven_by(session, user_id, invitation.email, now)
    roles = queries.members_for_update(session, invitation.business_id)
    role = _worth(invitation, roles)
    spend(session, invitation.id, now)
    joined = join(session, invitation.business_id, user_id, role, by=by, now=now)
    _record(session, "invitation.accepted", invitation, by, now, user_id=str(user_id), role=joined.role)
    return joined


def _worth(invitation: AccountToken, roles: Mapping[UUID, Role]) -> Role:
    """Return the role that an invitation gives, if its maker may still give it. Raises LinkInvalid."""
    role = Role(str(invitation.role))
    try:
        rules.require_authority(roles.get(invitation.invited_by) if invitation.invited_by else None, role)
    except NotAllowed:
        raise LinkInvalid from None
    return role


def _refuse_one_too_many(session: Session, email: str, user_id: UUID, now: datetime) -> None:
    lately = queries.written_lately(session, Purpose.INVITATION, email, now=now, invited_by=user_id)
    if lately >= MOST_AN_HOUR:
        raise TooManyInvitations(most=MOST_AN_HOUR, of="by you to that address within the hour")
    if queries.invitations_of_today(session, user_id, now=now) >= MOST_A_DAY:
        raise TooManyInvitations(most=MOST_A_DAY, of="by you within the day")


def _revoke(session: Session, invitation_id: UUID, business_id: UUID, by: Actor, now: datetime) -> None:
    revoked = queries.revoke_invitation(session, invitation_id, business_id, now=now)
    if revoked is None:  # accepted or expired since it was read, which the members' locks do not stop
        raise NotFound(what="invitation")
    _record(session, "invitation.revoked", revoked, by, now)


def _record(session: Session, kind: str, about: AccountToken, by: Actor, now: datetime, **payload: str) -> None:
    version = 1 if kind == "invitation.created" else 2
    fact = events.Fact(
        kind=kind, business_id=about.business_id, subject_id=about.id, subject_version=version, payload=payload
    )
    events.record(session, [fact], now=now)
    audit.record(session, by, kind, about.id, business_id=about.business_id, changes=fresh(payload), now=now)
