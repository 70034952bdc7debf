"""Limits that a test sets itself, callers at addresses of their own, and time that passes for what was counted."""

import os
import secrets
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import TestResponse

from config.settings import settings
from web import addresses, limits, sign_ins

WRONG = "wrong horse"
SETTERS = (addresses, limits, sign_ins)


def set_limits(patch: pytest.MonkeyPatch, **given: Any) -> None:  # noqa: ANN401 - settings
    """Let the web have other settings."""
    changed = settings().model_copy(update=given)
    for module in SETTERS:
        patch.setattr(module, "settings", lambda: changed)


def somewhere() -> str:
    """Return an address that nothing was counted for."""
    return ".".join(map(str, (10, *secrets.token_bytes(3))))


def at(address: str) -> dict[str, str]:
    """Return the environment of a request from there."""
    return {"REMOTE_ADDR": address}


def sign_in(client: FlaskClient, place: str, email: str, password: str = WRONG) -> TestResponse:
    """Try a password from *place*."""
    body = {"email": email, "password": password}
    return client.post("/api/auth/login", json=body, environ_base=at(place))


def pass_time(seconds: float) -> None:
    """Let everything have been counted so much earlier."""
    with Redis.from_url(os.environ["REDIS_URL"]) as client:
        for bucket in client.scan_iter("limits:*"):
            times = [int(each) - round(seconds * 1_000_000) for each in client.lrange(bucket, 0, -1)]
            client.delete(bucket)
            if times:  # none are left of what somebody else filled, and what has ended since it was found
                client.rpush(bucket, *times)
