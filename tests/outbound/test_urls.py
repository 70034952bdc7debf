"""URLs of endpoints: what some reader of URLs takes for another host is refused, and so is every address inside."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.webhooks.rules.addresses import is_refused
from domain.webhooks.rules.errors import UrlRefused
from domain.webhooks.rules.urls import Reach, Target, target_of

OUTSIDE = Reach(plain=False, allowed=[])
LOCAL = Reach(plain=True, allowed=[ip_network("127.0.0.0/8")])


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://example.com", ("https", "example.com", 443, "/")),
        ("https://Hooks.Example.COM/a/b?c=d&e=%2F", ("https", "hooks.example.com", 443, "/a/b?c=d&e=%2F")),
        ("https://example.com:8443/", ("https", "example.com", 8443, "/")),
        ("https://xn--bcher-kva.example/", ("https", "xn--bcher-kva.example", 443, "/")),
        ("https://93.184.216.34/", ("https", "93.184.216.34", 443, "/")),
        ("https://[2606:4700::1111]:8443/", ("https", "2606:4700::1111", 8443, "/")),
    ],
)
def test_where_a_url_leads(url: str, target: tuple[object, ...]) -> None:
    assert target_of(url, OUTSIDE)[:4] == target


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "//example.com/",
        "example.com",
        "https:///path",
        "https://",
        "https://user@example.com/",
        "https://user:word@example.com/",
        "https://example.com@127.0.0.1/",
        "https://example.com#@127.0.0.1/",
        "https://example.com\\@127.0.0.1/",
        "https://example.com/\\..\\",
        "https://example.com/ /",
        "https://example.com/\r\nHost: inside",
        "https://exa\tmple.com/",
        "https://example.com./",
        "https://example..com/",
        "https://-example.com/",
        "https://exa_mple.com/",
        "https://exa%6dple.com/",
        "https://bücher.example/",
        "https://ⓔxample.com/",
        "https://example。com/",
        "https://example.com:0/",
        "https://example.com:22/",
        "https://example.com:80/",
        "https://example.com:65536/",
        "https://example.com:/",
        "https://example.com:\uff14\uff14\uff13/",
        "https://[fe80::1%25eth0]/",
        "https://[fe80::1%eth0]/",
        "https://[2606:4700::1111]x/",
        "https://[v1.example]/",
        "https://2606:4700::1111/",
        f"https://example.com/{'a' * 2000}",
        f"https://{'a' * 64}.com/",
        f"https://{'.'.join(['a' * 60] * 5)}/",
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(UrlRefused):
        target_of(url, OUTSIDE)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.0x1", "0", "0.0.0.1", "1.2.3.4.5"),
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.192", "168.63.129.16"),
        *("224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1", "198.51.100.1", "203.0.113.1"),
        *("[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:8.8.8.8]", "[::127.0.0.1]", "[64:ff9b::7f00:1]"),
        *(
            "[64:ff9b:1::1]",
            "[100::1]",
            "[2001::1]",
            "[2001:db8::1]",
            "[2002:7f00:1::]",
            "[fc00::1]",
            "[fd00:ec2::254]",
        ),
        *("[fe80::1]", "[fec0::1]", "[ff02::1]", "[3fff::1]", "[5f00::1]"),
    ],
)
def test_an_address_inside_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(UrlRefused):
        target_of(f"https://{host}/", OUTSIDE)


def test_where_it_is_allowed_plain_http_and_any_port_will_do() -> None:
    expected = Target("http", "127.0.0.1", 81, "/", ip_address("127.0.0.1"))
    assert target_of("http://127.0.0.1:81/", LOCAL) == expected
    assert target_of("http://localhost/", LOCAL)[:3] == ("http", "localhost", 80)
    with pytest.raises(UrlRefused):
        target_of("http://10.0.0.1/", LOCAL)


@given(st.ip_addresses())
def test_no_address_is_called_that_python_does_not_take_for_the_public_internets(address: object) -> None:
    given_to_somebody = ip_address(str(address))
    if not is_refused(given_to_somebody, []):
        assert given_to_somebody.is_global
        assert not given_to_somebody.is_multicast


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"]
)
def test_what_is_of_the_public_internet_is_called(address: str) -> None:
    assert not is_refused(ip_address(address), [])
