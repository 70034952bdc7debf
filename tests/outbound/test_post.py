"""The guarded POST: whatever is at the other end, it is told in time, and nothing is called that may not be."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from domain.webhooks.gateway import Call, Heard, Outcome, Unheard
from domain.webhooks.rules.addresses import Address
from domain.webhooks.rules.urls import Reach
from tests.outbound import strangers
from tests.outbound.certificates import NOW, Authority
from tests.outbound.hooks import HERE
from tests.outbound.strangers import Conduct, Stranger, says
from workers.delivery import http
from workers.delivery.addresses import Lookup, system_lookup
from workers.delivery.http import KEPT, Post

BODY = b'{"type":"booking.confirmed"}'
SHORT = 0.6


def posted(url: str, *, seconds: float = 10, lookup: Lookup = system_lookup, reach: Reach = HERE) -> Outcome:
    call = Call(url=url, headers={"Content-Type": "application/json", "webhook-id": "evt_1"}, body=BODY)
    return Post(reach=reach, lookup=lookup, seconds=seconds)(call)


def answered(conduct: Conduct, *, seconds: float = 10) -> Outcome:
    with Stranger(conduct) as stranger:
        return posted(stranger.url, seconds=seconds)


def failure(outcome: Outcome) -> str:
    assert isinstance(outcome, Unheard), outcome
    return outcome.failure.value


def test_it_posts_once_with_its_headers_and_hangs_up() -> None:
    with Stranger(says(200, b"thanks")) as stranger:
        outcome = posted(f"{stranger.url}?shop=1")

    assert isinstance(outcome, Heard)
    assert (outcome.status, outcome.body, outcome.is_good) == (200, b"thanks", True)
    head, _, body = stranger.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /hook?shop=1 HTTP/1.1"
    assert {f"Host: localhost:{stranger.port}", "webhook-id: evt_1", "Connection: close"} <= {*lines}
    assert body == BODY
    assert len(stranger.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_no_success_and_is_not_followed(status: int) -> None:
    with Stranger(says(200)) as other, Stranger(says(status, Location=other.url)) as stranger:
        outcome = posted(stranger.url)

    assert isinstance(outcome, Heard)
    assert (outcome.status, outcome.is_good, other.requests) == (status, False, [])


@pytest.mark.parametrize(
    ("conduct", "told"),
    [
        (strangers.resets, "connection_failed"),
        (strangers.hangs_up, "connection_failed"),
        (strangers.talks_nonsense, "no_http_answer"),
        (strangers.floods_with_headers, "no_http_answer"),
    ],
)
def test_what_is_no_answer_is_told(conduct: Conduct, told: str) -> None:
    assert failure(answered(conduct)) == told


@pytest.mark.parametrize(
    "conduct",
    [strangers.is_silent, strangers.drips(b""), strangers.drips(b"HTTP/1.1 200 OK\r\nX-Slow: ")],
    ids=["silent", "drips", "drips headers"],
)
def test_however_slowly_it_is_answered_a_call_ends_in_time(conduct: Conduct) -> None:
    begun = time.monotonic()
    outcome = answered(conduct, seconds=SHORT)

    assert failure(outcome) == "timeout"
    assert SHORT <= time.monotonic() - begun < SHORT + 2


def test_a_status_decides_however_slowly_its_body_comes() -> None:
    outcome = answered(strangers.drips(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"), seconds=SHORT)

    assert isinstance(outcome, Heard)
    assert outcome.is_good
    assert 0 < len(outcome.body) < 10
    assert outcome.milliseconds < (SHORT + 2) * 1000


def test_of_a_body_without_an_end_the_beginning_is_kept() -> None:
    outcome = answered(strangers.floods)

    assert isinstance(outcome, Heard)
    assert outcome.body == b"y" * KEPT


def test_where_nobody_listens_the_connection_fails() -> None:
    with socket.socket() as taken:  # bound, so that nobody else comes to listen there
        taken.bind(("127.0.0.1", 0))
        assert failure(posted(f"http://127.0.0.1:{taken.getsockname()[1]}/")) == "connection_failed"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("0", 0), ("soon", None), ("-5", None), ("1e3", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)],
)
def test_how_long_it_asks_to_be_left_alone(header: str, seconds: int | None) -> None:
    outcome = answered(says(503, Retry_After=header))

    assert isinstance(outcome, Heard)
    assert outcome.retry_after == (None if seconds is None else timedelta(seconds=seconds))


def at(*addresses: str) -> Lookup:
    return lambda _: [ip_address(each) for each in addresses]


def test_a_name_is_looked_up_once_and_what_was_checked_is_called() -> None:
    """A name that leads inside when it is asked for again gains nothing by it."""
    asked: list[str] = []

    def rebinding(host: str) -> Sequence[Address]:
        asked.append(host)
        return [ip_address("127.0.0.1" if len(asked) == 1 else "10.0.0.1")]

    with Stranger(says(200)) as stranger:
        outcome = posted(f"http://rebinding.example:{stranger.port}/", lookup=rebinding)

    assert isinstance(outcome, Heard)
    assert asked == ["rebinding.example"]
    assert f"Host: rebinding.example:{stranger.port}".encode() in stranger.requests[0]


@pytest.mark.parametrize(
    "inside",
    ["10.0.0.1", "169.254.169.254", "100.100.100.200", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "224.0.0.1"],
)
def test_one_address_inside_among_those_of_a_name_is_enough_to_refuse_it(inside: str) -> None:
    with Stranger(says(200)) as stranger:
        outcome = posted(f"http://mixed.example:{stranger.port}/", lookup=at("127.0.0.1", inside))

    assert failure(outcome) == "no_public_address"
    assert stranger.requests == []


def test_in_production_this_machine_is_not_called() -> None:
    reach = Reach(plain=False, allowed=[])
    assert failure(posted("https://localhost/", reach=reach)) == "no_public_address"
    assert failure(posted("https://127.0.0.1/", reach=reach)) == "no_public_address"
    assert failure(posted("http://example.com/", reach=reach, lookup=at("93.184.216.34"))) == "no_public_address"


def test_a_network_that_is_allowed_is_called() -> None:
    reach = Reach(plain=True, allowed=[ip_network("127.0.0.0/8")])
    with Stranger(says(204)) as stranger:
        outcome = posted(f"http://127.0.0.1:{stranger.port}/", reach=reach)
    assert isinstance(outcome, Heard)


def test_of_several_addresses_the_first_that_takes_a_connection_is_called() -> None:
    with Stranger(says(200)) as stranger:
        outcome = posted(f"http://two.example:{stranger.port}/", lookup=at("127.0.0.9", "127.0.0.1"))
    assert isinstance(outcome, Heard)


def test_a_name_that_nobody_has_is_told() -> None:
    def unknown(_: str) -> Sequence[Address]:
        raise socket.gaierror("no such name")

    assert failure(posted("http://nobody.invalid/", lookup=unknown)) == "no_public_address"
    assert failure(posted("http://nobody.invalid/", lookup=at())) == "no_public_address"


def test_a_name_server_that_is_silent_does_not_hold_a_call_up() -> None:
    answering = threading.Event()

    def slow(_: str) -> Sequence[Address]:
        answering.wait(30)
        return []

    begun = time.monotonic()
    assert failure(posted("http://slow.example/", lookup=slow, seconds=SHORT)) == "timeout"
    assert time.monotonic() - begun < SHORT + 2
    answering.set()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    http.trusted.cache_clear()
    yield made
    http.trusted.cache_clear()


def test_a_good_certificate_is_believed_for_its_host(authority: Authority) -> None:
    with Stranger(says(200, b"safe"), context=authority.context("hooks.example")) as stranger:
        outcome = posted(f"https://hooks.example:{stranger.port}/", lookup=at("127.0.0.1"))

    assert isinstance(outcome, Heard)
    assert outcome.body == b"safe"


def test_a_certificate_of_another_host_or_an_old_one_is_not_believed(authority: Authority) -> None:
    of_another = authority.context("other.example")
    old = authority.context("hooks.example", until=NOW - timedelta(days=1))
    for context in (of_another, old):
        with Stranger(says(200), context=context) as stranger:
            outcome = posted(f"https://hooks.example:{stranger.port}/", lookup=at("127.0.0.1"))
        assert failure(outcome) == "tls_failed"
        assert stranger.requests == []


def test_a_certificate_of_an_unknown_authority_is_not_believed(tmp_path: Path) -> None:
    with Stranger(says(200), context=Authority(tmp_path).context("hooks.example")) as stranger:
        outcome = posted(f"https://hooks.example:{stranger.port}/", lookup=at("127.0.0.1"))
    assert failure(outcome) == "tls_failed"


def test_over_tls_too_a_call_ends_in_time(authority: Authority) -> None:
    slow = strangers.drips(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    with Stranger(slow, context=authority.context("hooks.example")) as stranger:
        outcome = posted(f"https://hooks.example:{stranger.port}/", lookup=at("127.0.0.1"), seconds=SHORT)
    assert failure(outcome) == "timeout"


def test_who_never_shakes_hands_does_not_hold_a_call_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"https://hooks.example:{deaf.getsockname()[1]}/"
        assert failure(posted(url, lookup=at("127.0.0.1"), seconds=SHORT)) == "timeout"


def test_a_name_that_leads_inside_looks_like_one_that_is_not_there() -> None:
    def nobody(_: str) -> Sequence[Address]:
        raise OSError

    told = [posted("https://till.corp/", lookup=each) for each in (at("10.0.0.1"), at(), nobody)]
    assert all(isinstance(each, Unheard) for each in told)
    assert told[0] == told[1] == told[2]
