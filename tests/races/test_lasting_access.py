"""Races of a reset that ends an account's access with whoever makes more of it by what the reset ends.

Two transactions, and two orders: the one that begins first stays open until the other has come to its end, or waits for it.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from config.clock import clock
from config.links import account_keys
from config.transaction import transaction
from domain.accounts import queries
from domain.accounts import service as accounts
from domain.accounts.rules import KeyClaims, Principal, Purpose, Role
from domain.accounts.tables import AccountToken, ApiKey, Member
from domain.bookings import service as bookings
from domain.bookings.tables import CalendarFeed
from domain.kernel.errors import Unauthenticated
from domain.webhooks import service as webhooks
from domain.webhooks.rules.urls import Reach
from domain.webhooks.tables import WebhookEndpoint
from tests import letters
from tests.builders import UNUSABLE_HASH, Shop, a_shop, a_user, prove
from tests.races.test_single_use import reset_of

HOLDS_UP = text("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE :pid = ANY(pg_blocking_pids(pid)))")
OWN_PID = text("SELECT pg_backend_pid()")
SOON = timedelta(minutes=5)


@dataclass(frozen=True)
class Scene:
    """A business of somebody whose account is being taken back, with a key and a feed; and others to be let in."""

    shop: Shop
    key: ApiKey
    feed: CalendarFeed
    friend: Principal
    joining: Principal
    ticket: str

    @property
    def who(self) -> Principal:
        """Whose account it is."""
        return self.shop.owner


@pytest.fixture
def scene() -> Scene:
    shop, friend, host = a_shop(), a_user("Bo"), a_shop()
    who = shop.owner
    prove(friend.email)
    letters.invited(host.owner, host.business.id, who.email)
    with transaction() as session:
        key = accounts.create_key(session, "Till", caller=who, now=clock()).row
        feed = feed_by(session, who).row
    return Scene(shop, key, feed, friend, host.owner, letters.ticket(Purpose.INVITATION, who.email))


def feed_by(session: Session, who: Principal) -> bookings.NewFeed:
    return bookings.create_feed(session, business_id=None, resource_id=None, name="Mine", caller=who, now=clock())


def a_key(scene: Scene, session: Session) -> object:
    return accounts.create_key(session, "Lasting", caller=scene.who, now=clock())


def a_rotated_key(scene: Scene, session: Session) -> object:
    return accounts.rotate_key(session, scene.key.id, SOON, caller=scene.who, now=clock())


def a_feed(scene: Scene, session: Session) -> object:
    return feed_by(session, scene.who)


def a_rotated_feed(scene: Scene, session: Session) -> object:
    return bookings.rotate_feed(session, scene.feed.id, caller=scene.who, now=clock())


def an_invitation(scene: Scene, session: Session) -> object:
    return accounts.invite(
        session, scene.shop.business.id, "accomplice@example.com", Role.OWNER, caller=scene.who, now=clock()
    )


def an_endpoint(scene: Scene, session: Session) -> object:
    return webhooks.create_endpoint(
        session,
        scene.shop.business.id,
        {"url": "https://accomplice.example.com/", "kinds": [], "description": None},
        reach=Reach(plain=False, allowed=()),
        seal=lambda _, secret: secret.encode(),
        caller=scene.who,
        now=clock(),
    )


def a_member(scene: Scene, session: Session) -> object:
    business_id = scene.shop.business.id
    return accounts.add_member(session, business_id, scene.friend.email, Role.OWNER, caller=scene.who, now=clock())


def a_place(scene: Scene, session: Session) -> object:
    return accounts.accept(session, scene.ticket, keys=account_keys(), caller=scene.who, now=clock())


def working(scene: Scene) -> Mapping[str, int]:
    """Count what lets somebody in, or tells them something, of all that the account has made."""
    who, business_id = scene.who, scene.shop.business.id
    counted = {
        "keys": select(ApiKey).where(ApiKey.user_id == who.user_id, ApiKey.revoked_at.is_(None)),
        "feeds": select(CalendarFeed).where(CalendarFeed.user_id == who.user_id, CalendarFeed.revoked_at.is_(None)),
        "invitations": select(AccountToken).where(AccountToken.invited_by == who.user_id),
        "endpoints": select(WebhookEndpoint).where(WebhookEndpoint.business_id == business_id),
        "members": select(Member).where(Member.business_id == business_id, Member.user_id != who.user_id),
        "places": select(Member).where(Member.user_id == who.user_id, Member.business_id != business_id),
    }
    with transaction() as session:
        found = {
            name: session.scalars(select(func.count()).select_from(each.subquery())).one()
            for name, each in counted.items()
        }
    return {name: count for name, count in found.items() if count}


def taken_back(scene: Scene) -> Callable[[Session], None]:
    """Return what resets the password of the account, and ends all access by what was made before."""
    token_id = reset_of(scene.who)

    def reset(session: Session) -> None:
        done = accounts.reset_password(session, token_id, UNUSABLE_HASH, ends_access=True, now=clock())
        bookings.revoke_feeds_of(session, done.user.id, done.user.account_id, by=done.by, now=clock())

    return reset


def committed(work: Callable[[Session], object]) -> str:
    try:
        with transaction() as session:
            work(session)
    except Unauthenticated as error:
        return error.code
    return "done"


def in_order(first: Callable[[Session], object], second: Callable[[Session], object]) -> str:
    """Commit *first* only when *second*, begun after it, is over or waits for it; return what *second* was told."""
    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            pid = session.scalar(OWN_PID)
            first(session)
            session.flush()
            running = pool.submit(committed, second)
            until_it_waits_for(pid, running)
        return running.result(timeout=20)


def until_it_waits_for(pid: object, running: Future[str]) -> None:
    while not running.done():
        with transaction() as session:
            if session.scalar(HOLDS_UP, {"pid": pid}):
                return
        time.sleep(0.01)


MAKERS = [a_key, a_rotated_key, a_feed, a_rotated_feed, an_invitation, an_endpoint, a_member, a_place]


@pytest.mark.parametrize("make", MAKERS)
def test_what_is_made_by_a_session_while_a_reset_ends_it_is_refused(
    make: Callable[[Scene, Session], object], scene: Scene
) -> None:
    assert in_order(taken_back(scene), partial(make, scene)) == "unauthenticated"
    assert working(scene) == {}


@pytest.mark.parametrize("make", [a_key, a_rotated_key, a_feed, a_rotated_feed])
def test_what_was_begun_before_a_reset_is_ended_by_it(make: Callable[[Scene, Session], object], scene: Scene) -> None:
    assert in_order(partial(make, scene), taken_back(scene)) == "done"
    assert working(scene) == {}


@pytest.mark.parametrize("make", [a_key, a_feed])
def test_without_the_lock_what_is_made_survives_the_reset(
    make: Callable[[Scene, Session], object], scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "acting_for_update", lambda *_, **__: True)
    assert in_order(partial(make, scene), taken_back(scene)) == "done"
    assert sum(working(scene).values()) == 1


def test_an_endpoint_is_not_made_by_a_key_that_a_reset_ends(scene: Scene) -> None:
    with transaction() as session:
        by_key = accounts.principal(session, KeyClaims(user_id=scene.who.user_id, key_id=scene.key.id), now=clock())
    thief = replace(scene, shop=replace(scene.shop, owner=by_key))
    assert in_order(taken_back(scene), partial(an_endpoint, thief)) == "unauthenticated"
    assert working(scene) == {}
