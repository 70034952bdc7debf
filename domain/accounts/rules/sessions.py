"""Sessions: a sign-in's tokens, how long they last, and whom they are for."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.accounts.rules.principals import Claims

ACCESS_LIFE = timedelta(hours=24)
SESSION_IDLE = timedelta(days=30)
SESSION_LIFE = timedelta(days=90)
ENDED_KEPT = timedelta(days=30)
PURGED = 5000
GRACE = timedelta(seconds=10)
TOKEN_BYTES = 32


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
    email_verified_at: datetime | None
    name: str
    plan: str
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A sign-in's fruit: the claims for an access token, the refresh token (told this once), and the user."""

    claims: Claims
    refresh_token: str
    profile: Profile


def new_token() -> str:
    """Return a fresh secret of 43 URL-safe characters: a refresh token, or what makes an API key one."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> bytes:
    """Return what is kept of a secret. It is random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def expiry(began: datetime, now: datetime) -> datetime:
    """Return when a session ends that is used *now*: 30 days on, at most 90 days after it began."""
    return min(now + SESSION_IDLE, began + SESSION_LIFE)
