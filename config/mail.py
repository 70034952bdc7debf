"""Mail: where it is handed over, in whose name, and the links in it that only we can have made."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import idna
from itsdangerous import BadData

from config.links import host
from config.settings import settings
from config.signing import signer

HOUSE = "AionBooking"
"""In whose name we write about accounts."""

V4 = 4
PORTS: Mapping[str, int] = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A mail server: *security* is `starttls`, `tls` from the first byte on, or `none`."""

    host: str
    port: int
    security: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def server() -> Server | None:
    """Return the mail server of the settings, if there is one."""
    given = settings().smtp_url
    return _server(given.get_secret_value()) if given else None


def mailbox() -> Path | None:
    """Return the folder in which mail is left while there is no server; None in production, where nobody would look."""
    return None if settings().environment == "production" else settings().data_dir / "mailbox"


def sender() -> str:
    """Return the address that mail is sent from."""
    return settings().mail_from


def greeting() -> str | None:
    """Return what we call ourselves to a mail server (RFC 5321, 4.1.1.1): a name that leads to us, or our address.

    That is the host of BASE_URL: the domain of MAIL_FROM need not lead to any host, and a container's own name leads
    nowhere. None: it has no such name, and is known by what the machine says.
    """
    name = host()
    try:
        address = ip_address(name)
    except ValueError:
        return _in_ascii(name) if "." in name else None
    return f"[{address}]" if address.version == V4 else f"[IPv6:{address}]"


def unsubscribe_url(business_id: UUID, address: str) -> str:
    """Return where an address has itself reminded no more by a business, with one click and without signing in."""
    return f"{settings().base_url.rstrip('/')}/unsubscribe/{signer('unsubscribe').dumps([business_id.hex, address])}"


def unsubscribing(token: str) -> tuple[UUID, str] | None:
    """Return the business and the address that such a link names; None: we have not made it."""
    try:
        business, address = signer("unsubscribe").loads(token)
    except (BadData, ValueError, TypeError):
        return None
    return UUID(business), address


def remind_again_url(business_id: UUID, address: str, off_at: datetime) -> str:
    """Return where an address that turned reminders off at *off_at* has itself reminded again by a business."""
    return f"{settings().base_url.rstrip('/')}{remind_again_path(business_id, address, off_at)}"


def remind_again_path(business_id: UUID, address: str, off_at: datetime) -> str:
    """Return the path of that, for a page of ours."""
    return f"/remind-again/{signer('remind again').dumps([business_id.hex, address, off_at.isoformat()])}"


def reminding_again(token: str) -> tuple[UUID, str, datetime] | None:
    """Return the business and the address that such a link names, and since when they are off; None: it is not ours."""
    try:
        business, address, off_at = signer("remind again").loads(token)
    except (BadData, ValueError, TypeError):
        return None
    return UUID(business), address, datetime.fromisoformat(off_at)


def _in_ascii(name: str) -> str | None:
    with suppress(idna.IDNAError):
        return idna.encode(name, uts46=True).decode()
    return None


@cache
def _server(url: str) -> Server:
    parts = urlsplit(url)
    asked = parse_qs(parts.query).get("starttls", ["required"])[0]
    assert parts.hostname  # noqa: S101 - settings has seen to it
    plain = "starttls" if asked == "required" else "none"
    return Server(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        security="tls" if parts.scheme == "smtps" else plain,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )
