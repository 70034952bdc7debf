"""A bucket gives away as many places as it has, whoever asks for them at once, and whatever their clocks say."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from limits import RateLimitItemPerMinute
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter

from config.limiter import Limiter, Quota

ROOT = Path(__file__).resolve().parents[2]
PROCESSES, TIMES = 8, 160
QUOTA = Quota("race", 100, 60)


def begun(bucket: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.races.hammer", bucket, str(TIMES)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_of_1280_requests_over_eight_processes_exactly_100_get_through() -> None:
    bucket = uuid4().hex
    rivals = [begun(bucket) for _ in range(PROCESSES)]
    for each in rivals:
        assert each.stdout
        assert each.stdout.readline() == "ready\n"
    for each in rivals:
        assert each.stdin
        each.stdin.write("go\n")
        each.stdin.flush()
    assert sum(int(each.communicate(timeout=60)[0]) for each in rivals) == 100


def through(take: Callable[[], bool], patch: pytest.MonkeyPatch) -> int:
    """Count what gets through on two hosts, of which one is a little more than a minute ahead."""
    here = time.time
    found = sum(take() for _ in range(150))
    with patch.context() as ahead:
        ahead.setattr(time, "time", lambda: here() + 61)
        return found + sum(take() for _ in range(150))


def test_a_host_whose_clock_is_ahead_gets_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    limiter, bucket = Limiter(os.environ["REDIS_URL"]), uuid4().hex
    assert through(lambda: limiter.take(QUOTA, bucket).is_allowed, monkeypatch) == 100


def test_by_the_clocks_of_hosts_it_would_get_as_many_again(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs, bucket = MovingWindowRateLimiter(RedisStorage(os.environ["REDIS_URL"])), uuid4().hex
    assert through(lambda: theirs.hit(RateLimitItemPerMinute(100), bucket), monkeypatch) == 200
