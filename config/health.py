"""Health: whether what this process stands on is there."""

from functools import cache

from alembic.script import ScriptDirectory
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import text
from sqlalchemy.orm import Session

from config.settings import ROOT, settings

PATIENCE = 0.5  # seconds


def is_migrated(session: Session) -> bool:
    """Tell whether the database is at the revision that this code was written for."""
    if session.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return False
    return session.scalars(text("SELECT version_num FROM alembic_version")).all() == [_head()]


def redis_answers() -> bool:
    """Tell whether Redis answers, within a second."""
    client = Redis.from_url(
        settings().redis_url,
        socket_connect_timeout=PATIENCE,
        socket_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()


@cache
def _head() -> str | None:
    return ScriptDirectory(str(ROOT / "domain" / "migrations")).get_current_head()
