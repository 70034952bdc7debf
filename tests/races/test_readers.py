"""Writers that commit in any order: a reader of the feed sees each event once; one who trusts the ids loses some."""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from config.clock import clock
from config.transaction import transaction
from domain.kernel import events, feed
from domain.kernel.events import Event
from tests.races.rivals import ROUNDS, together
from workers.maintenance import settle_feed

WRITERS = 8
WRITES = 6  # transactions of each writer
READERS = 3
PAUSE = 0.02  # seconds that a late transaction stays open at most
TRIES = 20  # a control needs to go red once
HELD_BACK = text("""
    SELECT count(*) FROM events WHERE business_id = :business_id AND xid >= pg_snapshot_xmin(pg_current_snapshot())
""")

Line = tuple[UUID, int]
"""What happened: a subject, and the version that it reached."""
Reader = Callable[[UUID, threading.Event], list[Line]]


@dataclass(frozen=True)
class Outcome:
    """What was written in a round, and what each reader saw, in the order of seeing it."""

    written: Sequence[Line]
    seen: Sequence[Sequence[Line]]

    @property
    def lost(self) -> bool:
        """Whether somebody did not see everything."""
        return any(set(self.written) - set(lines) for lines in self.seen)


def by_the_feed(business_id: UUID, over: threading.Event) -> list[Line]:
    """Follow the feed in small pages until nobody writes any more and nothing is left."""
    lines: list[Line] = []
    after, is_done = None, False
    while not is_done:
        all_told = over.is_set() and _nothing_held_back(business_id)
        with transaction() as session:
            page = feed.read(session, business_id, after, kinds=(), limit=5, now=clock())
        lines += [(each.subject_id, each.subject_version) for each in page.events]
        after, is_done = page.end, all_told and not page.more
    return lines


def by_id(business_id: UUID, over: threading.Event) -> list[Line]:
    """Follow the table by its identity column."""
    lines: list[Line] = []
    after, is_last = 0, False
    while not is_last:
        is_last = over.is_set()
        mine = select(Event).where(Event.business_id == business_id, Event.id > after)
        with transaction() as session:
            rows = session.scalars(mine.order_by(Event.id)).all()
        lines += [(row.subject_id, row.subject_version) for row in rows]
        after = rows[-1].id if rows else after
    return lines


@pytest.fixture(scope="module", autouse=True)
def settled() -> None:
    """See to the feed's epoch, as beat does: other races may have written more events than a reader numbers."""
    settle_feed()


@ROUNDS
def test_every_reader_sees_every_event_once_and_all_in_the_same_order(rounds: int) -> None:
    for seed in range(rounds):
        outcome = _round(by_the_feed, seed)
        first, *others = outcome.seen
        assert sorted(first) == sorted(outcome.written)
        assert all(lines == first for lines in others)
        assert _versions(first) == {subject: sorted(each) for subject, each in _versions(first).items()}


def test_by_id_alone_the_loss_is_real() -> None:
    assert any(_round(by_id, seed).lost for seed in range(TRIES))


def _round(reader: Reader, seed: int) -> Outcome:
    chance = random.Random(seed)
    business_id, over = uuid4(), threading.Event()
    with ThreadPoolExecutor(READERS) as pool:
        reading = [pool.submit(reader, business_id, over) for _ in range(READERS)]
        try:
            written = together(*[lambda: _write(business_id, random.Random(chance.random()))] * WRITERS)
        finally:
            over.set()
        return Outcome([line for lines in written for line in lines], [each.result() for each in reading])


def _write(business_id: UUID, chance: random.Random) -> list[Line]:
    """Commit transactions of a few events about one subject; every other one stays open for a while."""
    subject, lines = uuid4(), []
    for turn in range(WRITES):
        with transaction() as session:
            for _ in range(chance.randint(1, 3)):
                lines.append((subject, len(lines) + 1))
                fact = events.Fact(
                    kind="service.updated", subject_id=subject, subject_version=len(lines), business_id=business_id
                )
                events.record(session, [fact], now=clock())
            if turn % 2:
                time.sleep(chance.uniform(0, PAUSE))
    return lines


def _nothing_held_back(business_id: UUID) -> bool:
    with transaction() as session:
        return session.scalar(HELD_BACK, {"business_id": business_id}) == 0


def _versions(lines: Sequence[Line]) -> dict[UUID, list[int]]:
    found: defaultdict[UUID, list[int]] = defaultdict(list)
    for subject, version in lines:
        found[subject].append(version)
    return dict(found)
