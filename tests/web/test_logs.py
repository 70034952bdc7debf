"""Logs: no row of anybody is quoted in them."""

import json
import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from config.logging import configure, without_details
from config.transaction import transaction
from tests.builders import a_user


def violated() -> IntegrityError:
    """Return what the database says when an address is registered twice."""
    a_user()
    with pytest.raises(IntegrityError) as found, transaction() as session:
        session.execute(
            text(
                "INSERT INTO users (id, account_id, email, name, password_hash) SELECT gen_random_uuid(), account_id, email, name, password_hash FROM users LIMIT 1"
            )
        )
    return found.value


def test_the_database_quotes_rows_and_the_log_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    error = violated()
    assert "DETAIL:  Key (lower(email))" in str(error)
    root = logging.getLogger()
    before = root.handlers[:]
    try:
        configure()
        root.error("raised unexpected: %r", error, exc_info=error)
    finally:
        root.handlers[:] = before
    (line,) = [json.loads(each) for each in capsys.readouterr().err.splitlines() if "raised unexpected" in each]
    assert "@" not in line["event"] + line["exception"]
    assert "uq_users_email" in line["event"]
    assert "uq_users_email" in line["exception"]


def test_what_a_job_keeps_of_an_error_quotes_no_row() -> None:
    kept = without_details(repr(violated()))
    assert "@" not in kept
    assert "uq_users_email" in kept
