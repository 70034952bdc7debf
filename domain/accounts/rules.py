"""Who people are to the rooms above: roles, principals, sign-ins, and how passwords and tokens are kept."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.kernel.errors import InvalidCredentials

ACCESS_LIFE = timedelta(hours=24)
SESSION_IDLE = timedelta(days=30)
SESSION_LIFE = timedelta(days=90)
ENDED_KEPT = timedelta(days=30)
GRACE = timedelta(seconds=10)
TOKEN_BYTES = 32

# 19 MiB, two passes: 20 ms. The library's defaults take 64 MiB each, which a burst of sign-ins would multiply.
HASHER = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)


class Role(StrEnum):
    """What a member may do in a business: staff their own bookings, admins everything but ownership."""

    OWNER = "owner"
    ADMIN = "admin"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is asking, as of this request: a user, the session they act in, their plan and their roles."""

    user_id: UUID
    session_id: UUID
    account_id: UUID
    plan: str
    is_operator: bool
    name: str
    email: str
    roles: Mapping[UUID, Role]

    def is_member(self, business_id: UUID) -> bool:
        """Tell whether they belong to the business, in whatever role."""
        return business_id in self.roles

    def is_admin(self, business_id: UUID) -> bool:
        """Tell whether they may change the business: its owner and its admins."""
        return self.roles.get(business_id) in {Role.OWNER, Role.ADMIN}

    def is_owner(self, business_id: UUID) -> bool:
        """Tell whether the business is theirs."""
        return self.roles.get(business_id) is Role.OWNER


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A user to be made. The password arrives as its hash, made before any transaction is open."""

    email: str
    password_hash: str
    name: str
    user_agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a user sees of themselves."""

    id: UUID
    email: str
    name: str
    plan: str
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who claims an address, and the hash that would prove it."""

    user_id: UUID
    password_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That the password was right; *rehash* replaces a hash made under older parameters."""

    user_id: UUID
    password_hash: str
    rehash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What an access token says: whose it is, and in which session."""

    user_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A sign-in's fruit: the claims for an access token, the refresh token (told this once), and the user."""

    claims: Claims
    refresh_token: str
    profile: Profile


def password_hash(password: str) -> str:
    """Return the argon2id hash. Takes 20 ms of CPU: call it with no transaction open."""
    return HASHER.hash(password)


def proven(known: Credentials | None, password: str) -> Proof:
    """Check a password, as slowly for an unknown user as for a wrong password. Call it with no transaction open.

    Raises InvalidCredentials, which does not tell the two apart.
    """
    try:
        HASHER.verify(known.password_hash if known else _nobody(), password)
    except (VerificationError, InvalidHashError):
        raise InvalidCredentials from None
    if known is None:
        raise InvalidCredentials
    rehash = HASHER.hash(password) if HASHER.check_needs_rehash(known.password_hash) else None
    return Proof(user_id=known.user_id, password_hash=known.password_hash, rehash=rehash)


def new_token() -> str:
    """Return a fresh refresh token."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> bytes:
    """Return what is kept of a refresh token. It is random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def expiry(began: datetime, now: datetime) -> datetime:
    """Return when a session ends that is used *now*: 30 days on, at most 90 days after it began."""
    return min(now + SESSION_IDLE, began + SESSION_LIFE)


@cache
def _nobody() -> str:
    return HASHER.hash(new_token())
