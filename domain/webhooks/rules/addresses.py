"""Which addresses nothing is sent to: whatever is not somebody's on the public internet.

Listed, because `ipaddress.is_global` is True for some that lead back inside: multicast, NAT64, 6to4.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

REFUSED: Sequence[Network] = [
    ip_network(each)
    for each in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by a carrier's customers; some clouds keep metadata there
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local; most clouds keep metadata there
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocols' own; one cloud keeps metadata there
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4's relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "168.63.129.16/32",  # one cloud's own services, on a public address
        "::/3",  # unspecified, loopback, IPv4 within IPv6, NAT64 (64:ff9b::), discard-only (100::)
        "2001::/23",  # protocols' own, among them Teredo, benchmarks and ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
        "4000::/2",  # not given to anybody yet
        "8000::/1",  # the same, and unique local, link-local, site-local, multicast
    )
]


def is_refused(address: Address, allowed: Sequence[Network]) -> bool:
    """Tell whether nothing is sent to an address that is in none of the networks *allowed* by the installation.

    An IPv4 address within an IPv6 one is refused, whatever it is: who means it can write it.
    """
    if any(address in network for network in allowed):
        return False
    return any(address in network for network in REFUSED)
