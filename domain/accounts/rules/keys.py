"""API keys: `key_<id>_<secret>`, of which the id is kept as it is and the secret as its hash."""

import re
from datetime import timedelta
from uuid import UUID

from domain.accounts.rules.principals import KeyProof
from domain.accounts.rules.sessions import digest
from domain.kernel.ids import Kind, parsed, shown

WRITTEN = re.compile(r"(key_[0-9a-z]{26})_([A-Za-z0-9_-]{43})")
MOST_KEYS = 5
LONGEST_GRACE = timedelta(days=1)


def key_written(key_id: UUID, secret: str) -> str:
    """Return the key as its holder keeps it."""
    return f"{shown(Kind.API_KEY, key_id)}_{secret}"


def key_read(text: str) -> KeyProof | None:
    """Read a key back, or return None when *text* cannot be one."""
    found = WRITTEN.fullmatch(text)
    key_id = parsed(Kind.API_KEY, found[1]) if found else None
    if found is None or key_id is None:
        return None
    return KeyProof(key_id=key_id, secret_hash=digest(found[2]))
