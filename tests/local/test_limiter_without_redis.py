"""Redis may be stopped, and come back: limits hold in each process meanwhile, and nobody waits for it long."""

import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import limiter
from config.limiter import Limiter, Own, Quota, Standing
from config.local.places import place_at
from config.local.valkey import Valkey

QUOTA = Quota("outage", 3, 60)


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """Yield a server of the test's own."""
    place = place_at(Path(tempfile.mkdtemp(prefix="aionbooking-limits-")))
    server = Valkey(place)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        place.remove()


def took(limiter: Limiter, bucket: str, times: int) -> list[bool]:
    return [limiter.take(QUOTA, bucket).is_allowed for _ in range(times)]


def test_limits_hold_while_it_is_stopped_and_are_shared_again_afterwards(valkey: Valkey) -> None:
    one, another = (Limiter(valkey.url, pause=0) for _ in range(2))
    assert (took(one, "a", 2), took(another, "a", 2)) == ([True, True], [True, False])

    valkey.stop()
    assert took(one, "a", 4) == [True, True, True, False]
    assert took(another, "a", 4) == [True, True, True, False]
    one.clear(QUOTA, "a")
    assert one.look(QUOTA, "a").remaining == 3

    valkey.start()
    assert (took(one, "b", 2), took(another, "b", 2)) == ([True, True], [True, False])


def test_while_it_hangs_one_request_in_a_while_waits_and_not_long(valkey: Valkey) -> None:
    limiter = Limiter(valkey.url, pause=3600)
    took(limiter, "a", 1)
    assert valkey.process
    valkey.process.send_signal(signal.SIGSTOP)
    try:
        begun = time.monotonic()
        assert took(limiter, "a", 1000) == [True] * 3 + [False] * 997
        assert time.monotonic() - begun < 3  # the first has waited half a second
    finally:
        valkey.process.send_signal(signal.SIGCONT)


def test_what_a_process_counts_by_itself_is_let_go_once_its_window_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    own, begun = Own(), time.monotonic()

    def taken(bucket: str, *, after: float) -> Standing:
        monkeypatch.setattr(limiter.time, "monotonic", lambda: begun + after)
        return own.standing(QUOTA, bucket, takes=True)

    for number in range(2000):
        taken(f"{number}", after=0)
    assert [taken("one", after=each).is_allowed for each in (30, 30, 30, 31)] == [True, True, True, False]
    assert len(own) == 2001
    assert taken("one", after=61).is_allowed is False
    assert len(own) == 1
    assert [taken("one", after=90).is_allowed for _ in range(4)] == [True, True, True, False]


def test_looking_at_what_a_process_counts_keeps_nothing() -> None:
    own = Own()
    standing = own.standing(QUOTA, "somebody", takes=False)
    assert (standing.is_allowed, standing.remaining, standing.wait) == (True, 3, 60)
    assert len(own) == 0
