"""Visitors: whoever asks, books, cancels and moves at some premises over HTTP, and tells of it as the oracle would."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from domain.kernel.ids import Kind, shown
from tests.application import application
from tests.builders import decide
from tests.flows.office import Office
from tests.flows.opening import premises
from tests.flows.premises import Premises
from tests.oracle.asking import Choice
from tests.oracle.oracle import Offer, Oracle, Refused
from tests.oracle.world import OURS, Booking, World
from tests.watch import watch

WHERE = "/api/availability"
Asked = dict[str, Any]


class Visitor:
    """The owner of some premises, who may book there as often as they like."""

    def __init__(self, made: Premises) -> None:
        self.made = made
        self.world = made.world
        self.desk = Office(_client(), made.owner)
        self.service_id = shown(Kind.SERVICE, made.service.id)

    def question(self, world: World | None = None, **other: Any) -> Asked:  # noqa: ANN401 - whatever a query can have
        """Return what is asked in the world, or another, as a query has it; but for what is said *other*wise."""
        asked = (world or self.world).question
        whole = {
            "service_id": self.service_id,
            "from": asked.first.isoformat(),
            "to": asked.last.isoformat(),
            "timezone": asked.viewer,
            "party": asked.party,
            "mode": "all" if asked.together else "any",
            "resource_id": self.made.named(asked.named),
        }
        return {name: value for name, value in (whole | other).items() if value is not None}

    def answer(self, **query: Any) -> TestResponse:  # noqa: ANN401 - as above
        """Ask for availability."""
        answer = self.desk.get(WHERE, **query)
        assert answer.status_code == 200, (query, answer.get_json())
        return answer

    def slots(self, **other: Any) -> list[Offer]:  # noqa: ANN401 - as above
        """Ask the world's question, and return the slots."""
        body = self.answer(**self.question(**other), include="resources").get_json()
        return [self._offer(slot) for slot in body["slots"]]

    def explained(self, start: int, **other: Any) -> tuple[Refused | None, dict[int, list[Refused]], dict[int, int]]:  # noqa: ANN401
        """Ask why; return what a booking would be told, what each resource has against it, and how many seats it has."""
        nothing = dict.fromkeys(("from", "to", "timezone"))
        answer = self.desk.get(f"{WHERE}/explain", **self.question(**{**nothing, "at": _text(start), **other}))
        assert answer.status_code == 200, answer.get_json()
        body = answer.get_json()
        resources = [each for role in body["requirements"] for each in role["resources"]]
        numbers = [self.made.number(each["resource_id"]) for each in resources]
        assert body["bookable"] == (body["rejection"] is None)
        assert [each["bookable"] for each in resources] == [not each["refusals"] for each in resources]
        against = [[_refused(why) for why in each["refusals"]] for each in resources]
        left = [each["remaining"] for each in resources]
        told = body["rejection"] and _refused(body["rejection"])
        return told, dict(zip(numbers, against, strict=True)), dict(zip(numbers, left, strict=True))

    def ask(self, start: int, *, named: Sequence[int] = (), override: Sequence[str] = ()) -> str:
        """Ask for a booking of a start, for the party of the world; return its id."""
        wish = {
            "business_id": shown(Kind.BUSINESS, self.made.business.id),
            "service_id": self.service_id,
            "starts_at": _text(start),
            "party": self.world.question.party,
            "resource_ids": self.made.named(named or self.world.question.named),
            "override": list(override),
        }
        answer = self.desk.post("/api/bookings", wish)
        assert answer.status_code == 202, answer.get_json()
        return str(answer.get_json()["id"])

    def outcome(self, booking_id: str) -> Choice:
        """Tell what became of a booking: the numbers of those it got, role by role, or why it got none."""
        body = self.desk.get(f"/api/bookings/{booking_id}").get_json()
        if body["status"] == "rejected":
            return _refused(body["rejection"])
        assert body["status"] in _WON[self.world.service.held], body
        return self._placed(body)

    def book(self, start: int, *, named: Sequence[int] = (), override: Sequence[str] = ()) -> Choice:
        """Ask for a booking, have it decided, and give it back if it was won."""
        booking_id = self.ask(start, named=named, override=override)
        decide(self.made.shop)
        found = self.outcome(booking_id)
        if not _is_refused(found):
            self.cancel(booking_id)
        return found

    def cancel(self, booking_id: str) -> None:
        """Give a booking back."""
        answer = self.desk.patch(f"/api/bookings/{booking_id}/status", {"status": "cancelled"})
        assert answer.status_code == 200, answer.get_json()

    def move(self, booking_id: str, start: int) -> Choice:
        """Have a booking moved; tell whom it got, or why it stayed."""
        answer = self.desk.post(f"/api/bookings/{booking_id}/reschedule", {"starts_at": _text(start)})
        assert answer.status_code == 202, answer.get_json()
        decide(self.made.shop)
        body = self.desk.get(f"/api/bookings/{booking_id}").get_json()
        if body["reschedule"]["status"] == "refused":
            return _refused(body["reschedule"]["rejection"])
        assert _seconds(body["starts_at"]) == start
        return self._placed(body)

    def _placed(self, body: Any) -> tuple[int, ...]:  # noqa: ANN401 - JSON
        return tuple(self.made.number(each["resource_id"]) for each in body["resources"])

    def _offer(self, slot: Any) -> Offer:  # noqa: ANN401 - JSON
        roles = [str(place) for place in range(len(self.world.roles))]
        able = tuple(
            tuple(self.made.number(each["resource_id"]) for each in slot["resources"] if each["role"] == role)
            for role in roles
        )
        return _seconds(slot["starts_at"]), _seconds(slot["ends_at"]), slot["remaining"], able


_WON = {False: {"confirmed"}, True: {"awaiting_approval", "awaiting_payment"}}


@contextmanager
def visiting(world: World) -> Iterator[Visitor]:
    """Open premises as a world has them, at its time."""
    with watch(datetime.fromtimestamp(world.now, UTC)):
        yield Visitor(premises(world))


def is_refused(found: Choice) -> bool:
    """Tell a refusal from the numbers of those who serve."""
    return _is_refused(found)


def told(oracle: Oracle, start: int) -> tuple[Refused | None, dict[int, list[Refused]], dict[int, int]]:
    """Return what the oracle says of a start, in the form of `Visitor.explained`."""
    found = oracle.choice(start)
    against: dict[int, list[Refused]] = {}
    left: dict[int, int] = {}
    for place, role in enumerate(oracle.roles):
        for each in role:
            refusals = oracle.refusals(each.number, start)
            against[each.number] = [why for why in refusals if not (place and why[0] == "off_grid")]
            is_closed = any(code == "time_off" or {"busy", "buffer"} & {*reasons} for code, reasons in refusals)
            left[each.number] = 0 if is_closed else oracle.service.capacity - oracle.desk.most_taken(each, start)
    return (found if _is_refused(found) else None), against, left  # type: ignore[return-value]


def as_moving(world: World, booking: Booking) -> World:
    """Return the world as it is to one of its bookings that would move: without it, on the terms it was made with."""
    kept = replace(
        world.service,
        minutes=(booking.end - booking.start) // 60,
        minutes_before=booking.minutes_before,
        minutes_after=booking.minutes_after,
        held=booking.expires_at is not None,
    )
    question = replace(world.question, party=booking.seats, together=False, named=(), waived=())
    rest = tuple(each for each in world.bookings if each is not booking)
    return replace(world, service=kept, bookings=rest, question=question)


def movable(world: World) -> list[Booking]:
    """Return the bookings of the service that can be moved: those whose hold, if they are held, has not lapsed."""
    ours = [each for each in world.bookings if each.service == OURS]
    return [each for each in ours if each.expires_at is None or each.expires_at > world.now]


@cache
def _client() -> FlaskClient:
    return application().test_client()


def _is_refused(found: Choice) -> bool:
    return bool(found) and isinstance(found[0], str)


def _refused(body: Any) -> Refused:  # noqa: ANN401 - JSON
    return body["code"], tuple(body["reasons"])


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


def _text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
