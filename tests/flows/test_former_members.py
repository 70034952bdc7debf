"""Whoever is a member no more sees nothing of what they have booked for a business's customers; those see it as before."""

import pytest

from domain.accounts.rules import Role
from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_member, a_shop, a_user, decide
from tests.flows.desk import Desk, a_wish, desk, said
from tests.flows.guests import a_guest, for_bo

MOVED = {"starts_at": "2031-01-01T10:00:00Z"}


@pytest.fixture
def shop() -> Shop:
    return a_shop()


def dismissed(shop: Shop, who: Desk) -> None:
    """Take somebody's place in a shop away: by its owner, over the API."""
    owner, me = desk(shop.owner), who.get("/api/auth/me").get_json()["id"]
    place = f"/api/businesses/{shown(Kind.BUSINESS, shop.business.id)}/members/{me}"
    assert owner.client.delete(place, headers=owner.signed).status_code == 204


def test_what_a_member_has_booked_for_somebody_is_theirs_to_see_and_cancel_until_they_leave(shop: Shop) -> None:
    member = a_member(shop, Role.STAFF)
    clerk = desk(member)
    kept, given_up = for_bo(shop, member), for_bo(shop, member, ahead=10)
    assert said(clerk.turn(given_up, "cancel")) == (200, "cancelled")

    dismissed(shop, clerk)

    place = f"/api/bookings/{kept['id']}"
    assert said(clerk.look(kept)) == said(clerk.history(kept)) == (404, "not_found")
    assert said(clerk.turn(kept, "cancel")) == said(clerk.post(f"{place}/reschedule", MOVED)) == (404, "not_found")
    assert [clerk.get(f"{place}/{part}").status_code for part in ("calendar.ics", "cancellation-quote")] == [404, 404]
    assert clerk.list().get_json()["data"] == []
    assert clerk.get("/api/notifications").get_json()["data"] == []
    assert a_guest(kept).look(kept).get_json()["id"] == kept["id"], "whom it is for has the link as before"


def test_what_they_have_booked_for_themselves_stays_theirs(shop: Shop) -> None:
    clerk = desk(a_member(shop, Role.STAFF))
    booking = clerk.book(a_wish(shop)).get_json()
    decide(shop)
    dismissed(shop, clerk)
    assert [each["id"] for each in clerk.list().get_json()["data"]] == [booking["id"]]
    assert said(clerk.turn(booking, "cancel")) == (200, "cancelled")


def test_who_was_no_member_keeps_what_they_have_booked_for_a_friend(shop: Shop) -> None:
    stranger = a_user()
    booking = for_bo(shop, stranger)
    assert desk(stranger).look(booking).get_json()["id"] == booking["id"]
    assert said(desk(stranger).turn(booking, "cancel"))[1] == "cancelled"
