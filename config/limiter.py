"""The limiter: how often somebody may do a thing within a moving window, counted in Redis, or here while that is away.

Every process and host that asks the same Redis shares the count, which is exact: one script looks, decides and counts,
by Redis's own clock. While Redis does not answer each process counts by itself, from nothing.
"""

import time
from collections.abc import Callable
from functools import cache
from math import ceil
from threading import Lock
from typing import NamedTuple, TypeVar, cast

from limits.storage import RedisStorage
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.logging import log
from config.patience import pool
from config.settings import settings

PAUSE = 2.0
"""Seconds that Redis is left alone once it did not answer; then one request tries it again."""
REMEMBERED = 10_000
"""Buckets that a process knows to be full, before it looks which of them still are."""
SWEEP = 60.0
"""Seconds between looks at all of this process's own windows, which take as long as there are many."""
MICRO = 1_000_000

# A list for each bucket holds when each of its places was taken, the newest first. Redis runs nothing else meanwhile.
# Should its clock be set back, time stands still for a bucket until it is there again: no place is given twice.
SCRIPT = """
local bucket, most, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000000
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local newest = tonumber(redis.call('LINDEX', bucket, 0) or 0)
if newest > now + window then redis.call('DEL', bucket) elseif newest > now then now = newest end

local oldest = redis.call('LINDEX', bucket, -1)
while oldest and tonumber(oldest) + window <= now do
    redis.call('RPOP', bucket)
    oldest = redis.call('LINDEX', bucket, -1)
end

local taken = redis.call('LLEN', bucket)
local allowed = taken < most
if allowed and ARGV[3] == '1' then
    redis.call('LPUSH', bucket, string.format('%.0f', now))
    redis.call('PEXPIRE', bucket, tonumber(ARGV[2]) * 1000)
    taken = taken + 1
end

local leaves = window
if taken > 0 then
    leaves = tonumber(redis.call('LINDEX', bucket, math.min(taken, most) - 1)) + window - now
end
return {allowed and 1 or 0, math.max(most - taken, 0), leaves}
"""

T = TypeVar("T")


class Quota(NamedTuple):
    """At most *most* within any *seconds*, for each bucket. Quotas that fill the same buckets have one *kind*."""

    name: str
    most: int
    seconds: int
    kind: str = ""


class Standing(NamedTuple):
    """What a bucket came to: whether there was a place, how many are left, and in how many seconds one more is."""

    quota: Quota
    is_allowed: bool
    remaining: int
    frees_in: float

    @property
    def wait(self) -> int:
        """Return the whole seconds, at least one, after which there is a place more."""
        return max(1, ceil(self.frees_in))


class Shared(RedisStorage):
    """Windows in Redis, which every process shares. The library's own counts by the clock of whichever host asks."""

    def __init__(self, url: str) -> None:
        super().__init__(url, pool(url, retry=Retry(NoBackoff(), 0)), key_prefix="limits")
        self._script = self.get_connection().register_script(SCRIPT.encode())

    def standing(self, quota: Quota, bucket: str, *, takes: bool) -> Standing:
        """Take a place, or only look. Raises RedisError."""
        arguments = (quota.most, quota.seconds, int(takes))
        found = cast("list[int]", self._script([self.prefixed_key(bucket)], arguments))
        return Standing(quota, bool(found[0]), found[1], found[2] / MICRO)


class Own:
    """Windows in this process's memory. The library's own keep a list for every bucket that ever was, if an empty one."""

    def __init__(self) -> None:
        self._places: dict[str, list[float]] = {}
        self._guard = Lock()
        self._next_sweep = 0.0

    def __len__(self) -> int:
        """Return how many buckets are kept."""
        return len(self._places)

    def standing(self, quota: Quota, bucket: str, *, takes: bool) -> Standing:
        """Take a place, or only look."""
        now = time.monotonic()
        with self._guard:
            self._sweep(now)
            ends = [each for each in self._places.get(bucket, ()) if each > now]  # of its places, the oldest first
            is_allowed = len(ends) < quota.most
            if is_allowed and takes:
                ends.append(now + quota.seconds)
            if ends:
                self._places[bucket] = ends
        remaining = max(quota.most - len(ends), 0)
        frees_in = ends[-min(len(ends), quota.most)] - now if ends else quota.seconds
        return Standing(quota, is_allowed, remaining, frees_in)

    def clear(self, bucket: str) -> None:
        """Give every place of a bucket back."""
        with self._guard:
            self._places.pop(bucket, None)

    def _sweep(self, now: float) -> None:
        """Now and then, forget the buckets whose windows are over."""
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP
            self._places = {bucket: ends for bucket, ends in self._places.items() if ends[-1] > now}


class Limiter:
    """Gives places of quotas away. Threads may share it."""

    def __init__(self, url: str, *, pause: float = PAUSE) -> None:
        self._shared, self._own = Shared(url), Own()
        self._pause = pause
        self._is_away = False
        self._next_try = 0.0
        self._guard = Lock()
        self._full: dict[str, float] = {}

    def take(self, quota: Quota, of: object) -> Standing:
        """Take a place in the bucket *of* somebody, if there is one."""
        bucket = _named(quota, of)
        standing = self._asked(lambda windows: windows.standing(quota, bucket, takes=True))
        if not standing.is_allowed:
            self._remember(bucket, standing.frees_in)
        return standing

    def look(self, quota: Quota, of: object) -> Standing:
        """Tell how a bucket stands, and take nothing."""
        bucket = _named(quota, of)
        return self._asked(lambda windows: windows.standing(quota, bucket, takes=False))

    def clear(self, quota: Quota, of: object) -> None:
        """Give every place of a bucket back."""
        bucket = _named(quota, of)
        self._full.pop(bucket, None)
        self._asked(lambda windows: windows.clear(bucket))

    def known_full(self, quota: Quota, of: object) -> Standing | None:
        """Return how a bucket stands that was full when this process last asked, and is so still; it asks nobody."""
        left = self._full.get(_named(quota, of), 0) - time.monotonic()
        return Standing(quota, is_allowed=False, remaining=0, frees_in=left) if left > 0 else None

    def _asked(self, work: Callable[[Shared | Own], T]) -> T:
        if self._may_try():
            try:
                found = work(self._shared)
            except RedisError as error:
                self._note(is_away=True, error=str(error))
            else:
                if self._is_away:
                    self._note(is_away=False)
                return found
        return work(self._own)

    def _may_try(self) -> bool:
        """Tell whether to ask Redis. While it is away one request in a while does, and no other waits for it."""
        if not self._is_away:
            return True
        with self._guard:
            now = time.monotonic()
            if now < self._next_try:
                return False
            self._next_try = now + self._pause
            return True

    def _note(self, *, is_away: bool, **why: str) -> None:
        with self._guard:
            self._next_try = time.monotonic() + self._pause
            if self._is_away != is_away:
                self._is_away = is_away
                log.warning("limits_counted_by_each_process" if is_away else "limits_counted_together", **why)

    def _remember(self, bucket: str, frees_in: float) -> None:
        now = time.monotonic()
        if len(self._full) >= REMEMBERED:
            self._full = {name: until for name, until in list(self._full.items()) if until > now}
        if len(self._full) < REMEMBERED:
            self._full[bucket] = now + frees_in


@cache
def limiter() -> Limiter:
    """Return the process's limiter."""
    return Limiter(settings().redis_url)


def _named(quota: Quota, of: object) -> str:
    return f"{quota.kind or quota.name}/{of}"
