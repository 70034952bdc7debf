"""Tails: every event is worked on once, whatever commits late, dies half-way, comes twice or is restored."""

import threading
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from config.clock import clock
from config.transaction import transaction
from domain.kernel import epochs, events
from domain.kernel.tails import NEXT, WITHIN, Stretch, Work, advance
from tests.databases import Databases, databases
from tests.db.test_feed import MANY, told
from tests.races.rivals import together
from tests.settled import at_work
from workers.maintenance import settle_feed

COPY = text(f"INSERT INTO seen (kind, public_id) SELECT kind, public_id FROM events WHERE {WITHIN} ORDER BY id")
COPY_BY_ID = text(
    "INSERT INTO seen (kind, public_id) SELECT kind, public_id FROM events WHERE id > :beyond ORDER BY id"
)


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[Databases]:
    """Enter a database with a tail, which keeps what it sees in a table."""
    with databases(monkeypatch) as made:
        settle_feed()
        with made.connected() as connection:
            connection.execute("CREATE TABLE seen (no bigserial, kind text, public_id uuid)")
            connection.execute("INSERT INTO tails (name, xid, event_id) VALUES ('copy', '0', 0)")
        yield made


def copy(session: Session, stretch: Stretch, _now: datetime) -> None:
    session.execute(COPY, stretch._asdict())


def follow(limit: int = 100, work: Work = copy) -> bool:
    """Advance once, whether or not somebody else on this server has yet to come to an end."""
    with transaction() as session:
        return advance(session, "copy", work, limit=limit, now=clock())


def follow_up(work: Work = copy) -> None:
    """Advance until there is no more, once whoever began before this is through."""
    with transaction() as session:
        present = session.scalars(text("SELECT pg_current_xact_id()::text")).one()
    while at_work(present):
        threading.Event().wait(0.01)
    while follow(work=work):
        continue


def seen(own: Databases) -> list[str]:
    with own.connected() as connection:
        return [row[0] for row in connection.execute("SELECT kind FROM seen ORDER BY no")]


def fact(kind: str) -> events.Fact:
    return events.Fact(kind=kind, subject_id=uuid4(), subject_version=1, business_id=uuid4())


def test_every_event_of_every_business_is_seen_once(own: Databases) -> None:
    told(uuid4(), "service.created", "service.updated")
    follow_up()
    told(uuid4(), "resource.created")
    follow_up()
    follow_up()

    assert seen(own) == ["service.created", "service.updated", "resource.created"]


def test_a_stretch_is_as_long_as_it_may_be_and_says_that_there_may_be_more(own: Databases) -> None:
    with own.connected() as connection:
        connection.execute(MANY, (uuid4(), "service.updated", 25))
        connection.execute("UPDATE events SET xid = '0'")  # so that nobody at work on this server holds them back

    steps = [(follow(10), len(seen(own))) for _ in range(4)]

    assert steps == [(True, 10), (True, 20), (False, 25), (False, 25)]


def test_what_commits_late_is_not_passed_over(own: Databases) -> None:
    with transaction() as session:
        events.record(session, [fact("service.created")], now=clock())
        told(uuid4(), "service.updated")
        assert follow() is False
        assert seen(own) == []
    follow_up()

    assert seen(own) == ["service.created", "service.updated"]


def test_by_its_id_alone_what_commits_late_would_be_passed_over(own: Databases) -> None:
    """The control: the order of ids is not that in which they can be seen."""
    with transaction() as session:
        events.record(session, [fact("service.created")], now=clock())
        told(uuid4(), "service.updated")
        with own.connected() as connection:
            beyond = connection.execute("SELECT max(id) FROM events").fetchone()
    with transaction() as session:
        assert beyond
        session.execute(COPY_BY_ID, {"beyond": beyond[0]})

    assert seen(own) == []


def test_work_that_fails_leaves_its_place_and_nothing_else(own: Databases) -> None:
    def stumble(session: Session, stretch: Stretch, now: datetime) -> None:
        copy(session, stretch, now)
        raise RuntimeError("died")

    told(uuid4(), "service.created")
    follow_up()
    told(uuid4(), "service.updated")
    with pytest.raises(RuntimeError, match="died"):
        follow_up(stumble)
    assert seen(own) == ["service.created"]
    follow_up()

    assert seen(own) == ["service.created", "service.updated"]


def test_where_somebody_else_is_at_it_nothing_is_waited_for(own: Databases) -> None:
    told(uuid4(), "service.created")
    with own.connected() as connection, connection.transaction():
        connection.execute("SELECT FROM tails WHERE name = 'copy' FOR NO KEY UPDATE")
        assert follow() is False
    assert seen(own) == []


def test_four_at_once_see_two_thousand_events_once_each_while_others_write(own: Databases) -> None:
    def write() -> None:
        for _ in range(50):
            told(uuid4(), "service.created")

    def read() -> None:
        for _ in range(100):
            follow(50)

    with own.connected() as connection:
        connection.execute(MANY, (uuid4(), "service.updated", 1800))
    together(*[write] * 4, *[read] * 4)
    follow_up()

    with own.connected() as connection:
        counted = connection.execute("SELECT count(*), count(DISTINCT public_id) FROM seen").fetchone()
    assert counted == (2000, 2000)


def test_while_the_events_are_numbered_anew_nothing_is_followed(own: Databases) -> None:
    told(uuid4(), "service.created")
    with own.connected() as connection:
        connection.execute("UPDATE feed_epochs SET origin = 'elsewhere'")
    follow_up()
    assert seen(own) == []
    settle_feed()
    follow_up()

    assert seen(own) == ["service.created"]


@pytest.mark.parametrize("way", [Databases.copy, Databases.restore], ids=["copied", "restored"])
@pytest.mark.parametrize("shift", ["1000000000", "-1"], ids=["above", "below"])
def test_in_a_copy_it_goes_on_where_it_was(own: Databases, way: object, shift: str) -> None:
    """Whether the server's own numbers are below those from before, or above."""
    told(uuid4(), "service.created", "service.updated")
    follow_up()
    told(uuid4(), "service.archived")
    way(own)  # type: ignore[operator]
    with own.connected() as connection:
        moved = f"((xid::text::numeric + {shift})::text)::xid8"
        connection.execute(f"UPDATE events SET xid = {moved}")
        connection.execute(f"UPDATE tails SET xid = {moved}")
    told(uuid4(), "resource.created")
    settle_feed()
    told(uuid4(), "resource.updated")
    follow_up()

    assert seen(own) == [
        *("service.created", "service.updated", "service.archived"),
        *("resource.created", "resource.updated"),
    ]


def overlapping(own: Databases) -> list[UUID]:
    """Have an event told of whose id is above that of one that was not; return both in the order of the feed."""
    with transaction() as session:
        session.execute(text("SELECT pg_current_xact_id()"))
        told(uuid4(), "service.updated")
        events.record(session, [fact("service.created")], now=clock())
    with own.connected() as connection:
        return [row[0] for row in connection.execute("SELECT public_id FROM events ORDER BY events.xid, id")]


def test_after_a_restore_what_was_not_told_of_is_even_with_a_lower_id(own: Databases) -> None:
    overlapping(own)
    while not follow(1):
        threading.Event().wait(0.01)
    assert seen(own) == ["service.created"]
    with own.connected() as connection:
        connection.execute("UPDATE feed_epochs SET origin = 'elsewhere'")
    settle_feed()
    follow_up()

    assert seen(own) == ["service.created", "service.updated", "service.created"]


def test_a_renumbering_that_is_killed_half_way_moves_a_tail_once(
    own: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epochs, "BATCH", 10)
    with own.connected() as connection:
        connection.execute(MANY, (uuid4(), "service.updated", 25))
    follow_up()
    told(uuid4(), "service.archived")
    with own.connected() as connection:
        connection.execute("UPDATE feed_epochs SET origin = 'elsewhere'")
    with transaction() as session:
        assert epochs.renumber(session, 0, now=clock()) is not None
    settle_feed()
    follow_up()

    assert seen(own) == ["service.updated"] * 25 + ["service.archived"]


def test_it_reads_by_its_index(own: Databases) -> None:
    with own.connected() as connection:
        for _ in range(20):
            connection.execute(MANY, (uuid4(), "service.updated", 1000))
        connection.execute("VACUUM ANALYZE events")
    follow_up()
    told(uuid4(), "service.archived")
    with own.connected() as connection:
        place = connection.execute("SELECT xid::text, event_id FROM tails WHERE name = 'copy'").fetchone()
    assert place
    with transaction() as session:
        plan = session.scalars(
            text(f"EXPLAIN (ANALYZE, FORMAT TEXT) {NEXT}"), {"xid": place[0], "id": place[1], "limit": 100}
        ).all()

    assert any("ix_events_xid_id" in line for line in plan)
    assert not any("Seq Scan on events" in line for line in plan)
