"""Addresses: where a request comes from, past the proxies that the installation trusts, and past no other."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from flask import request

from config.settings import settings
from config.spelling import Network

SITE = 64
"""Bits of an IPv6 address that tell one caller from another: of the rest everybody has as many as they like."""
UNKNOWN = "unknown"
# As RFC 7239 writes it, and some gateways: IPv6 in brackets, and a port behind either.
WITH_PORT = re.compile(r"\[(?P<six>[^\]]*)\](?::[0-9]{1,5})?|(?P<four>[0-9.]+):[0-9]{1,5}")


def source() -> str:
    """Return what a caller without a name is counted by: an IPv4 address, or the /64 of an IPv6 address."""
    found = origin(request.remote_addr or "", request.headers.getlist("X-Forwarded-For"), settings().proxies_trusted)
    if found is None:
        return UNKNOWN
    return str(found) if isinstance(found, IPv4Address) else str(ip_network((found, SITE), strict=False))


def origin(peer: str, forwarded: list[str], trusted: tuple[Network, ...]) -> IPv4Address | IPv6Address | None:
    """Return the nearest address that is no trusted proxy's; None when *peer*, who is connected, has none.

    Each proxy adds whom it heard from on the right of X-Forwarded-For. So it is read from there, only as far as it was
    written by who is trusted: what a caller has sent themselves lies to the left of that.
    """
    found = None
    for each in _nearest_first(peer, forwarded):
        found = each
        if not any(each in network for network in trusted):
            break
    return found


def _nearest_first(peer: str, forwarded: list[str]) -> Iterator[IPv4Address | IPv6Address]:
    """Yield the addresses on the way, until one that is none."""
    for text in (peer, *reversed(",".join(forwarded).split(","))):
        try:
            address = ip_address(_bare(text.strip()))
        except ValueError:
            return
        yield (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _bare(text: str) -> str:
    """Return an address without its brackets and its port."""
    found = WITH_PORT.fullmatch(text)
    return found["six"] or found["four"] or "" if found else text
