"""Manage links that are no good: spoilt, over, revoked; and who is shown one that is."""

from datetime import timedelta

import pytest

from config.clock import clock
from domain.accounts.rules import Role
from tests.application import application
from tests.builders import a_member, a_shop, a_user
from tests.flows.desk import Desk, a_decided, desk
from tests.flows.guests import a_guest, changed, for_bo, opened, ticket_of


@pytest.mark.parametrize("part", ["other", "revoked", "over", "spoilt", "session"])
def test_a_link_that_is_no_good_opens_nothing(part: str) -> None:
    shop = a_shop()
    booking = for_bo(shop, shop.owner)
    ticket, client = ticket_of(booking), application().test_client()
    if part == "other":
        ticket = ticket.replace(booking["id"], for_bo(shop, shop.owner, ahead=10)["id"])
    if part == "revoked":
        changed(booking, manage_no=2)
    if part == "over":
        changed(booking, starts_at=clock() - timedelta(days=31), ends_at=clock() - timedelta(days=30))
    if part == "spoilt":
        ticket = ticket[:-1] + ("A" if ticket[-1] != "A" else "Q")
    if part == "session":
        ticket = str(desk(shop.owner).signed["Authorization"]).removeprefix("Bearer ")[:128]
    answer = opened(client, ticket)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "link_invalid")


def test_a_link_lasts_a_month_beyond_the_end() -> None:
    shop = a_shop()
    booking = for_bo(shop, shop.owner)
    guest = a_guest(booking)
    changed(booking, starts_at=clock() - timedelta(days=30), ends_at=clock() - timedelta(days=29, hours=23))
    assert guest.look(booking).status_code == 200
    changed(booking, ends_at=clock() - timedelta(days=30))
    assert guest.look(booking).get_json()["code"] == "unauthenticated"


def test_revoking_ends_the_links_and_what_was_opened_by_them_at_once() -> None:
    shop = a_shop()
    booking = for_bo(shop, shop.owner)
    guest, owner, place = a_guest(booking), desk(shop.owner), f"/api/bookings/{booking['id']}/manage-link"
    before = owner.post(place, None).get_json()
    assert before["url"].endswith(f"/manage#{guest.ticket}")

    assert owner.client.delete(place, headers=owner.signed).status_code == 204

    assert guest.look(booking).status_code == 401
    assert opened(guest.client, guest.ticket).get_json()["code"] == "link_invalid"
    after = owner.post(place, None).get_json()
    assert after["url"] != before["url"]
    assert opened(guest.client, after["url"].partition("#")[2]).status_code == 200
    assert guest.look(booking).status_code == 401, "the old token stays ended"


def test_revoking_leaves_the_booking_at_its_version() -> None:
    shop = a_shop()
    booking = for_bo(shop, shop.owner)
    owner = desk(shop.owner)
    before = owner.look(booking).get_json()
    owner.client.delete(f"/api/bookings/{booking['id']}/manage-link", headers=owner.signed)
    assert owner.look(booking).get_json() == before


@pytest.mark.parametrize(("who", "status"), [("staff", 403), ("admin", 200), ("customer", 403), ("guest", 403)])
def test_only_who_serves_a_booking_is_shown_its_link(who: str, status: int) -> None:
    shop, customer = a_shop(), a_user()
    booking = a_decided(shop, desk(customer))
    desks: dict[str, Desk] = {
        "staff": desk(a_member(shop, Role.STAFF)),
        "admin": desk(a_member(shop, Role.ADMIN)),
        "customer": desk(customer),
        "guest": a_guest(booking),
    }
    assert desks[who].post(f"/api/bookings/{booking['id']}/manage-link", None).status_code == status
