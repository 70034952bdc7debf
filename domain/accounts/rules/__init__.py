"""Who people are to the rooms above: roles and principals, and how passwords, tokens and API keys are kept."""

from domain.accounts.rules.keys import LONGEST_GRACE, MOST_KEYS, key_read, key_written
from domain.accounts.rules.members import Joined, Membership, require_another_owner, require_authority
from domain.accounts.rules.passwords import Credentials, Proof, password_hash, proven
from domain.accounts.rules.principals import (
    USE_NOTED,
    Claims,
    Evidence,
    KeyClaims,
    KeyInUse,
    KeyProof,
    Plan,
    Principal,
    Role,
)
from domain.accounts.rules.sessions import (
    ACCESS_LIFE,
    ENDED_KEPT,
    GRACE,
    PURGED,
    Grant,
    Profile,
    Registration,
    digest,
    expiry,
    new_token,
)
from domain.accounts.rules.tokens import InvitationState, Link, Purpose, state_of, ticket, token_named

__all__ = [
    "ACCESS_LIFE",
    "ENDED_KEPT",
    "GRACE",
    "LONGEST_GRACE",
    "MOST_KEYS",
    "PURGED",
    "USE_NOTED",
    "Claims",
    "Credentials",
    "Evidence",
    "Grant",
    "InvitationState",
    "Joined",
    "KeyClaims",
    "KeyInUse",
    "KeyProof",
    "Link",
    "Membership",
    "Plan",
    "Principal",
    "Profile",
    "Proof",
    "Purpose",
    "Registration",
    "Role",
    "digest",
    "expiry",
    "key_read",
    "key_written",
    "new_token",
    "password_hash",
    "proven",
    "require_another_owner",
    "require_authority",
    "state_of",
    "ticket",
    "token_named",
]
