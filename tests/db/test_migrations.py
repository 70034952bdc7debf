"""The schema: it can be taken down and built again, is what the tables say, and names everything by one convention."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from config.settings import settings
from tests.db.schemas import alembic, an_empty_database

KINDS = {"p": "pk", "f": "fk", "u": "uq", "c": "ck", "x": "ex"}
SHAPE = """
    SELECT 'column', table_name || '.' || column_name, data_type || is_nullable || coalesce(column_default, '')
      FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
    UNION ALL
    SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prolang <> 12
    ORDER BY 1, 2, 3
"""


@pytest.fixture
def url() -> Iterator[str]:
    """Yield the URL of an empty database."""
    with an_empty_database() as made:
        yield made


def _alembic(url: str, *arguments: str) -> None:
    answer = alembic(url, *arguments)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def _shape(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(SHAPE).fetchall()


def test_down_to_nothing_and_up_again_is_where_we_were(url: str) -> None:
    before = _shape(settings().psycopg_url)
    _alembic(url, "upgrade", "head")
    assert _shape(url) == before
    _alembic(url, "downgrade", "base")
    assert [name for _, name, _ in _shape(url) if not name.startswith("alembic")] == []
    _alembic(url, "upgrade", "head")

    assert _shape(url) == before
    assert {"claims_judge_insert", "claims_judge_update"} <= {name for _, name, _ in before}


def test_the_tables_are_what_the_migrations_made() -> None:
    _alembic(settings().psycopg_url, "check")


def test_every_constraint_is_named_after_its_kind_and_its_table() -> None:
    with psycopg.connect(settings().psycopg_url) as connection:
        found = connection.execute("""
            SELECT contype::text, relname, conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
             WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND relname <> 'alembic_version'
        """).fetchall()

    assert len(found) > 40
    assert [name for kind, table, name in found if not name.startswith(f"{KINDS[kind]}_{table}")] == []


def test_every_index_is_named_after_its_table() -> None:
    with psycopg.connect(settings().psycopg_url) as connection:
        found = connection.execute("""
            SELECT tablename, indexname FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        """).fetchall()

    kinds = ("pk", "uq", "ix", "ex")
    assert [name for table, name in found if not name.startswith(tuple(f"{kind}_{table}" for kind in kinds))] == []
