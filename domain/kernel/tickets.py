"""Tickets: an id with a signature, for whoever is to do something about what it names without signing in.

`<prefix>_<id>_<43 characters>`: an HMAC-SHA256 over the purpose, the id, and what else the ticket hangs on. Nothing of it
is kept: it is written anew from its row whenever a mail is sent, and a copy of the database opens nothing without the key.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from uuid import UUID

from domain.kernel.ids import Kind, parsed, shown

WRITTEN = re.compile(r"([a-z]{3}_[0-9a-z]{26})_[A-Za-z0-9_-]{43}")

Keys = tuple[bytes, ...]
"""What tickets are signed with, and after it what they were before: links in mailboxes outlive a change of keys."""


def written(kind: Kind, value: UUID, about: str, *, keys: Keys) -> str:
    """Return the ticket for what *value* names; it is good only as long as *about* stays what it is."""
    return _signed(kind, value, about, keys[0])


def named(kind: Kind, ticket: str) -> UUID | None:
    """Return what a ticket says that it is for, before anything of it is believed; None for what cannot be one."""
    found = WRITTEN.fullmatch(ticket)
    return parsed(kind, found[1]) if found else None


def is_good(kind: Kind, value: UUID, about: str, ticket: str, *, keys: Keys) -> bool:
    """Tell, in constant time, whether a ticket is the one for *value* as it is *about* now, by whichever of the keys."""
    ours = [_signed(kind, value, about, each) for each in keys]
    return any(hmac.compare_digest(each.encode(), ticket.encode()) for each in ours)


def _signed(kind: Kind, value: UUID, about: str, key: bytes) -> str:
    signed = hmac.digest(key, b"\0".join((kind.value.encode(), value.bytes, about.encode())), "sha256")
    return f"{shown(kind, value)}_{urlsafe_b64encode(signed).rstrip(b'=').decode()}"
