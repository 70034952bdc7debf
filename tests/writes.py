"""Writes: what is changed in the database while something is done, and stays so."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from config.transaction import engine

LOCK = re.compile(r"\bFOR (NO KEY )?UPDATE\b")
WRITE = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|TRUNCATE|COPY)\b")


@contextmanager
def writes() -> Iterator[list[str]]:
    """Yield a list that fills with the statements that wrote, once their transaction is committed."""
    kept: list[str] = []

    def note(connection: Connection, _cursor: object, statement: str, *_: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        if WRITE.search(LOCK.sub("", statement)):
            connection.info.setdefault("written", []).append(statement)

    def keep(connection: Connection) -> None:
        kept.extend(connection.info.pop("written", []))

    def forget(connection: Connection) -> None:
        connection.info.pop("written", None)

    heard = (("before_cursor_execute", note), ("commit", keep), ("rollback", forget))
    for name, hear in heard:
        event.listen(engine(), name, hear)
    try:
        yield kept
    finally:
        for name, hear in heard:
            event.remove(engine(), name, hear)
