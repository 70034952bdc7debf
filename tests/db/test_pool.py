"""The pool of connections: who was asked last is asked next."""

from sqlalchemy import text

from config.transaction import engine, transaction


def backend() -> int:
    """Return the server's process that a transaction has."""
    with transaction() as session:
        return session.scalars(text("SELECT pg_backend_pid()")).one()


def test_however_many_connections_a_rush_has_opened_one_after_another_have_the_same() -> None:
    rush = [engine().connect() for _ in range(5)]
    for each in rush:
        each.close()
    assert len({backend() for _ in range(5)}) == 1
