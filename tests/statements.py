"""Statements: what PostgreSQL is asked while something is done."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from config.transaction import engine


@contextmanager
def statements() -> Iterator[list[str]]:
    """Yield a list that fills with the statements that are executed, whoever executes them."""
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(engine(), "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine(), "before_cursor_execute", note)
