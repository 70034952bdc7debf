"""Turmoil: everything that can change what is free is done in any order, while onlookers ask about it."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from werkzeug.test import TestResponse

from domain.availability.rules.zones import next_date
from domain.kernel.ids import Kind, shown
from domain.kernel.money import Money
from tests.builders import a_service, a_shop, decide
from tests.flows.desk import a_wish
from tests.flows.office import Office, of_business, of_resource, of_service, office
from tests.flows.onlookers import Onlooker
from tests.flows.whims import DAILY, PLACES, Place, chairs, fields, picks, places, roles, weeks
from tests.watch import watch
from workers import maintenance

FAR = timedelta(days=3)


class Turmoil(RuleBasedStateMachine):
    """A shop where nothing stays as it is, and those who look at it."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = ExitStack()
        self.onlookers: dict[str, Onlooker] = {}
        self.bookings: list[str] = []
        self.closures: list[str] = []
        self.nothing_happened = False

    @initialize(place=st.sampled_from(PLACES), given=fields)
    def open(self, place: Place, given: dict[str, Any]) -> None:
        """Open a shop with three chairs for one service and a shed for another."""
        self.watch = self.undo.enter_context(watch(place.now))
        self.zone = place.zone
        self.today = self.watch.at.astimezone(ZoneInfo(place.zone)).date()
        self.shop = a_shop(resources=3, timezone=place.zone, capacity=2, duration_minutes=60, max_advance_days=3)
        self.other, (self.shed,) = a_service(self.shop.owner, self.shop.business.id, resources=1, price=Money(5, "NGN"))
        self.mine: Office = office(self.shop.owner)
        self.mine.put(f"{of_business(self.shop)}/schedule", {"weekly": DAILY}, If_Match="*")
        self.change_service(given)

    # what has consequences

    @rule(pick=picks, chair=places, party=st.sampled_from([1, 1, 2]))
    def book(self, pick: int, chair: int | None, party: int) -> None:
        """Book one of the starts that somebody was offered, or one near by."""
        start = self._start(pick)
        named = {} if chair is None else {"resource_id": shown(Kind.RESOURCE, self.shop.resource_ids[chair])}
        answer = self.mine.post("/api/bookings", a_wish(self.shop, start, party=party, **named))
        self._done(answer)
        if answer.status_code == 202:
            self.bookings.append(answer.get_json()["id"])
        decide(self.shop)

    @rule(pick=picks, status=st.sampled_from(["cancelled", "confirmed", "declined", "completed", "no_show"]))
    def turn(self, pick: int, status: str) -> None:
        """Change the status of a booking."""
        if self.bookings:
            where = f"/api/bookings/{self.bookings[pick % len(self.bookings)]}/status"
            self._done(self.mine.patch(where, {"status": status}))

    @rule(pick=picks, other=picks)
    def move(self, pick: int, other: int) -> None:
        """Move a booking to another start."""
        if self.bookings:
            where = f"/api/bookings/{self.bookings[pick % len(self.bookings)]}/reschedule"
            self._done(self.mine.post(where, {"starts_at": self._start(other).isoformat()}))
            decide(self.shop)

    @rule(given=fields)
    def change_service(self, given: dict[str, Any]) -> None:
        """Change how the service is booked."""
        self._done(self.mine.patch(of_service(self.shop), given, If_Match="*"))

    @rule(needs=roles)
    def change_requirements(self, needs: list[tuple[str, list[int]]] | None) -> None:
        """Change what the service needs."""
        said = needs and [
            {"role": role, "resource_ids": [shown(Kind.RESOURCE, self.shop.resource_ids[each]) for each in numbers]}
            for role, numbers in needs
        ]
        self.change_service({"requirements": said})

    @rule(chair=chairs, given=st.sampled_from([{"priority": 0}, {"priority": 1}, {"service_ids": []}]))
    def change_resource(self, chair: int, given: dict[str, Any]) -> None:
        """Change a resource, or what it offers."""
        self._done(self.mine.patch(of_resource(self.shop, chair), given))

    @rule()
    def add_resource(self) -> None:
        """Add a resource that offers the service."""
        wanted = {
            "business_id": shown(Kind.BUSINESS, self.shop.business.id),
            "name": "Stool",
            "service_ids": [shown(Kind.SERVICE, self.shop.service.id)],
        }
        self._done(self.mine.post("/api/resources", wanted))

    @rule(chair=st.sampled_from([2, 2, 1]))
    def archive_resource(self, chair: int) -> None:
        """Archive a resource."""
        self._done(self.mine.delete(of_resource(self.shop, chair)))

    @rule(week=weeks, day=st.integers(-1, 3), zone=st.sampled_from([None, None, "UTC"]), chair=places)
    def keep_hours(self, week: list[Any], day: int, zone: str | None, chair: int | None) -> None:
        """Keep other hours, closed on one date."""
        where = of_business(self.shop) if chair is None else of_resource(self.shop, chair)
        closed = {"date": (self.today + timedelta(days=day)).isoformat(), "intervals": []}
        body = {"weekly": week, "overrides": [closed], "timezone": zone}
        answer = self.mine.put(f"{where}/schedule", body, If_Match="*")
        self._done(answer if answer.status_code != 412 else self.mine.put(f"{where}/schedule", body))

    @rule(chair=chairs)
    def keep_no_hours(self, chair: int) -> None:
        """Let a resource keep the hours of the business again."""
        self._done(self.mine.delete(f"{of_resource(self.shop, chair)}/schedule", If_Match="*"))

    @rule(pick=picks, hours=st.sampled_from([1, 30]), chair=places)
    def close(self, pick: int, hours: int, chair: int | None) -> None:
        """Enter time off, of a resource or of all."""
        ids = self.shop.resource_ids
        of = {"business_id": self.shop.business.id} if chair is None else {"resource_id": ids[chair]}
        kind = Kind.BUSINESS if chair is None else Kind.RESOURCE
        whose = {name: shown(kind, id_) for name, id_ in of.items()}
        answer = self.mine.post("/api/time-off", {**whose, **self._span(pick, hours)})
        self._done(answer)
        if answer.status_code == 201:
            self.closures.append(answer.get_json()["id"])

    @rule(pick=picks, other=picks)
    def close_elsewhen(self, pick: int, other: int) -> None:
        """Change when some time off is."""
        if self.closures:
            where = f"/api/time-off/{self.closures[pick % len(self.closures)]}"
            self._done(self.mine.patch(where, self._span(other, 2)))

    @rule(pick=picks)
    def reopen(self, pick: int) -> None:
        """Take time off back."""
        if self.closures:
            self._done(self.mine.delete(f"/api/time-off/{self.closures.pop(pick % len(self.closures))}"))

    @rule(zone=st.sampled_from([*{place.zone for place in PLACES}, "Pacific/Kiritimati"]))
    def go_elsewhere(self, zone: str) -> None:
        """Take the business to another time zone."""
        self._done(self.mine.patch(of_business(self.shop), {"timezone": zone}))
        self.zone = zone

    # what has none

    @rule(pick=picks)
    def nothing_that_matters(self, pick: int) -> None:
        """Change what no answer shows, and what is taken of others; ask for what is not decided yet."""
        shed = {**self._span(pick, 2), "resource_id": shown(Kind.RESOURCE, self.shed)}
        wish = a_wish(self.shop, self._start(pick)) | {"service_id": shown(Kind.SERVICE, self.other.id)}
        answer = [
            lambda: self.mine.patch(of_service(self.shop), {"name": f"Cut {pick}"}, If_Match="*"),
            lambda: self.mine.patch(of_business(self.shop), {"city": f"City {pick}"}),
            lambda: self.mine.patch(of_resource(self.shop), {"name": f"Chair {pick}"}),
            lambda: self.mine.post("/api/time-off", shed),
            lambda: self.mine.put(f"/api/resources/{shed['resource_id']}/schedule", {"weekly": []}),
            lambda: self.mine.post("/api/bookings", wish),
            lambda: self.mine.post("/api/bookings", a_wish(self.shop, self._start(pick))),
        ][pick % 7]()
        self._done(answer)
        self.nothing_happened = True

    @rule(pick=picks)
    def look_again(self, pick: int) -> None:
        """Look again, nothing having happened; or let a lapsed hold be written down."""
        if pick % 3 == 0:
            maintenance.expire_holds()
        self.nothing_happened = True

    @rule(pick=picks, less=st.sampled_from([0, 0, 1]))
    def wait(self, pick: int, less: int) -> None:
        """Let time pass, to an instant at which somebody's answer may change, or to the second before."""
        turns = sorted(turn - less for turn in self._turns() if turn - less > self.watch.at.timestamp())
        turns = [turn for turn in turns if turn < (self.watch.at + FAR).timestamp()]
        if turns:
            self.watch.at = datetime.fromtimestamp(turns[pick % len(turns)], self.watch.at.tzinfo)
        self.nothing_happened = True

    @invariant()
    def look(self) -> None:
        """Let everybody ask their question."""
        now = int(self.watch.at.timestamp()) if self.onlookers or hasattr(self, "mine") else 0
        for name, question in self._questions() if now else ():
            asking = self.onlookers.setdefault(name, Onlooker(self.mine, question))
            asking.look(now, nothing_happened=self.nothing_happened)
        self.nothing_happened = False

    def teardown(self) -> None:
        """Close the shop."""
        self.undo.close()

    def _questions(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        service = {"service_id": shown(Kind.SERVICE, self.shop.service.id)}
        day, later, last = (self.today + timedelta(days=days) for days in (0, 1, 3))
        asked: list[dict[str, Any]] = [
            {"date": day},
            {"date": later, "timezone": "Pacific/Kiritimati"},
            {"from": day - timedelta(days=1), "to": last, "include": "resources"},
            {"from": day, "to": day + timedelta(days=61), "view": "days"},
            {"view": "next"},
            {"view": "next", "from": later, "limit": 3, "timezone": "Pacific/Niue"},
            {"date": later, "party": 2},
            {"from": day, "to": later, "mode": "all"},
            {"date": day, "resource_id": shown(Kind.RESOURCE, self.shop.resource_ids[0])},
            *({"from": day, "to": later, "reschedule_of": each} for each in self.bookings[-1:]),
        ]
        for question in asked:
            yield str(sorted(question.items())), service | {name: str(each) for name, each in question.items()}

    def _done(self, answer: TestResponse) -> None:
        assert answer.status_code < 500, answer.get_json()

    def _start(self, pick: int) -> datetime:
        """Return a start that somebody was told of; one of many, and if there is none, one of the coming hours."""
        told = sorted({datetime.fromisoformat(start) for each in self.onlookers.values() for start in each.starts})
        return told[pick * 7 % len(told)] if told else self._hour(pick)

    def _span(self, pick: int, hours: int) -> dict[str, str]:
        begin = self._hour(pick)
        return {"starts_at": begin.isoformat(), "ends_at": (begin + timedelta(hours=hours)).isoformat()}

    def _hour(self, pick: int) -> datetime:
        return self.watch.at.replace(minute=30, second=0) + timedelta(hours=pick - 4)

    def _turns(self) -> Iterator[float]:
        yield from (each.until for each in self.onlookers.values() if each.until)
        yield from (
            datetime.fromisoformat(each.starts[0]).timestamp() for each in self.onlookers.values() if each.starts
        )
        for zone in (self.zone, "Pacific/Kiritimati", "Pacific/Niue"):
            yield next_date(int(self.watch.at.timestamp()), ZoneInfo(zone))
