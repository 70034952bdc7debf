"""Liveness: a connection that died while it rested in the pool is replaced before anybody uses it.

A server that ends a connection says so, and what it said lies there to be read. To see whether something does takes a
microsecond; to ask the server, as `pool_pre_ping` always does, takes a round trip. So who has rested for long is asked: a
machine that lost its power, or a firewall that forgot, goes without a word.
"""

import select
import time

from psycopg import Connection, Error
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

LONG = 1.0  # seconds; no machine is up again, and no firewall forgets, in less
RESTS_SINCE = "rests_since"


def watch(engine: Engine) -> None:
    """Let *engine* hand out no connection that has died; with the first that has, it replaces all. They autocommit."""
    event.listen(engine, "checkin", _rest)
    event.listen(engine, "checkout", _wake)


def _rest(_: object, entry: ConnectionPoolEntry) -> None:
    entry.info[RESTS_SINCE] = time.monotonic()


def _wake(connection: Connection, entry: ConnectionPoolEntry, _: object) -> None:
    since = entry.info.get(RESTS_SINCE)  # a new connection has not rested
    if since is not None and not _lives(connection, rested=time.monotonic() - since):
        raise InvalidatePoolError


def _lives(connection: Connection, *, rested: float) -> bool:
    try:
        if rested > LONG or _was_spoken_to(connection):
            connection.execute("SELECT 1")
    except Error:
        return False
    return True


def _was_spoken_to(connection: Connection) -> bool:
    """Tell whether there is something to be read, which nobody has asked for: most likely a farewell."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))
