"""Probes: `/livez` says that the process runs, `/readyz` that it can do its work."""

from datetime import datetime
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response

from config.clock import clock
from config.health import is_migrated, redis_answers
from config.transaction import AWAY, transaction
from domain.kernel import heartbeats
from web.answers import Answer
from web.auth import public
from web.limits import unlimited
from web.problems import refused

health = Blueprint("health", __name__)


@health.get("/livez")
@public
@unlimited
def livez() -> Response:
    """Answer, whatever else is down."""
    return Answer(status=200, body={"status": "live"}).response()


@health.get("/readyz")
@public
@unlimited
def readyz() -> Response:
    """Answer 200 while PostgreSQL is there and migrated; without Redis the work goes on, degraded."""
    try:
        with transaction() as session:
            migrated = is_migrated(session)
            beat = heartbeats.last(session, "beat") if migrated else None
    except AWAY:
        return _unready("PostgreSQL cannot be reached.")
    if not migrated:
        return _unready("The database is not at this version's schema; run the migrations.")
    redis = redis_answers()
    body: dict[str, Any] = {
        "status": "ready" if redis else "degraded",
        "database": "up",
        "schema": "current",
        "redis": "up" if redis else "down",
        "beat_age_seconds": _age(beat),
        "tzdata": version("tzdata"),
    }
    return Answer(status=200, body=body).response()


def _unready(detail: str) -> Response:
    return refused("unavailable", detail)


def _age(beat: datetime | None) -> int | None:
    return None if beat is None else int((clock() - beat).total_seconds())
