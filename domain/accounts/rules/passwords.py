"""Passwords: argon2id, checked as slowly for nobody as for somebody."""

from dataclasses import dataclass
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.accounts.rules.errors import InvalidCredentials

# 19 MiB, two passes: 20 ms. The library's defaults take 64 MiB each, which a burst of sign-ins would multiply.
HASHER = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
# Of a password that was drawn at random and forgotten. Were it made when it is first needed, that would take twice as long.
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$mcngbHlw60zmMiCX1F3gOA$vF5cIm5AJZmq0p/HOFS7SMTUbWFSikz/ZaIwfDPTLlk"


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


def password_hash(password: str) -> str:
    """Return the argon2id hash. Takes 20 ms of CPU: call it with no transaction open."""
    return HASHER.hash(password)


def proven(known: Credentials | None, password: str) -> Proof:
    """Check a password, as slowly for an unknown user as for a wrong password. Call it with no transaction open.

    Raises InvalidCredentials, which does not tell the two apart.
    """
    try:
        HASHER.verify(known.password_hash if known else NOBODYS, password)
    except (VerificationError, InvalidHashError):
        raise InvalidCredentials from None
    if known is None:
        raise InvalidCredentials
    rehash = HASHER.hash(password) if HASHER.check_needs_rehash(known.password_hash) else None
    return Proof(user_id=known.user_id, password_hash=known.password_hash, rehash=rehash)
