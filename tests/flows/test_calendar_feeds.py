"""Calendar feeds: who may make one, and what ends it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import Principal, Role
from domain.bookings.service import calendars
from domain.bookings.tables import CalendarFeed
from domain.kernel.ids import Kind, parsed, shown
from tests.builders import Shop, a_member, a_shop, a_user, serve
from tests.flows.desk import desk
from tests.flows.subscribers import fetched, of_business, of_resource, subscribed
from tests.statements import statements
from workers import maintenance

BO = {"name": "Bo, the second", "email": "bo@example.com", "phone": "+234 800 000 0000"}


def feeds_by(shop: Shop) -> dict[str, Principal]:
    """Return who there is, by what they are: the member of staff serves at the first resource."""
    staff = a_member(shop, Role.STAFF)
    serve(staff, shop.resource_ids[0])
    return {"owner": shop.owner, "admin": a_member(shop, Role.ADMIN), "staff": staff, "stranger": a_user()}


@pytest.mark.parametrize(
    ("who", "business", "theirs", "other"),
    [
        ("owner", 201, 201, 201),
        ("admin", 201, 201, 201),
        ("staff", "admins_only", 201, "own_resources_only"),
        ("stranger", "members_only", "members_only", "members_only"),
    ],
)
def test_a_feed_is_for_who_may_see_all_of_it(who: str, business: object, theirs: object, other: object) -> None:
    shop = a_shop(resources=2)
    at = desk(feeds_by(shop)[who])
    told = []
    for body in (of_business(shop), of_resource(shop), of_resource(shop, 1)):
        answer = at.post("/api/calendar-feeds", {"name": "All", **body})
        told.append(answer.get_json().get("code") or answer.status_code)
    assert told == [business, theirs, other]


@pytest.mark.parametrize(("who", "change"), [("admin", "sent away"), ("admin", "staff"), ("staff", "sent away")])
def test_a_feed_is_gone_when_its_maker_may_see_that_no_more(who: str, change: str) -> None:
    shop = a_shop(resources=2)
    maker = feeds_by(shop)[who]
    at, owner = desk(maker), desk(shop.owner)
    feed = subscribed(at, **(of_business(shop) if who == "admin" else of_resource(shop)))
    assert fetched(at, feed).status_code == 200
    theirs = f"/api/businesses/{of_business(shop)['business_id']}/members/{shown(Kind.USER, maker.user_id)}"
    if change == "staff":
        owner.client.patch(theirs, json={"role": "staff"}, headers=owner.signed)
    else:
        owner.client.delete(theirs, headers=owner.signed)
    assert fetched(at, feed).status_code == 404


def test_a_rotated_feed_is_at_its_new_address_only() -> None:
    mine = desk(a_user())
    feed = subscribed(mine)
    rotated = mine.post(f"/api/calendar-feeds/{feed['id']}/rotate", None).get_json()
    assert rotated["id"] == feed["id"]
    assert rotated["rotated_at"] is not None
    assert (fetched(mine, feed).status_code, fetched(mine, rotated).status_code) == (404, 200)


def test_a_revoked_feed_is_gone() -> None:
    mine = desk(a_user())
    feed = subscribed(mine)
    path = f"/api/calendar-feeds/{feed['id']}"
    assert mine.client.delete(path, headers=mine.signed).status_code == 204
    assert fetched(mine, feed).status_code == 404
    assert mine.client.delete(path, headers=mine.signed).status_code == 404
    assert mine.get("/api/calendar-feeds").get_json()["data"] == []


def test_the_address_is_told_once_and_not_kept() -> None:
    mine = desk(a_user())
    feed = subscribed(mine)
    (listed,) = mine.get("/api/calendar-feeds").get_json()["data"]
    assert listed == {name: value for name, value in feed.items() if name != "url"}
    with transaction() as session:
        row = session.scalars(
            select(CalendarFeed).where(CalendarFeed.id == parsed(Kind.CALENDAR_FEED, feed["id"]))
        ).one()
        kept = repr(vars(row))
    assert feed["url"].rpartition("/")[2].removesuffix(".ics") not in kept


@pytest.mark.parametrize("token", ["x", "x" * 42, "x" * 44, "%2e%2e%2fx", "x" * 43])
def test_what_is_no_address_of_a_feed_is_not_found(token: str) -> None:
    mine = desk(a_user())
    with statements() as asked:
        assert mine.client.get(f"/feeds/{token}.ics").status_code == 404
    assert any("calendar_feeds" in each for each in asked) == (len(token) == 43)


def test_a_feed_of_a_business_and_of_a_resource_at_once_is_refused() -> None:
    shop = a_shop(resources=1)
    body = {"name": "Both", **of_business(shop), **of_resource(shop)}
    assert desk(shop.owner).post("/api/calendar-feeds", body).status_code == 422


def test_a_user_has_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "MOST_FEEDS", 2)
    by = desk(a_user())
    made = [by.post("/api/calendar-feeds", {"name": "Mine"}) for _ in range(3)]
    assert [each.status_code for each in made] == [201, 201, 409]
    assert made[2].get_json()["code"] == "too_many_calendar_feeds"
    by.client.delete(f"/api/calendar-feeds/{made[0].get_json()['id']}", headers=by.signed)
    assert by.post("/api/calendar-feeds", {"name": "Mine"}).status_code == 201


def test_what_was_revoked_long_ago_is_forgotten() -> None:
    by = desk(a_user())
    old, new, kept = (by.post("/api/calendar-feeds", {"name": "Mine"}).get_json()["id"] for _ in range(3))
    for each in (old, new):
        by.client.delete(f"/api/calendar-feeds/{each}", headers=by.signed)
    ids = [parsed(Kind.CALENDAR_FEED, each) for each in (old, new, kept)]
    with transaction() as session:
        session.get_one(CalendarFeed, ids[0]).revoked_at = clock() - calendars.KEPT - timedelta(hours=1)
    maintenance.purge()
    with transaction() as session:
        left = session.scalars(select(CalendarFeed.id).where(CalendarFeed.id.in_(ids))).all()
    assert {*left} == {*ids[1:]}
