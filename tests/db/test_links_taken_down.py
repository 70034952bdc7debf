"""The migration that adds links: there is no way down while something of them would be lost."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.db.schemas import alembic, an_empty_database, read, run, written

REVISION, BEFORE = "0009", "-1"


@pytest.fixture
def url() -> Iterator[str]:
    with an_empty_database() as made:
        assert alembic(made, "upgrade", REVISION).returncode == 0
        yield made


def a_user(url: str) -> UUID:
    return written(url, "users", account_id=written(url, "accounts"))


def test_there_is_no_way_down_while_a_verified_address_or_a_feed_would_be_lost(url: str) -> None:
    user = a_user(url)
    written(url, "calendar_feeds", user_id=user, token_hash=b"x")
    lost = {
        "UPDATE users SET email_verified_at = now()": "UPDATE users SET email_verified_at = NULL",
        "UPDATE calendar_feeds SET revoked_at = NULL": "UPDATE calendar_feeds SET revoked_at = now()",
    }
    for back in lost.values():
        run(url, back)
    for there, back in lost.items():
        run(url, there)
        answer = alembic(url, "downgrade", BEFORE)
        assert answer.returncode != 0
        assert "which the schema before this cannot keep" in answer.stderr
        assert read(url, "SELECT count(*) FROM calendar_feeds") == [(1,)]
        run(url, back)
    assert alembic(url, "downgrade", BEFORE).returncode == 0


def test_a_token_that_still_works_stands_in_the_way_and_one_that_is_used_does_not(url: str) -> None:
    own = {"purpose": "verify_email", "email": "ada@example.com", "user_id": a_user(url)}
    run(url, "ALTER TABLE account_tokens ALTER created_at SET DEFAULT now()")
    written(url, "account_tokens", **own)
    assert alembic(url, "downgrade", BEFORE).returncode != 0
    run(url, "UPDATE account_tokens SET used_at = now()")
    assert alembic(url, "downgrade", BEFORE).returncode == 0
