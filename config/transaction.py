"""Transactions: the engine, and the only place that commits.

Work that a transaction leaves behind for the queue (`session.info["nudges"]`) is handed over once it has committed,
and never holds up its caller.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import Session

from config.logging import request_id
from config.settings import settings

__all__ = [
    "AWAY",
    "Collision",
    "DatabaseAway",
    "Session",
    "StatementTooSlow",
    "after_commit",
    "engine",
    "hurried",
    "insisted",
    "reading",
    "retried",
    "transaction",
]

T = TypeVar("T")

# statement_timeout bounds a bad plan, lock_timeout a queue behind a stuck transaction, the idle one a stuck process.
SESSION = (
    "-c timezone=UTC -c statement_timeout=10000 -c lock_timeout=3000 "
    "-c idle_in_transaction_session_timeout=15000 -c default_transaction_isolation=read\\ committed"
)
TRANSIENT = frozenset({"40001", "40P01", "55P03"})  # serialization failure, deadlock, lock timeout
UNFIT = frozenset({"25006", "25P03"})  # read-only since a failover; the session was ended for idling
QUERY_CANCELED = "57014"
TRIES = 5
PAUSE = 0.5
"""Seconds after which a database that is away is asked again, half of it more or less."""

_handlers: list[Callable[[Sequence[Any]], None]] = []


class DatabaseAway(Exception):
    """The database cannot be reached or cannot take this now; whoever needs an answer may try again."""


class Collision(DatabaseAway):
    """The database ended this transaction in favour of another; nothing of it remains."""


class StatementTooSlow(DatabaseAway):
    """A statement took longer than it may: the database is busy, or what was asked of it is too much."""


# What a caller may see when the database cannot serve.
AWAY = (DatabaseAway,)


@cache
def engine() -> Engine:
    """Return the process's engine. A forked child must call `dispose(close=False)` on it first."""
    return create_engine(
        settings().sqlalchemy_url,
        pool_size=settings().db_pool_size,
        max_overflow=settings().db_pool_size,
        pool_timeout=5,
        pool_use_lifo=True,  # whoever was asked last knows the tables and the statements; the others may idle
        pool_pre_ping=True,
        hide_parameters=True,  # a statement's parameters may be somebody's address or the hash of a password
        connect_args={"connect_timeout": 3, "options": SESSION, "application_name": "aionbooking"},
    )


@cache
def _autocommitting(of: Engine) -> Engine:
    return of.execution_options(isolation_level="AUTOCOMMIT")


class Reading(Session):
    """A session that only reads."""

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Refuse to write what there is to be written."""
        if self.new or self.dirty or self.deleted:
            raise RuntimeError("a session that only reads was asked to write")
        super().flush(objects)


def after_commit(handler: Callable[[Sequence[Any]], None]) -> None:
    """Let *handler* have the nudges of every transaction that commits from now on. It must not block or raise."""
    _handlers[:] = [handler]


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a transaction; commit when the block ends, roll back when it raises.

    Errors: Collision and DatabaseAway in place of the driver's.
    """
    with _translated(), Session(engine(), expire_on_commit=False, info={"request_id": request_id()}) as session:
        with session.begin():
            yield session
        nudges = session.info.pop("nudges", ())
    if nudges:
        for handler in _handlers:
            handler(nudges)


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session that only reads, each statement by itself: without the two round trips of a transaction.

    What is read is as true as in `transaction()`, where each statement sees what is committed by then, too. Errors as
    there; RuntimeError when something is about to be written, which would not be undone by what goes wrong later.
    """
    with _translated(), Reading(_autocommitting(engine()), expire_on_commit=False) as session:
        yield session


@contextmanager
def hurried(milliseconds: int) -> Iterator[Session]:
    """Open a transaction that only reads, and no statement of which may take longer. Errors as in `transaction()`."""
    limit = {"limit": str(milliseconds)}
    with _translated(), Reading(engine(), expire_on_commit=False) as session, session.begin():
        session.execute(text("SELECT set_config('statement_timeout', :limit, true)"), limit)
        yield session


def retried(work: Callable[[Session], T]) -> T:
    """Run *work* in a transaction, all of it again after a collision: at most five times, full jitter.

    *work* must have no effect outside of the database.
    """
    for attempt in range(1, TRIES):
        try:
            with transaction() as session:
                return work(session)
        except Collision:
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - jitter, not cryptography
    with transaction() as session:
        return work(session)


def insisted(work: Callable[[Session], T], *, seconds: float) -> T:
    """Run *work* as `retried` does, and again while the database is away, as long as no more than *seconds* are over.

    A database that goes away may have committed before: *work* must find out that it was done already.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            return retried(work)
        except DatabaseAway:
            pause = random.uniform(0.5, 1.5) * PAUSE  # noqa: S311 - jitter, not cryptography
            if time.monotonic() + pause > until:
                raise
            time.sleep(pause)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PoolExhausted as error:
        raise DatabaseAway("every connection is in use") from error
    except DBAPIError as error:
        named = _named(error)
        if named is None:
            raise
        raise named from error


def _named(error: DBAPIError) -> DatabaseAway | None:
    """Return what a driver's error means to those who wait for an answer, or None when it is a bug of ours."""
    state = getattr(error.orig, "sqlstate", None)
    if state in TRANSIENT:
        return Collision(state)
    if state == QUERY_CANCELED:
        return StatementTooSlow("a statement was cut short")
    if isinstance(error, OperationalError | InterfaceError) or state in UNFIT:
        return DatabaseAway(str(error.orig).strip() or "no connection")
    return None
