"""A day at the salon: everybody at the desks in any order, and whether the API says what the ledger says."""

import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

from config.transaction import transaction
from domain.bookings import service as bookings
from tests.builders import decide
from tests.claims import overbooked
from tests.flows.counter import CUSTOMERS, PEOPLE, VERBS, Counter, sees
from tests.flows.desk import said
from tests.flows.entries import Entry, Place, Sold
from tests.flows.ledger import ALLOWED
from tests.flows.salon import SOLD, Salon, read
from tests.watch import watch
from workers import maintenance

MONDAY = datetime(2031, 3, 3, 8, tzinfo=UTC)  # the salon opens; far from the bookings of any other test
STATUSES = (*ALLOWED, "no_show", "cancelled", "declined", "expired", "rejected")
TICKS = {"expire_holds": Counter.expire, "complete_ended": Counter.complete}
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
OPEN = (0, 30, 60, 90, 120)
ODD = (-30, 15, 450, 465, 480, -1440, 1440, 5 * 1440, 61 * 1440)

people = st.sampled_from((*CUSTOMERS * 2, "owner", *PEOPLE))
clerks = st.sampled_from((*CUSTOMERS, *["owner"] * 6, *["anna", "cleo"] * 2, "idle", "stranger"))
starts = st.sampled_from((*OPEN * 3, *ODD)).map(lambda minutes: MONDAY + minutes * MINUTE)
named = st.sampled_from([None] * 6 + [(0,), (1,)] * 2 + [(2,), (3,), (0, 2), (3, 1), (1, 0), (2, 3), ()])
waivers = st.sampled_from([frozenset[str]()] * 6 + [frozenset({each}) for each in ("notice", "window", "hours")])
places = st.builds(Place, start=starts, named=named, waived=waivers)
parties = st.sampled_from([1, 1, 1, 2])
spells = st.sampled_from([5 * MINUTE, 15 * MINUTE, 30 * MINUTE, 60 * MINUTE, 120 * MINUTE, DAY])
behind = st.sampled_from([0] * 9 + [1])


class Day(RuleBasedStateMachine):
    """A salon and its ledger, while time passes as it is told to."""

    booked = Bundle("booked")

    def __init__(self) -> None:
        super().__init__()
        self.undo = ExitStack()
        self.entries: list[Entry] = []

    @initialize()
    def open(self) -> None:
        """Open a salon of its own."""
        self.watch = self.undo.enter_context(watch(MONDAY))
        self.before = broken()
        self.salon = Salon()
        self.ledger = Counter(MONDAY)
        self.entries = self.ledger.entries

    @rule(target=booked, who=people, sold=st.sampled_from(SOLD), place=places, party=parties)
    def request(self, who: str, sold: Sold, place: Place, party: int) -> Any:  # noqa: ANN401 - none or one for the bundle
        """Ask for a booking."""
        expected, entry = self.ledger.request(who, sold, place, party)
        answer = self.salon.desks[who].book(self.salon.wish(sold, place, party))
        assert said(answer) == expected
        if entry is None:
            return multiple()
        entry.id = answer.get_json()["id"]
        return entry

    @rule(who=clerks, entry=booked, verb=st.sampled_from(sorted(VERBS)), behind=behind)
    def turn(self, who: str, entry: Entry, verb: str, behind: int) -> None:
        """Ask for another status, perhaps of a version that is over."""
        version, allowed = len(entry.lines) - behind, self.ledger.allowed(who, entry)
        expected = self.ledger.turn(who, entry, verb, version)
        answer = self.salon.desks[who].turn({"id": entry.id}, verb, If_Match=f'"v{version}"')
        assert said(answer) == expected
        if expected[1] == "invalid_transition":
            assert answer.get_json()["allowed"] == allowed

    @rule(who=people, entry=booked, place=places)
    def reschedule(self, who: str, entry: Entry, place: Place) -> None:
        """Ask for another place."""
        expected = self.ledger.reschedule(who, entry, place)
        answer = self.salon.desks[who].post(f"/api/bookings/{entry.id}/reschedule", self.salon.place(place))
        assert said(answer) == expected

    @precondition(lambda self: self.entries)
    @rule()
    def drain(self) -> None:
        """Let a worker decide what waits."""
        self.ledger.drain()
        decide(self.salon.shop)

    @precondition(lambda self: self.entries)
    @rule(spell=spells)
    def wait(self, spell: timedelta) -> None:
        """Let time pass."""
        self.watch.at = self.ledger.now = self.ledger.now + spell

    @precondition(lambda self: self.entries)
    @rule(tick=st.sampled_from(sorted(TICKS)))
    def tick(self, tick: str) -> None:
        """Let beat come by."""
        TICKS[tick](self.ledger)
        getattr(maintenance, tick)()

    @rule(who=people, status=st.sampled_from(STATUSES))
    def look(self, who: str, status: str) -> None:
        """List what reads so for somebody."""
        theirs = [each for each in self.entries if sees(who, each) and each.shown(self.ledger.now) == status]
        listed = self.salon.desks[who].list(status=status, limit=100).get_json()["data"]
        assert {each["id"] for each in listed} == {each.id for each in theirs}

    @invariant()
    def agree(self) -> None:
        """Compare every booking, as it is listed for the owner, with the ledger."""
        if self.entries:
            listed = self.salon.desks["owner"].list(limit=100).get_json()["data"]
            assert {each["id"]: read(each) for each in listed} == {each.id: self._view(each) for each in self.entries}

    def teardown(self) -> None:
        """Close the salon; if all went well so far, go through its books."""
        with self.undo:
            if self.entries and sys.exc_info()[0] is None:
                self._audit()

    def _view(self, entry: Entry) -> dict[str, Any]:
        return self.salon.view(entry, self.ledger.now)

    def _audit(self) -> None:
        for each in self.entries:
            mine = self.salon.desks[each.by]
            assert read(mine.look({"id": each.id}).get_json()) == self._view(each)
            lines = mine.history({"id": each.id}, limit="100").get_json()["data"]
            assert [(line["from_status"], line["status"]) for line in lines] == each.lines
            assert [line["version"] for line in lines] == [*range(1, len(lines) + 1)]
        told = self.salon.told(sum(len(each.events) for each in self.entries))
        assert told == {each.id: [f"booking.{kind}" for kind in each.events] for each in self.entries}
        assert [place for place in overbooked() if place[0] in self.salon.chairs] == []
        assert {name: count for name, count in broken().items() if count > self.before[name]} == {}


def broken() -> dict[str, int]:
    """Count what breaks each invariant: other tests leave wrongs behind."""
    with transaction() as session:
        return {each.name: each.count for each in bookings.examine(session).findings}
