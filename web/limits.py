"""Limits: how often each caller may ask, told on every answer that counts, and refused before anything is done.

Who is known is counted by what they came with (see `Principal.bucket_id`), once it is known who asks and before the body
is read. What needs no token is counted by address, and what could be guessed at a lower rate.
"""

import time
from collections.abc import Callable
from math import ceil
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request

from config.limiter import Quota, Standing, limiter
from config.metrics import LIMITED
from config.settings import settings
from domain.accounts.rules import Plan, Principal
from web.addresses import source
from web.problems import refused
from web.refusals import length

MINUTE = 60
HOUR = 60 * MINUTE
GUEST, AUTH, PUBLIC, TOKENS = "guest", "auth", "public", "tokens"
NEW_KEYS = Quota("new_keys", 20, HOUR)
"""Each key has a bucket of its own, so keys must not be made as fast as they can be used up."""
FEEDS = Quota("feeds", 20, MINUTE)
"""Of one feed, for all who have its address: calendars ask a few times an hour, and a long one takes a second to write."""

REPLAYS = Quota("replays", 20, HOUR)
"""Each may send 10,000 events; whoever asks again and again would have an endpoint be sent nothing else."""
REDELIVERIES = Quota("redeliveries", 300, HOUR)
"""One by one, by hand or by a program: for more there are replays."""

View = TypeVar("View", bound=Callable[..., Any])


class RateLimited(Exception):
    """There was no place left in a bucket."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing)
        self.standing = standing

    def answer(self) -> Response:
        """Return the problem, with the seconds after which asking again helps."""
        standing = self.standing
        LIMITED.labels(standing.quota.name).inc()
        tell(standing)
        response = refused("rate_limited", _sentence(standing))
        response.headers["Retry-After"] = str(standing.wait)
        return response


def unlimited(view: View) -> View:
    """Declare that *view* is not counted: a probe, or what is looked into by other means."""
    view.is_unlimited = True  # type: ignore[attr-defined]
    return view


def guessable(view: View) -> View:
    """Declare that *view* takes what could be guessed, or mails strangers: it is counted by address, as AUTH."""
    view.is_guessable = True  # type: ignore[attr-defined]
    return view


def register(app: Flask) -> None:
    """Count *app*'s requests that need no token. Register before authentication, which counts the others."""
    app.register_error_handler(RateLimited, RateLimited.answer)
    app.before_request(_count_address)
    app.after_request(_show)


def count(principal: Principal) -> None:
    """Count a request of whoever is known by now. Raises RateLimited."""
    name = GUEST if principal.booking_id else principal.plan
    take(_quota(name), principal.bucket_id)


def count_wrong_token() -> None:
    """Count a request whose token is not good. Raises RateLimited when its address has sent too many of them."""
    take(_quota(TOKENS), source())


def refuse_guesses() -> None:
    """Refuse an address that was just found to send too many wrong tokens, before another is looked up.

    Raises RateLimited. It asks nobody: each process finds out by itself.
    """
    if settings().ratelimit_enabled:
        standing = limiter().known_full(_quota(TOKENS), source())
        if standing:
            raise RateLimited(standing)


def take(quota: Quota, of: object) -> None:
    """Take a place in the bucket *of* somebody, and tell of it on the answer. Raises RateLimited."""
    if not settings().ratelimit_enabled:
        return
    standing = limiter().take(quota, of)
    if not standing.is_allowed:
        raise RateLimited(standing)
    tell(standing)


def take_each(*wanted: tuple[Quota, object]) -> None:
    """Take a place in each of several buckets, each *of* somebody, or in none where one is full.

    Raises RateLimited with the one that is full for longest: whoever comes again then is not refused by another.
    """
    if not settings().ratelimit_enabled:
        return
    for ask in (limiter().look, limiter().take):
        standings = [ask(quota, of) for quota, of in wanted]
        full = [each for each in standings if not each.is_allowed]
        if full:
            raise RateLimited(max(full, key=lambda each: each.frees_in))
    tell(standings[0])


def tell(standing: Standing) -> None:
    """Let the answer show how a bucket stands: the last that was refused, or the first that was counted."""
    if not standing.is_allowed or "standing" not in g:
        g.standing = standing


def _count_address() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.method == "OPTIONS" or getattr(view, "is_unlimited", False):
        return
    if getattr(view, "is_guessable", False):
        take(_quota(AUTH), source())
    elif getattr(view, "is_public", False):
        take(_quota(PUBLIC), source())


def _quota(name: str) -> Quota:
    """Return how much a plan, or whoever has none, may ask for in a minute."""
    most, kind = {
        # Both plans fill one bucket: whoever changes the plan keeps what was counted.
        Plan.FREE: (settings().ratelimit_free, "caller"),
        Plan.PAID: (settings().ratelimit_paid, "caller"),
        GUEST: (settings().ratelimit_guest, GUEST),
        AUTH: (settings().ratelimit_auth, AUTH),
        TOKENS: (settings().ratelimit_auth, TOKENS),
        PUBLIC: (settings().ratelimit_public, PUBLIC),
    }[name]
    return Quota(name, most, MINUTE, kind)


def _show(response: Response) -> Response:
    standing: Standing | None = g.get("standing")
    if standing:
        quota, wait = standing.quota, standing.wait
        response.headers["RateLimit-Policy"] = f'"{quota.name}";q={quota.most};w={quota.seconds}'
        response.headers["RateLimit"] = f'"{quota.name}";r={standing.remaining};t={wait}'
        response.headers["X-RateLimit-Limit"] = str(quota.most)
        response.headers["X-RateLimit-Remaining"] = str(standing.remaining)
        response.headers["X-RateLimit-Reset"] = str(ceil(time.time() + standing.frees_in))
    return response


def _sentence(standing: Standing) -> str:
    quota, wait = standing.quota, standing.wait
    seconds = "1 second" if wait == 1 else f"{wait} seconds"
    return f"At most {quota.most} within {length(quota.seconds // MINUTE)} ({quota.name}); ask again in {seconds}."
