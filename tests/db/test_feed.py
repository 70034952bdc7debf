"""The feed's pages: one order without a gap, read by the index alone, whatever is left out."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from config.clock import clock
from config.transaction import transaction
from domain.kernel import events, feed
from domain.kernel.feed import Page, Position
from tests.databases import Databases, databases
from tests.settled import until_told

MANY = """
    INSERT INTO events (public_id, business_id, kind, subject_id, subject_version, payload, created_at)
    SELECT gen_random_uuid(), %s, %s, gen_random_uuid(), 1, '{}', now() FROM generate_series(1, %s)
"""


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[Databases]:
    with databases(monkeypatch) as made:
        yield made


def told(business_id: UUID, *kinds: str) -> None:
    """Record one event of each kind, each in a transaction of its own."""
    for kind in kinds:
        with transaction() as session:
            fact = events.Fact(kind=kind, subject_id=uuid4(), subject_version=1, business_id=business_id)
            events.record(session, [fact], now=clock())


def page(business_id: UUID, after: Position | None = None, *, limit: int = 100, kinds: Sequence[str] = ()) -> Page:
    """Read a page, once whoever else is at work on this server has come to an end of what began before."""
    until_told(business_id)
    return page_now(business_id, after, limit=limit, kinds=kinds)


def page_now(business_id: UUID, after: Position | None = None, *, limit: int = 100, kinds: Sequence[str] = ()) -> Page:
    """Read a page as a caller does."""
    with transaction() as session:
        return feed.read(session, business_id, after, kinds=kinds, limit=limit, now=clock())


def kinds_of(found: Page) -> list[str]:
    return [each.kind for each in found.events]


def plan(business_id: UUID, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - what the statement takes
    """Run a page's statement and return the node that reads events, as it went."""
    parameters = {"business_id": business_id, "xid": "0", "id": 0, "most": 101, "limit": 100, "kinds": None, **asked}
    with transaction() as session:
        explained = session.scalars(text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {feed.PAGE}"), parameters).one()
    nodes = [explained[0]["Plan"]]
    for node in nodes:
        nodes += node.get("Plans", [])
    (reading,) = [node for node in nodes if node.get("Relation Name") == "events"]
    return reading


def test_events_come_in_their_order_page_by_page() -> None:
    mine, other = uuid4(), uuid4()
    told(mine, "service.created", "service.updated")
    told(other, "business.updated")
    told(mine, "service.archived")

    first = page(mine, limit=2)
    second = page(mine, first.end, limit=2)

    assert (kinds_of(first), first.more) == (["service.created", "service.updated"], True)
    assert (kinds_of(second), second.more) == (["service.archived"], False)


def test_an_empty_page_stands_where_it_stood_and_goes_on_from_there() -> None:
    mine = uuid4()
    nothing = page(mine)
    told(mine, "service.created")
    something = page(mine, nothing.end)
    again = page(mine, something.end)

    assert (nothing.events, nothing.more) == ([], False)
    assert kinds_of(something) == ["service.created"]
    assert (again.events, again.end) == ([], something.end)


def test_exactly_one_page_says_that_there_is_no_more() -> None:
    mine = uuid4()
    told(mine, "service.created", "service.updated")

    assert page(mine, limit=2).more is False


def test_only_the_kinds_asked_for() -> None:
    mine = uuid4()
    told(mine, "service.created", "service.updated", "resource.created", "service.archived")
    found = page(mine, kinds=["service.created", "service.archived"])

    assert kinds_of(found) == ["service.created", "service.archived"]


def test_a_cursor_passes_over_what_is_not_wanted() -> None:
    mine = uuid4()
    told(mine, "service.created", "service.updated", "service.updated")
    found = page(mine, kinds=["service.created"])
    told(mine, "service.archived")

    assert kinds_of(page(mine, found.end)) == ["service.archived"]


def test_what_is_rare_is_found_in_bounded_steps(own: Databases) -> None:
    mine = uuid4()
    with own.connected() as connection:
        connection.execute(MANY, (mine, "service.updated", feed.SCANNED + 10))
    told(mine, "service.archived")

    first = page(mine, kinds=["service.archived"])
    second = page(mine, first.end, kinds=["service.archived"])

    assert (first.events, first.more) == ([], True)
    assert (kinds_of(second), second.more) == (["service.archived"], False)


def test_an_open_transaction_holds_back_what_came_after_it_and_is_then_first() -> None:
    mine = uuid4()
    start = page_now(mine).end  # so that the epoch stands
    with transaction() as session:
        late = events.Fact(kind="service.created", subject_id=uuid4(), subject_version=1, business_id=mine)
        events.record(session, [late], now=clock())
        told(mine, "service.updated")
        early = page_now(mine, start)
    after = page(mine, early.end)

    assert early.events == []
    assert kinds_of(after) == ["service.created", "service.updated"]


def test_two_hundred_thousand_events_are_read_by_a_range_of_the_index(own: Databases) -> None:
    businesses = [uuid4() for _ in range(4)]
    with own.connected() as connection:
        for number in range(200):
            connection.execute(MANY, (businesses[number % 4], "service.updated", 1000))
        connection.execute("VACUUM ANALYZE events")
        middle = connection.execute(
            "SELECT xid::text, id FROM events ORDER BY events.xid, id OFFSET 100000 LIMIT 1"
        ).fetchone()
        last = connection.execute(
            "SELECT xid::text, id FROM events ORDER BY events.xid DESC, id DESC LIMIT 1"
        ).fetchone()
    assert middle
    assert last
    until_told()  # whoever is at work on this server holds back what came after they began
    mine = businesses[0]
    readings = {
        "beginning": plan(mine),
        "middle": plan(mine, xid=middle[0], id=middle[1]),
        "tail": plan(mine, xid=last[0], id=last[1]),
        "filtered": plan(mine, kinds=["service.archived"], most=feed.SCANNED),
    }

    for name, reading in readings.items():
        assert reading["Node Type"] == "Index Scan", name
        assert reading["Index Name"] == "ix_events_business_id_xid_id", name
        assert all(part in reading["Index Cond"] for part in ("business_id =", "ROW(xid, id) > ROW", "xid <")), name
        assert reading.get("Rows Removed by Filter", 0) == 0, name
    assert readings["middle"]["Actual Rows"] == 101
    assert readings["filtered"]["Actual Rows"] == feed.SCANNED
    assert readings["tail"]["Actual Rows"] == 0
    assert readings["tail"]["Shared Hit Blocks"] + readings["tail"]["Shared Read Blocks"] < 10
