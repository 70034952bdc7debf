"""Listing bookings: whose they are, which of them, and in what order; and the history of one."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import Role
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind, parsed, shown
from tests.builders import Shop, a_member, a_service, a_shop, a_user, decide, weekday
from tests.flows.desk import Desk, a_wish, desk

HALF_HOUR = timedelta(minutes=30)


def several(shop: Shop, who: Desk, count: int = 3) -> list[str]:
    """Ask for bookings half an hour apart; return their ids, the newest first."""
    made = [who.book(a_wish(shop, weekday() + turn * HALF_HOUR)).get_json()["id"] for turn in range(count)]
    return made[::-1]


def ids(who: Desk, **query: Any) -> list[str]:  # noqa: ANN401 - text, or several
    answer = who.list(**query)
    assert answer.status_code == 200, answer.text
    return [booking["id"] for booking in answer.get_json()["data"]]


def lapsed(booking_id: str) -> None:
    """Let a hold have run out, though nobody has ended it."""
    with transaction() as session:
        row = update(Booking).where(Booking.id == parsed(Kind.BOOKING, booking_id))
        session.execute(row.values(hold_expires_at=Booking.created_at))


def test_callers_see_their_own_and_members_those_of_their_business_the_newest_first() -> None:
    shop, mine, other = a_shop(), desk(a_user()), desk(a_user())
    first, second = several(shop, mine), several(shop, other)

    assert ids(mine) == first
    assert ids(other) == second
    assert ids(desk(shop.owner)) == ids(desk(a_member(shop, Role.STAFF))) == second + first
    assert ids(desk(a_user())) == []


def test_what_a_member_booked_elsewhere_is_listed_with_what_was_booked_at_theirs() -> None:
    shop, elsewhere = a_shop(), a_shop()
    owner = desk(shop.owner)
    own, there, theirs = several(shop, owner, 1), several(elsewhere, owner, 1), several(shop, desk(a_user()), 1)

    assert ids(owner) == theirs + there + own
    assert ids(owner, limit=2) == theirs + there


def test_pages_join_without_gap_or_double() -> None:
    shop, mine = a_shop(), desk(a_user())
    made, seen = several(shop, mine, 5), list[str]()
    query: dict[str, str] = {"limit": "2"}
    for _ in range(3):
        page = mine.list(**query).get_json()
        seen += [booking["id"] for booking in page["data"]]
        query = {"limit": "2", "cursor": page["next_cursor"]}

    assert seen == made
    assert page["has_more"] is False


@pytest.mark.parametrize("name", ["business_id", "service_id", "resource_id", "customer_id"])
def test_a_filter_narrows_and_what_is_foreign_is_not_there(name: str) -> None:
    shop, foreign, me = a_shop(), a_shop(), a_user()
    mine = desk(me)
    [booking] = several(shop, mine, 1)
    several(foreign, desk(a_user()), 1)
    [elsewhere] = several(foreign, mine, 1)
    for each in (shop, foreign):
        decide(each)
    theirs = desk(foreign.owner).look({"id": elsewhere}).get_json()

    def seen_by(who: Desk) -> list[str]:
        wanted = shown(Kind.USER, me.user_id) if name == "customer_id" else mine.look({"id": booking}).get_json()[name]
        return ids(who, **{name: wanted})

    assert seen_by(mine) == ([elsewhere, booking] if name == "customer_id" else [booking])
    assert seen_by(desk(shop.owner)) == [booking]
    assert seen_by(desk(foreign.owner)) == ([elsewhere] if name == "customer_id" else [])
    if name == "business_id":
        assert ids(mine, business_id=theirs["business_id"]) == [elsewhere], "and nobody else's there"


def test_two_services_of_one_business_are_told_apart() -> None:
    shop = a_shop()
    other, _ = a_service(shop.owner, shop.business.id)
    mine = desk(a_user())
    several(shop, mine, 2)
    wanted = shown(Kind.SERVICE, other.id)
    booking = mine.book(a_wish(shop, weekday(ahead=8)) | {"service_id": wanted}).get_json()

    assert ids(desk(shop.owner), service_id=wanted) == [booking["id"]]


def test_a_status_is_as_it_reads_now_and_may_be_repeated() -> None:
    shop, mine = a_shop(requires_approval=True), desk(a_user())
    expired, approved, waiting = several(shop, mine)[::-1]
    decide(shop)
    desk(shop.owner).turn({"id": approved}, "approve")
    lapsed(expired)
    [pending] = several(shop, desk(shop.owner), 1)

    owner = desk(shop.owner)
    assert ids(owner, status="awaiting_approval") == [waiting]
    assert ids(owner, status="expired") == [expired]
    assert ids(owner, status="confirmed") == [approved]
    assert ids(owner, status=["pending", "expired", "awaiting_approval"]) == [pending, waiting, expired]
    assert ids(owner, status=["cancelled", "awaiting_payment"]) == []
    assert {each["status"] for each in owner.list(status="expired").get_json()["data"]} == {"expired"}


def test_spans_are_half_open() -> None:
    shop, mine = a_shop(), desk(a_user())
    third, second, first = several(shop, mine)

    def at(turn: int) -> str:
        return (weekday() + turn * HALF_HOUR).isoformat()

    assert ids(mine, starts_from=at(1)) == [third, second]
    assert ids(mine, starts_to=at(1)) == [first]
    assert ids(mine, starts_from=at(1), starts_to=at(2)) == [second]


def test_what_was_changed_since_is_listed() -> None:
    shop, mine = a_shop(), desk(a_user())
    third, second, first = several(shop, mine)
    since = clock().isoformat()
    mine.turn({"id": second}, "cancel")

    assert ids(mine, updated_since=since) == [second]
    assert ids(mine, updated_until=since) == [third, first]


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ({"status": "lost"}, (422, "invalid")),
        ({"starts_from": "2026-03-15"}, (422, "invalid")),
        ({"business_id": "biz_nonsense"}, (404, "not_found")),
        ({"order": "price"}, (400, "unknown_parameter")),
        ({"cursor": "nonsense"}, (400, "invalid_cursor")),
    ],
    ids=str,
)
def test_a_filter_that_is_none_is_refused(query: dict[str, str], answer: tuple[int, str]) -> None:
    refused = desk(a_user()).list(**query)

    assert (refused.status_code, refused.get_json()["code"]) == answer


def test_history_tells_each_move_with_who_and_why() -> None:
    shop, me = a_shop(requires_approval=True), a_user()
    mine, owner = desk(me), desk(shop.owner)
    booking = mine.book(a_wish(shop)).get_json()
    decide(shop)
    owner.turn(booking, "approve")
    mine.turn(booking, "cancel", reason="I have a cold")

    lines = mine.history(booking).get_json()["data"]

    by, owned_by = (shown(Kind.USER, each.user_id) for each in (me, shop.owner))
    told = [(each["version"], each["from_status"], each["status"], each["by"], each["note"]) for each in lines]
    assert told == [
        (1, None, "pending", by, None),
        (2, "pending", "awaiting_approval", None, None),
        (3, "awaiting_approval", "confirmed", owned_by, None),
        (4, "confirmed", "cancelled", by, "I have a cold"),
    ]
    assert owner.history(booking).get_json()["data"] == lines
    assert all(datetime.fromisoformat(each["at"]) for each in lines)


def test_history_comes_in_pages_and_is_not_for_strangers() -> None:
    shop, mine = a_shop(), desk(a_user())
    booking = mine.book(a_wish(shop)).get_json()
    decide(shop)

    first = mine.history(booking, limit="1").get_json()
    second = mine.history(booking, limit="1", cursor=first["next_cursor"]).get_json()

    assert [each["status"] for page in (first, second) for each in page["data"]] == ["pending", "confirmed"]
    assert second["has_more"] is False
    assert desk(a_user()).history(booking).status_code == 404


def test_a_rejection_is_told_in_the_history() -> None:
    shop, mine = a_shop(), desk(a_user())
    loser = [mine.book(a_wish(shop)).get_json() for _ in range(2)][1]
    decide(shop)

    assert mine.history(loser).get_json()["data"][1]["reason"] == "slot_taken"
