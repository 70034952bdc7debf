"""Account tokens: what each is leave for, how long, and the ticket that stands for one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from domain.accounts.rules.principals import Role
from domain.kernel import tickets
from domain.kernel.ids import Kind
from domain.kernel.tickets import Keys

AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 5
"""Tokens of one purpose that are written for one address within an hour."""
MOST_A_DAY = 100
"""Invitations that one user may write within a day, by whichever business."""
MOST_INVITATIONS = 50
"""Invitations of one business that may be open."""
TOKENS_KEPT = timedelta(days=30)


class Purpose(StrEnum):
    """What a token is leave for."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose, not a secret
    INVITATION = "invitation"


LIFE: Mapping[Purpose, timedelta] = {
    Purpose.VERIFY_EMAIL: timedelta(days=3),
    Purpose.RESET_PASSWORD: timedelta(hours=1),
    Purpose.INVITATION: timedelta(days=7),
}


class InvitationState(StrEnum):
    """What has become of an invitation."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a mail about an account token says: to whom, the ticket for its link, until when; an invitation's rest.

    *is_proven*: whoever has registered with the address has shown that it is theirs.
    """

    purpose: Purpose
    ticket: str
    email: str
    name: str | None
    is_proven: bool
    expires_at: datetime
    business_id: UUID | None = None
    role: Role | None = None
    invited_by: str | None = None


def ticket(token_id: UUID, purpose: Purpose, *, keys: Keys) -> str:
    """Return the ticket for a token; one for another purpose is another."""
    return tickets.written(Kind.ACCOUNT_TOKEN, token_id, purpose.value, keys=keys)


def token_named(text: str, purpose: Purpose, *, keys: Keys) -> UUID | None:
    """Return the token that a ticket is for, once its signature is found good; None for any other text."""
    token_id = tickets.named(Kind.ACCOUNT_TOKEN, text)
    if token_id and tickets.is_good(Kind.ACCOUNT_TOKEN, token_id, purpose.value, text, keys=keys):
        return token_id
    return None


def state_of(
    *, used_at: datetime | None, revoked_at: datetime | None, expires_at: datetime, now: datetime
) -> InvitationState:
    """Return what has become of an invitation by *now*."""
    if used_at:
        return InvitationState.ACCEPTED
    if revoked_at:
        return InvitationState.REVOKED
    return InvitationState.EXPIRED if expires_at <= now else InvitationState.OPEN
