"""Connections that die while they rest in the pool: whoever comes next does not notice."""

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
from firewall import firewall
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from config import liveness
from config.settings import settings
from config.transaction import DatabaseAway, Session, reading, transaction

BACKEND = text("SELECT pg_backend_pid()")
END = text("SELECT pg_terminate_backend(:backend, 5000)")
END_THE_OTHERS = text(
    "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = 'aionbooking' AND pid <> pg_backend_pid()"
)


def backends() -> set[int]:
    """Return the backends of connections that are used at the same time, and rest afterwards."""
    with ExitStack() as several:
        return {several.enter_context(reading()).scalar(BACKEND) for _ in range(3)}


def backend(engine: Engine) -> int:
    """Return the backend of a connection that rests afterwards."""
    with engine.connect() as connection:
        return int(connection.scalar(BACKEND))


@contextmanager
def pooled(url: str) -> Iterator[Engine]:
    """Yield an engine as ours is, but for the watch."""
    made = create_engine(url, isolation_level="AUTOCOMMIT")
    yield made
    made.dispose()


@contextmanager
def forgotten() -> Iterator[Engine]:
    """Yield a watched engine whose resting connection a firewall has forgotten."""
    database = urlsplit(settings().sqlalchemy_url)
    with firewall(str(database.hostname), database.port or 5432) as between:
        name, _, _ = database.netloc.rpartition("@")
        with pooled(database._replace(netloc=f"{name}@127.0.0.1:{between.server_address[1]}").geturl()) as engine:
            liveness.watch(engine)
            backend(engine)
            between.forget()
            yield engine


@pytest.mark.parametrize("opened", [reading, transaction])
def test_connections_that_the_server_has_ended_fail_nobody(
    opened: Callable[[], AbstractContextManager[Session]],
) -> None:
    before = backends()
    with reading() as session:
        assert session.scalar(END_THE_OTHERS)
    with opened() as session:
        session.execute(BACKEND)
    assert len(backends() & before) <= 1, "the one that has ended the others lives"


def test_without_the_watch_they_fail_whoever_comes_next() -> None:
    with pooled(settings().sqlalchemy_url) as engine, reading() as session:
        session.execute(END, {"backend": backend(engine)})
        with pytest.raises(OperationalError):
            backend(engine)


def test_a_connection_that_was_forgotten_fails_nobody_who_comes_after_a_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "LONG", 0)
    with forgotten() as engine:
        assert backend(engine)


def test_a_connection_that_was_forgotten_looks_alive_until_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "LONG", math.inf)
    with forgotten() as engine, pytest.raises(OperationalError):
        backend(engine)


def test_a_transaction_that_the_server_ends_leaves_the_next_one_whole() -> None:
    with pytest.raises(DatabaseAway), transaction() as session:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with transaction() as session:
        assert session.scalar(BACKEND)
