"""What is offered to a booking that would move is what it gets: its own place is free, its own hold counts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_shop, decide
from tests.flows.desk import a_wish, desk
from tests.flows.office import Office, of_service, office
from tests.watch import watch

NINE = datetime(2031, 6, 2, 8, tzinfo=UTC)  # in Lagos, on a Monday
LATER = NINE + timedelta(hours=5)


def offered(mine: Office, shop: Shop, booking: dict[str, Any]) -> list[str]:
    asked = {"service_id": shown(Kind.SERVICE, shop.service.id), "date": "2031-06-02", "reschedule_of": booking["id"]}
    return [slot["starts_at"] for slot in mine.get("/api/availability", **asked).get_json()["slots"]]


def explained(mine: Office, shop: Shop, booking: dict[str, Any], at: datetime) -> str | None:
    asked = {"service_id": shown(Kind.SERVICE, shop.service.id), "at": at.isoformat(), "reschedule_of": booking["id"]}
    found = mine.get("/api/availability/explain", **asked).get_json()
    return found["rejection"] and str(found["rejection"]["code"])


def moved(shop: Shop, booking: dict[str, Any], at: datetime) -> str | None:
    """Move a booking; return the code of its rejection."""
    mine = desk(shop.owner)
    answer = mine.post(f"/api/bookings/{booking['id']}/reschedule", {"starts_at": at.isoformat()})
    assert answer.status_code == 202
    decide(shop)
    move = mine.look(booking).get_json()["reschedule"]
    assert (move["status"] == "moved") == (move["rejection"] is None)
    return move["rejection"] and str(move["rejection"]["code"])


@pytest.mark.parametrize("is_held", [False, True])
@pytest.mark.parametrize("holds_by_now", [False, True])
def test_a_start_that_is_now_is_offered_by_the_bookings_own_hold_not_by_its_services(
    *, is_held: bool, holds_by_now: bool
) -> None:
    with watch(NINE - timedelta(hours=20)) as clock:
        shop = a_shop(requires_approval=is_held)
        mine = office(shop.owner)
        booking = desk(shop.owner).book(a_wish(shop, LATER)).get_json()
        decide(shop)
        mine.patch(of_service(shop), {"requires_approval": holds_by_now}, If_Match="*")
        clock.at = NINE

        told = explained(mine, shop, booking, NINE)

        assert ("2031-06-02T09:00:00+01:00" in offered(mine, shop, booking)) == (told is None)
        assert told == ("in_the_past" if is_held else None)
        assert moved(shop, booking, NINE) == told
