"""Versions of before things that come back went on counting: raised to what events have told, and remembered."""

from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from tests.db.schemas import alembic, an_empty_database, written

BEFORE = "0029"
REMOVED = "message_template.removed"


def migrated(url: str, revision: str) -> None:
    answer = alembic(url, "upgrade", revision)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def told(url: str, event: str, version: int, business_id: UUID, subject_id: UUID, **payload: str) -> None:
    written(
        url,
        "events",
        kind=event,
        subject_version=version,
        business_id=business_id,
        subject_id=subject_id,
        payload=Jsonb(payload),
    )


def asked(url: str, query: str, *of: object) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query, of).fetchall()


def a_business(url: str) -> UUID:
    account = written(url, "accounts", plan="free")
    return written(url, "businesses", account_id=account, slug=str(uuid4()))


def test_versions_go_on_above_all_that_was_told_of_before() -> None:
    with an_empty_database() as url:
        migrated(url, BEFORE)
        business, other = a_business(url), a_business(url)
        chair = written(url, "resources", business_id=business)
        user = written(url, "users", account_id=written(url, "accounts", plan="free"), email="bo@example.com")
        words = {"kind": "confirmed", "language": "en"}
        written(url, "members", business_id=business, user_id=user, role="staff")
        written(url, "message_templates", business_id=business, **words)
        for kind, version in (("member.added", 1), ("member.removed", 2), ("member.added", 1)):
            told(url, kind, version, business, user)
        for kind, version in (("business.created", 1), ("message_settings.changed", 4), ("business.updated", 2)):
            told(url, kind, version, business, business)
        told(url, REMOVED, 3, business, business, **words)
        told(url, REMOVED, 2, business, business, kind="cancelled", language="ar")
        told(url, "schedule.removed", 7, business, uuid4())
        told(url, "business.created", 1, other, other)

        migrated(url, "head")

        assert asked(url, "SELECT version FROM businesses WHERE id = %s", business) == [(4,)]
        assert asked(url, "SELECT version FROM businesses WHERE id = %s", other) == [(1,)]
        assert asked(url, "SELECT version FROM members") == [(2,)]
        assert asked(url, "SELECT version FROM message_templates") == [(4,)]
        assert asked(url, "SELECT what, version FROM last_versions WHERE business_id = %s ORDER BY what", business) == [
            (f"member/{user}", 2),
            ("message_template/cancelled/ar", 2),
            ("message_template/confirmed/en", 3),
            (f"schedule/{chair}", 7),
        ]
        assert alembic(url, "downgrade", BEFORE).returncode == 0
        migrated(url, "head")
