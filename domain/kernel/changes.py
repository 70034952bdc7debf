"""Changes of fields, as the audit log keeps them: what they were and became, but for what nobody is to read there.

Secrets, addresses and what people write to each other are told to have changed, and nothing more; long texts are cut.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.kernel.ids import shown
from domain.kernel.outside import POINTERS, in_utc

Pair = tuple[Any, Any]
Changes = Mapping[str, Pair | None]
"""Fields, each with what it was and what it became; None where that is withheld."""

NOTHING: Changes = {}
PRIVATE = frozenset(
    {
        *("password", "password_hash", "secret", "secret_key", "webhook_secrets", "token", "token_hash"),
        *("email", "phone", "reply_to", "staff_addresses", "url"),
        *("reason", "note", "notes"),
    }
)
"""Fields that are withheld whoever changes them: secrets, addresses (a URL may hold a secret), and people's own words."""

LONGEST_TEXT = 200
LARGEST = 1000


def fresh(values: Mapping[str, Any]) -> dict[str, Pair | None]:
    """Return the fields of what has been made, those that were given."""
    return {name: (None, value) for name, value in values.items() if value is not None}


def gone(values: Mapping[str, Any]) -> dict[str, Pair | None]:
    """Return the fields of what is no more."""
    return {name: (value, None) for name, value in values.items() if value is not None}


def without(changes: Changes, *names: str) -> dict[str, Pair | None]:
    """Return changes with the values of some more fields withheld."""
    return {name: None if name in names else pair for name, pair in changes.items()}


def kept(changes: Changes) -> dict[str, Any]:
    """Return changes as they are kept: [before, after], with the ids that callers know; null where withheld."""
    return {name: None if name in PRIVATE else _both(name, pair) for name, pair in changes.items()}


def _both(name: str, pair: Pair | None) -> list[Any] | None:
    if pair is None:
        return None
    both = [_plain(name, value) for value in pair]
    return both if len(json.dumps(both)) <= LARGEST else None


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401 - columns are of any type
    """Return a value as JSON. A TypeError for what cannot be written: nothing is kept that nobody has thought of."""
    if isinstance(value, UUID):
        return shown(POINTERS[name], value) if name in POINTERS else str(value)
    if isinstance(value, datetime):
        return in_utc(value)
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return value[:LONGEST_TEXT] + "…"
    return value
