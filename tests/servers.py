"""Throwaway servers for a test run, and a database of its own for each of its processes."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from redis import Redis

from config.local.locks import only_run
from config.local.places import Place, place_at
from config.local.postgres import THROWAWAY, Postgres
from config.local.terminal import Refused
from config.local.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "aionbooking-test-"
YOUNG_SECONDS = 60  # a run that has just begun may not hold its lock yet
REDIS_DATABASES = 16  # what a Redis has when nobody said otherwise


@dataclass(frozen=True)
class Servers:
    """What a test process must know; plain text, so that it travels to xdist's workers."""

    database_url: str
    redis_url: str
    template: str
    folder: str

    def packed(self) -> dict[str, str]:
        """Return the fields as xdist can carry them."""
        return asdict(self)

    def database(self, name: str) -> str:
        """Return the URL of database *name* on the server."""
        return urlsplit(self.database_url)._replace(path=f"/{name}").geturl()

    def enter(self, worker: str) -> None:
        """Make *worker*'s database from the template, and point this process's environment at it."""
        name = f"{self.template}_{worker}"
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            copy_database(connection, name, of=self.template)
        number = (int(worker.removeprefix("gw")) + 1) % REDIS_DATABASES if worker.startswith("gw") else 0
        data = Path(self.folder, worker)
        data.mkdir()
        redis = urlsplit(self.redis_url)._replace(path=f"/{number}").geturl()
        os.environ.update(_environment(self.database(name), redis), DATA_DIR=str(data), TEST_TEMPLATE=self.template)
        os.environ.update(NOBODY)


ROOM = {f"RATELIMIT_{whose}": "1000000" for whose in ("FREE", "PAID", "GUEST", "AUTH", "PUBLIC")}
"""Limits hold in tests as everywhere, but are in nobody's way. Tests of limits set their own."""

NOBODY = {
    "STRIPE_SECRET_KEY": "sk_test_nobody",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_nobody",
    "STRIPE_WEBHOOK_SECRET": "whsec_nobody",
    "STRIPE_API_BASE": "http://127.0.0.1:1",
    "PAYSTACK_SECRET_KEY": "sk_test_nobody",
    "PAYSTACK_PUBLIC_KEY": "pk_test_nobody",
    "PAYSTACK_API_BASE": "http://127.0.0.1:1",
}
"""Keys for providers that nobody stands in for: what is asked of them is never answered."""


def copy_database(connection: psycopg.Connection, name: str, *, of: str) -> None:
    """Make a database as another is that nobody is in, file by file: by way of the log it takes two or three times as long."""
    strategy = "STRATEGY file_copy" if connection.info.server_version >= 150000 else ""  # before, there was no other
    connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{of}" {strategy}')


@contextmanager
def untouched() -> Iterator[Mapping[str, str]]:
    """Yield the environment of a database of its own and of an emptied Redis, for processes that work off a queue.

    What other tests of this process have left in theirs would be worked off first.
    """
    template = os.environ["TEST_TEMPLATE"]
    name = f"{template}_{secrets.token_hex(4)}"
    here = os.environ["DATABASE_URL"]
    with Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.flushdb()
    with psycopg.connect(here, autocommit=True) as connection:
        copy_database(connection, name, of=template)
        yield os.environ | {"DATABASE_URL": urlsplit(here)._replace(path=f"/{name}").geturl()}
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def throwaway() -> Iterator[Servers]:
    """Yield servers with a migrated template: those that DATABASE_URL and REDIS_URL name, else our own.

    Whatever is made is gone afterwards; what a killed run could not take away, the next one does.
    """
    _sweep()
    with ExitStack() as stack:
        place = place_at(Path(tempfile.mkdtemp(prefix=PREFIX)))
        stack.callback(place.remove)
        stack.enter_context(only_run(place.run))
        urls = []
        for name, server in (("DATABASE_URL", Postgres(place, THROWAWAY)), ("REDIS_URL", Valkey(place))):
            if not os.environ.get(name):
                stack.callback(server.stop)
                server.start()
            urls.append(os.environ.get(name) or server.url)
        database_url, redis_url = urls
        template = f"aionbooking_test_{secrets.token_hex(4)}"
        servers = Servers(database_url.replace("+psycopg", "", 1), redis_url, template, str(place.data))
        stack.callback(_drop, servers)
        _migrate(servers)
        yield servers


def _migrate(servers: Servers) -> None:
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{servers.template}"')
    environment = os.environ | _environment(servers.database(servers.template), servers.redis_url)
    command = [sys.executable, "-m", "alembic", "upgrade", "head"]
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.exit(f"`alembic upgrade head` failed:\n{answer.stdout}{answer.stderr}", returncode=1)


def _drop(servers: Servers) -> None:
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        made = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        for (name,) in connection.execute(made, (servers.template,)).fetchall():
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _environment(database_url: str, redis_url: str) -> Mapping[str, str]:
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DB_POOL_SIZE": "50",  # as many rivals at once as a race has
        "ENVIRONMENT": "test",
        **ROOM,
        "SECRET_KEY": "Yw3kq8Vt1rZ5-nobody-has-to-guess-this-Lm7",
        "JWT_SECRET_KEY": "Hd6xPb2sJf9c-nor-what-signs-the-tokens-Qe4",
    }


def _sweep() -> None:
    """End the servers and delete the folders of runs that were killed, which is to say: whose lock is free."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        place = Place(folder)
        try:
            if folder.stat().st_uid != os.geteuid() or time.time() - folder.stat().st_mtime < YOUNG_SECONDS:
                continue
            with only_run(place.run):
                Valkey(place).stop()
                Postgres(place).stop()
                place.remove()
        except (Refused, FileNotFoundError):
            continue  # another run, alive or just leaving
