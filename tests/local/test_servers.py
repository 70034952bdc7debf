"""PostgreSQL and Valkey on a data folder: what survives, and what a killed run leaves."""

import os
import secrets
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from config.local.places import Place, place_at
from config.local.postgres import THROWAWAY, Postgres
from config.local.processes import working_in
from config.local.servers import servers


@pytest.fixture
def place() -> Iterator[Place]:
    """Yield a place that the servers' user can reach, which is not so of pytest's own folders."""
    place = place_at(Path(tempfile.gettempdir(), f"aionbooking-try-{secrets.token_hex(4)}"))
    yield place
    place.remove()


@pytest.fixture
def postgres(place: Place) -> Iterator[Postgres]:
    postgres = Postgres(place, THROWAWAY)
    postgres.start()
    yield postgres
    postgres.stop()


def left(place: Place) -> list[int]:
    folders = ((place.home / "postgres", "postgres"), (place.home / "valkey", "valkey-server"))
    return [pid for folder, name in folders for pid in working_in(folder, name, place.user)]


def test_what_was_written_is_there_the_next_time_and_no_process_stays(place: Place) -> None:
    with servers(place, THROWAWAY) as (database_url, redis_url):
        with psycopg.connect(database_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 'in PostgreSQL' AS word")
        with redis.Redis.from_url(redis_url) as client:
            client.set("kept", "in Valkey")
    assert left(place) == []
    with servers(place, THROWAWAY) as (again, redis_again):
        assert (again, redis_again) == (database_url, redis_url)
        with psycopg.connect(again) as connection:
            assert connection.execute("SELECT word FROM kept").fetchall() == [("in PostgreSQL",)]
        with redis.Redis.from_url(redis_again) as client:
            assert client.get("kept") == b"in Valkey"


def test_a_server_killed_while_busy_comes_back_on_its_port(postgres: Postgres) -> None:
    url = postgres.url
    client = threading.Thread(target=_keep_busy, args=(url,))
    client.start()
    _wait_for_backend(url)
    assert postgres.process
    os.kill(postgres.process.pid, signal.SIGKILL)
    postgres.process.wait()
    postgres.start()
    client.join(timeout=10)
    assert not client.is_alive()
    assert postgres.url == url
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_stale_postmaster_pid_keeps_nobody_out(postgres: Postgres) -> None:
    for mark in ("", "999999999\n/elsewhere\n", f"{os.getpid()}\n/elsewhere\n"):
        postgres.stop()
        (postgres.cluster / "postmaster.pid").write_text(mark)
        postgres.start()
        assert postgres.process
        assert postgres.process.poll() is None


def test_a_cluster_whose_password_is_lost_is_set_aside(place: Place) -> None:
    with servers(place, THROWAWAY):
        pass
    (place.keys / "postgres_password").unlink()
    with servers(place, THROWAWAY) as (database_url, _), psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert (place.home / "postgres.old/PG_VERSION").exists()


def _keep_busy(url: str) -> None:
    with pytest.raises(psycopg.OperationalError), psycopg.connect(url) as connection:
        connection.execute("SELECT count(*) FROM generate_series(1, 100000000000)")


def _wait_for_backend(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        busy = "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%generate_series%' AND pid <> pg_backend_pid()"
        deadline = time.monotonic() + 10
        while not connection.execute(busy).rowcount:
            assert time.monotonic() < deadline, "the client never got busy"
            time.sleep(0.02)
