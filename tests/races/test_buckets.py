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
from tests.builders import a_user
from tests.flows.desk import desk

ROOT = Path(__file__).resolve().parents[2]
SERVERS, TIMES = 8, 160
QUOTA = Quota("race", 100, 60)


def test_of_1280_requests_to_eight_servers_with_a_key_and_its_token_exactly_100_get_through() -> None:
    user = desk(a_user())
    key = user.post("/api/api-keys", {"name": "Till"}).get_json()["key"]
    token = user.post("/api/auth/token", {"api_key": key}).get_json()["access_token"]
    command = [sys.executable, "-m", "tests.races.hammer", str(TIMES), *[key, token] * (SERVERS // 2)]
    free = {"RATELIMIT_FREE": str(QUOTA.most)}
    told = subprocess.run(
        command, cwd=ROOT, env=os.environ | free, check=True, capture_output=True, text=True, timeout=120
    )
    assert told.stdout.split() == ["100", "1180"]


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
