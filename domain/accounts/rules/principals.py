"""Principals: who is asking, by what evidence, and what they are to a business."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from domain.accounts.rules.errors import SessionRequired
from domain.kernel.actors import Actor, Through

USE_NOTED = timedelta(minutes=1)


class Role(StrEnum):
    """What a member may do in a business: staff their own bookings, admins everything but ownership."""

    OWNER = "owner"
    ADMIN = "admin"
    STAFF = "staff"


class Plan(StrEnum):
    """How much an account may ask for."""

    FREE = "free"
    PAID = "paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What the access token of a sign-in says: whose it is, and in which session."""

    user_id: UUID
    session_id: UUID

    @property
    def actor(self) -> Actor:
        """Return who begins this session, as the audit log tells it."""
        return Actor(through=Through.SESSION, through_id=self.session_id, user_id=self.user_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyClaims:
    """What an access token got for an API key says: whose it is, and by which key."""

    user_id: UUID
    key_id: UUID

    def fits(self, user_id: UUID, secret_hash: bytes) -> bool:  # noqa: ARG002 - the token's signature stands for it
        """Tell whether the key is the named user's."""
        return user_id == self.user_id


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyProof:
    """An API key itself, as far as it is needed to know it again."""

    key_id: UUID
    secret_hash: bytes

    def fits(self, user_id: UUID, secret_hash: bytes) -> bool:  # noqa: ARG002 - whose it is, the key's row says
        """Tell whether the secret is the key's, in constant time."""
        return hmac.compare_digest(secret_hash, self.secret_hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingClaims:
    """What an access token got for a manage link says: for which booking, by which of its links' numbers."""

    booking_id: UUID
    manage_no: int


Evidence = Claims | KeyClaims | KeyProof


class KeyInUse(NamedTuple):
    """The API key that a principal came with."""

    id: UUID
    bucket_id: UUID
    last_used_at: datetime | None

    def is_due(self, now: datetime) -> bool:
        """Tell whether its use should be noted: not again within a minute."""
        return self.last_used_at is None or self.last_used_at <= now - USE_NOTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is asking, as of this request: a user, the session or the API key they act by, their plan and their roles.

    With a *booking_id* it is a guest, who has that booking's manage link: they have the rights of the user who made it, in
    that one booking and nowhere else, and what they do is not that user's doing.
    """

    user_id: UUID
    session_id: UUID | None
    key: KeyInUse | None = None
    account_id: UUID
    plan: str
    is_operator: bool
    name: str
    email: str
    roles: Mapping[UUID, Role]
    booking_id: UUID | None = None

    @property
    def bucket_id(self) -> UUID:
        """Return what their requests are counted by and repeated under: a booking, a key's line, or without one the user."""
        return self.booking_id or (self.key.bucket_id if self.key else self.user_id)

    @property
    def actor_id(self) -> UUID | None:
        """Return which user does what is asked for; None for a guest, who need not be one."""
        return None if self.booking_id else self.user_id

    @property
    def actor(self) -> Actor:
        """Return who does what is asked for, and through what, as the audit log tells it."""
        if self.booking_id:
            return Actor(through=Through.MANAGE_LINK, through_id=self.booking_id)
        if self.key:
            return Actor(through=Through.API_KEY, through_id=self.key.id, user_id=self.user_id)
        return Actor(through=Through.SESSION, through_id=self.session_id, user_id=self.user_id)

    def may_touch(self, booking_id: UUID) -> bool:
        """Tell whether a booking is one that they could be let see at all: for a guest only the one."""
        return self.booking_id in {None, booking_id}

    def may_let_in(self, role: Role) -> None:
        """Raise SessionRequired where a key would make an owner or admin: its thief would stay when it has ended."""
        if role is not Role.STAFF:
            self.signed_in()

    def signed_in(self) -> UUID:
        """Return the session they act in. Raises SessionRequired for whoever came with an API key."""
        if self.session_id is None:
            raise SessionRequired
        return self.session_id

    def is_member(self, business_id: UUID) -> bool:
        """Tell whether they belong to the business, in whatever role."""
        return business_id in self.roles

    def is_admin(self, business_id: UUID) -> bool:
        """Tell whether they may change the business: its owner and its admins."""
        return self.roles.get(business_id) in {Role.OWNER, Role.ADMIN}

    def is_owner(self, business_id: UUID) -> bool:
        """Tell whether the business is theirs."""
        return self.roles.get(business_id) is Role.OWNER
