"""Links that mails carry: the keys their tickets are signed with, derived from SECRET_KEY, and where they lead.

A ticket stands behind the `#` of its link: browsers send that part to nobody, so no log and no `Referer` has it.
"""

from urllib.parse import urlsplit

from config.settings import settings
from config.signing import derived


def account_keys() -> tuple[bytes, ...]:
    """Return the keys of tickets, the current one first, that reset a password, verify an address, or invite to a business."""
    return derived(b"account tokens")


def manage_keys() -> tuple[bytes, ...]:
    """Return the keys of tickets, the current one first, that open one booking."""
    return derived(b"manage links")


def account_link(purpose: str, ticket: str) -> str:
    """Return where a person goes to use a ticket of an account: *purpose* is `reset_password`, for example."""
    return f"{base()}/account#{purpose}={ticket}"


def manage_link(ticket: str) -> str:
    """Return where a customer sees the booking that a ticket opens."""
    return f"{base()}/manage#{ticket}"


def feed_link(token: str) -> str:
    """Return where a calendar subscribes to a private feed."""
    return f"{base()}/feeds/{token}.ics"


def host() -> str:
    """Return the name that stands behind the `@` of what is ours in other people's calendars."""
    return urlsplit(settings().base_url).hostname or "localhost"


def base() -> str:
    """Return the address of this installation, without a slash at its end."""
    return settings().base_url.rstrip("/")
