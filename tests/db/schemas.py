"""Databases of their own for migrations: empty ones, taken up and down by Alembic, and rows as each schema had them."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from config.settings import settings
from tests.servers import ROOT

NEEDED = """
    SELECT column_name, data_type FROM information_schema.columns
     WHERE table_name = %s AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
"""
NOON = datetime(2031, 3, 3, 12, tzinfo=UTC)
FILLING: Mapping[str, object] = {
    "text": "x",
    "integer": 1,
    "bigint": 1,
    "smallint": 1,
    "boolean": True,
    "jsonb": Jsonb([]),
    "timestamp with time zone": NOON,
}


@contextmanager
def an_empty_database() -> Iterator[str]:
    """Make a database for a while; yield its URL."""
    name = urlsplit(settings().psycopg_url).path.removeprefix("/") + "_migrations"
    with psycopg.connect(settings().psycopg_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlsplit(settings().psycopg_url)._replace(path=f"/{name}").geturl()
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def alembic(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Alembic on a database."""
    command = [sys.executable, "-m", "alembic", *arguments]
    environment = os.environ | {"DATABASE_URL": url}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def written(url: str, table: str, **values: object) -> UUID:
    """Write a row as the schema of now has it, its columns filled with whatever fits; return its id."""
    with psycopg.connect(url) as connection:
        needed = connection.execute(NEEDED, (table,)).fetchall()
        row = {name: FILLING.get(kind, uuid4()) for name, kind in needed} | values
        names, holders = (
            sql.SQL(", ").join(each) for each in (map(sql.Identifier, row), [sql.Placeholder()] * len(row))
        )
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, holders)
        connection.execute(statement, [*row.values()])
    return UUID(str(row.get("id", uuid4())))


def read(url: str, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def run(url: str, statement: str) -> None:
    """Do as a statement says."""
    with psycopg.connect(url) as connection:
        connection.execute(statement.encode())
