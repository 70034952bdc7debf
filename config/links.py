"""Links that mails carry: the keys their tickets are signed with, derived from SECRET_KEY, and where they lead.

A ticket stands behind the `#` of its link: browsers send that part to nobody, so no log and no `Referer` has it.
"""

from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config.settings import settings


def account_key() -> bytes:
    """Return the key of tickets that reset a password, verify an address, or invite to a business."""
    return _derived(settings().secret_key.get_secret_value(), b"account tokens")


def manage_key() -> bytes:
    """Return the key of tickets that open one booking."""
    return _derived(settings().secret_key.get_secret_value(), b"manage links")


def account_link(purpose: str, ticket: str) -> str:
    """Return where a person goes to use a ticket of an account: *purpose* is `reset_password`, for example."""
    return f"{_base()}/account#{purpose}={ticket}"


def manage_link(ticket: str) -> str:
    """Return where a customer sees the booking that a ticket opens."""
    return f"{_base()}/manage#{ticket}"


def feed_link(token: str) -> str:
    """Return where a calendar subscribes to a private feed."""
    return f"{_base()}/feeds/{token}.ics"


def host() -> str:
    """Return the name that stands behind the `@` of what is ours in other people's calendars."""
    return urlsplit(settings().base_url).hostname or "localhost"


def _base() -> str:
    return settings().base_url.rstrip("/")


@cache
def _derived(secret: str, info: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=info).derive(secret.encode())
