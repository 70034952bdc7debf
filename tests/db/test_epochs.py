"""Epochs of the feed: begun once, left alone, and begun anew in a database that is another's copy."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from config.clock import clock
from config.transaction import transaction
from domain.kernel import epochs
from domain.kernel.epochs import FeedUnsettled
from domain.kernel.feed import FeedRestarted
from tests.databases import Databases, databases
from tests.db.test_feed import MANY, kinds_of, page, told
from tests.races.rivals import together
from workers.maintenance import settle_feed

FUTURE = "9000000000000000000"
KINDS = ["service.created", "service.updated", "service.archived"]


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[Databases]:
    with databases(monkeypatch) as made:
        yield made


def current() -> UUID:
    with transaction() as session:
        return epochs.current(session, now=clock())


def numbers(own: Databases) -> list[str]:
    with own.connected() as connection:
        return [row[0] for row in connection.execute("SELECT xid::text FROM events ORDER BY id")]


def test_twenty_first_readers_begin_one_epoch(own: Databases) -> None:
    assert len(set(together(*[current] * 20))) == 1
    with own.connected() as connection:
        assert connection.execute("SELECT count(*) FROM feed_epochs").fetchone() == (1,)


def test_the_tick_leaves_an_epoch_that_stands_alone(own: Databases) -> None:
    before = current()
    told(uuid4(), *KINDS)
    kept = numbers(own)
    settle_feed()

    assert current() == before
    assert numbers(own) == kept


@pytest.mark.usefixtures("own")
def test_the_tick_begins_the_epoch_before_anybody_reads() -> None:
    settle_feed()
    with transaction() as session:
        assert epochs.standing(session)


@pytest.mark.parametrize("way", [Databases.copy, Databases.restore], ids=["copied", "restored"])
@pytest.mark.parametrize("shift", ["future", "past"])
def test_in_a_copy_all_is_read_again_and_what_comes_is_read_after_it(own: Databases, way: object, shift: str) -> None:
    mine = uuid4()
    told(mine, *KINDS[:2])
    before = page(mine)
    way(own)  # type: ignore[operator]
    with own.connected() as connection:
        moved = f"('{FUTURE}'::numeric - id)::text::xid8" if shift == "future" else "(1000 - id)::text::xid8"
        connection.execute(f"UPDATE events SET xid = {moved}")
    told(mine, KINDS[2])

    with pytest.raises(FeedRestarted):
        page(mine, before.end)
    again = page(mine)
    told(mine, "resource.created")

    assert kinds_of(again) == KINDS
    assert [each.public_id for each in again.events[:2]] == [each.public_id for each in before.events]
    assert kinds_of(page(mine, again.end)) == ["resource.created"]


def test_until_many_events_are_renumbered_readers_are_told_to_wait(
    own: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epochs, "BATCH", 10)
    mine = uuid4()
    with own.connected() as connection:
        connection.execute(MANY, (mine, "service.updated", 25))
        connection.execute("UPDATE events SET xid = %s", (FUTURE,))
    with pytest.raises(FeedUnsettled):
        page(mine)
    settle_feed()

    assert len(page(mine).events) == 25


def test_a_tick_that_is_killed_half_way_is_taken_up_again(own: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(epochs, "BATCH", 10)
    mine = uuid4()
    with own.connected() as connection:
        connection.execute(MANY, (mine, "service.updated", 25))
    with transaction() as session:
        assert epochs.renumber(session, 0, now=clock()) == 10
    with pytest.raises(FeedUnsettled):
        page(mine)
    together(settle_feed, settle_feed)

    assert len(page(mine).events) == 25
    assert set(numbers(own)) == {"0"}


def test_writers_do_not_wait_for_the_renumbering(own: Databases) -> None:
    mine = uuid4()
    told(mine, KINDS[0])
    with transaction() as session:
        assert epochs.renumber(session, 0, now=clock()) is None
        told(mine, KINDS[1])
        told(mine, KINDS[2])

    assert kinds_of(page(mine)) == KINDS
    assert numbers(own)[0] == "0"
    assert "0" not in numbers(own)[1:]


def test_an_epoch_that_a_restore_brought_beside_ours_does_not_stand(own: Databases) -> None:
    before = current()
    with own.connected() as connection:
        connection.execute(
            "INSERT INTO feed_epochs VALUES ('1/2/00000001', gen_random_uuid(), now() - interval '1 day')"
        )

    assert current() != before
    with transaction() as session:
        assert epochs.standing(session)


def test_another_timeline_is_another_origin(own: Databases) -> None:
    before = current()
    with transaction() as session:
        system, oid, timeline = epochs.origin(session).split("/")
    with own.connected() as connection:
        connection.execute("UPDATE feed_epochs SET origin = %s", (f"{system}/{oid}/00000000",))

    assert timeline == "00000001"
    assert current() != before


def test_where_the_system_is_withheld_the_table_stands_in_for_it(own: Databases) -> None:
    before = current()
    name = f"reader_{uuid4().hex}"
    with own.connected() as connection, connection.transaction():
        connection.execute(f"CREATE ROLE {name}")
        connection.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
        connection.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}")
    with transaction() as session:
        session.execute(text(f"SET LOCAL ROLE {name}"))
        assert epochs.origin(session).startswith("table ")
        found = epochs.current(session, now=clock())
    with own.connected() as connection:
        connection.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")

    assert found != before
