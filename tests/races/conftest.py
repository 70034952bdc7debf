"""No race may end in a deadlock, whoever wins it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext

from config.transaction import engine

DEADLOCK = "40P01"


@pytest.fixture(autouse=True)
def collisions() -> Iterator[list[str]]:
    """Yield the SQLSTATEs that the engine's statements meet, those that a retry hides too; none may be a deadlock."""
    met: list[str] = []

    def note(context: ExceptionContext) -> None:
        met.append(getattr(context.original_exception, "sqlstate", None) or "")

    event.listen(engine(), "handle_error", note)
    yield met
    event.remove(engine(), "handle_error", note)
    assert DEADLOCK not in met
