"""Sessions that only read: no transaction stays open behind a statement, and nothing is written."""

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import text

from config.transaction import DatabaseAway, reading, transaction
from domain.accounts.tables import Account
from domain.kernel.ids import new_id
from tests.builders import a_user


def test_each_statement_stands_for_itself() -> None:
    with reading() as session:
        session.execute(text("SELECT 1"))
        raw = session.connection().connection.driver_connection
        assert raw.info.transaction_status is TransactionStatus.IDLE
    with transaction() as session:
        session.execute(text("SELECT 1"))
        raw = session.connection().connection.driver_connection
        assert raw.info.transaction_status is TransactionStatus.INTRANS, "the next one is whole again"


def test_it_sees_what_was_committed_between_two_statements() -> None:
    who = a_user()
    plan = text("SELECT plan FROM accounts WHERE id = :id")
    with reading() as session:
        before = session.scalar(plan, {"id": who.account_id})
        with transaction() as writing:
            writing.get_one(Account, who.account_id).plan = "paid"
        assert (before, session.scalar(plan, {"id": who.account_id})) == ("free", "paid")


def test_it_refuses_to_write() -> None:
    account = Account(id=new_id())
    with reading() as session:
        session.add(account)
        with pytest.raises(RuntimeError, match="asked to write"):
            session.flush()
        session.expunge(account)
    with transaction() as session:
        assert session.get(Account, account.id) is None


def test_it_fails_by_the_same_names() -> None:
    with pytest.raises(DatabaseAway), reading() as session:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
