"""Where a request comes from: past proxies that are trusted, and never where a caller says."""

from ipaddress import ip_address, ip_network

import pytest
from flask import Flask

from web.addresses import origin, source

TRUSTED = tuple(map(ip_network, ("10.0.0.0/8", "fd00::/8")))


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),  # nobody that we trust says so
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1, 203.0.113.7"], "203.0.113.7"),  # the left one was sent by the caller
        ("10.0.0.1", ["198.51.100.1", "203.0.113.7, 10.0.0.2"], "203.0.113.7"),
        ("10.0.0.1", ["10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, nonsense, 10.0.0.2"], "10.0.0.2"),
        ("fd00::1", ["2001:db8::1"], "2001:db8::1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1:5678"], "198.51.100.1"),  # as some gateways write
        ("10.0.0.1", ["[2001:db8::1]:5678, 10.0.0.2:80"], "2001:db8::1"),
        ("10.0.0.1", ["[2001:db8::1]"], "2001:db8::1"),
        ("10.0.0.1", ["2001:db8::1:5678"], "2001:db8::1:5678"),  # without brackets it is no port
        ("10.0.0.1", ["198.51.100.1:port"], "10.0.0.1"),
        ("10.0.0.1", ["[]:5678"], "10.0.0.1"),
    ],
)
def test_it_is_read_from_the_right_as_far_as_proxies_are_trusted(peer: str, forwarded: list[str], found: str) -> None:
    assert origin(peer, forwarded, TRUSTED) == ip_address(found)


def test_there_may_be_none() -> None:
    assert origin("", ["198.51.100.1"], TRUSTED) is None


@pytest.mark.parametrize(
    ("peer", "counted"),
    [
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::4", "2001:db8:1:3::/64"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("198.51.100.1", "198.51.100.1"),
        ("unix:", "unknown"),
    ],
)
def test_ipv6_is_counted_by_64_bits(peer: str, counted: str) -> None:
    with Flask("probe").test_request_context(environ_base={"REMOTE_ADDR": peer}):
        assert source() == counted
