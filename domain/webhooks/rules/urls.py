"""Which URLs an endpoint may have: those that everything which reads URLs reads in the same way. Pure; asks no name server."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from domain.webhooks.rules.addresses import Address, Network, is_refused
from domain.webhooks.rules.errors import UrlRefused

LONGEST = 2000
VISIBLE = re.compile(r"[!#-;=?-\[\]_a-z~%]+")  # ASCII that a URL has: no blanks, quotes, <>, backslashes, ^`{|}
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")  # what ends in one is an address to some readers, and a name to others
HTTPS = 443
UNPRIVILEGED = range(1024, 65536)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What an installation lets endpoints be: with *plain* http too, on any port; in which networks besides the public."""

    plain: bool
    allowed: Sequence[Network]


class Target(NamedTuple):
    """Where a URL leads. *host* is as it stands in certificates: an IPv6 address has no brackets."""

    scheme: str
    host: str
    port: int
    path: str
    address: Address | None
    """The host, where it is an address itself."""


def target_of(url: str, reach: Reach) -> Target:
    """Return where *url* leads. Errors: UrlRefused, with the reason."""
    if len(url) > LONGEST or not VISIBLE.fullmatch(url):
        raise UrlRefused(why=f"it should be at most {LONGEST} characters of ASCII; write other hosts as xn--…")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise UrlRefused(why="its host or port makes no sense") from None
    if parts.scheme not in (("https", "http") if reach.plain else ("https",)):
        raise UrlRefused(why="it should begin with https://")
    if "@" in parts.netloc or "#" in url:
        raise UrlRefused(why="it should have no user, no password and no fragment")
    port = _port(parts.scheme, port, parts.netloc, reach)
    address = _address(host, parts.netloc)
    if address and is_refused(address, reach.allowed):
        raise UrlRefused(why="its address is not on the public internet")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, address)


def host_of(url: str) -> str:
    """Return the host of a URL that was taken, which may be told to whoever may not know the rest."""
    return urlsplit(url).hostname or ""


def _port(scheme: str, port: int | None, netloc: str, reach: Reach) -> int:
    if port is None and not netloc.endswith(":"):
        return HTTPS if scheme == "https" else 80
    if not port or not (reach.plain or port == HTTPS or port in UNPRIVILEGED):
        raise UrlRefused(why=f"its port should be {HTTPS}, or {UNPRIVILEGED[0]} and above")
    return port


def _address(host: str, netloc: str) -> Address | None:
    """Return the host if it is an address in its one spelling, None if it is a name. Errors: UrlRefused."""
    if netloc.startswith("["):
        return _bracketed(host, netloc)
    labels = host.split(".")
    if NUMBER.fullmatch(labels[-1]):
        try:
            return ip_address(host)
        except ValueError:
            raise UrlRefused(why="its host should be a name, or an address of four numbers") from None
    if len(host) > 253 or not all(map(LABEL.fullmatch, labels)):  # noqa: PLR2004 - the longest name there is
        raise UrlRefused(why="its host is no name that can be looked up; it should not end in a dot")
    return None


def _bracketed(host: str, netloc: str) -> Address:
    try:
        found = ip_address(host)
    except ValueError:
        raise UrlRefused(why="its host is no address") from None
    if (
        not isinstance(found, IPv6Address)
        or found.scope_id
        or not re.fullmatch(r"\[[0-9a-fA-F:.]+\](:[0-9]+)?", netloc)
    ):
        raise UrlRefused(why="its host should be an address without a zone")
    return found
