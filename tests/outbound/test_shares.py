"""Shares of the room in which webhooks are sent: an account's is half of it, whatever it has."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text, update

from config.clock import clock
from config.transaction import transaction
from domain.webhooks import service as webhooks
from domain.webhooks.gateway import Claimed, Heard
from domain.webhooks.queries import claim
from domain.webhooks.service import Made, deliver
from domain.webhooks.service.deliver import MOST_ACCOUNT, MOST_FAILING
from domain.webhooks.tables import WebhookEndpoint
from tests.builders import a_business
from tests.outbound.hooks import an_endpoint, claimed, crowd, follow, happened
from tests.races.rivals import together

pytestmark = pytest.mark.usefixtures("nothing_is_due")

ROOM = 2 * MOST_ACCOUNT
GOOD = Heard(status=200, body=b"", milliseconds=1)


@pytest.fixture(autouse=True)
def _lasting_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no lease lapse in the midst of a test, however slow the machine is."""
    monkeypatch.setattr(deliver, "LEASE", timedelta(hours=1))


@pytest.fixture(autouse=True, params=[0, claim.LITTLE], ids=["read by endpoint", "read by time"])
def _found(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Find what may be sent in the one and in the other way: whose turn it is does not hang on that."""
    monkeypatch.setattr(claim, "LITTLE", request.param)


def chain(businesses: int) -> None:
    """Have an account own so many businesses, each with 15 endpoints at which five events are due."""
    owner, each = a_business()
    for number in range(businesses):
        if number:
            owner, each = a_business(owner=owner)
        for _ in range(15):
            an_endpoint(owner, each.id, "http://127.0.0.1:9/", "booking.*")
        happened(each.id, *["booking.confirmed"] * 5)
    follow()


def accounts(many: int) -> dict[UUID, int]:
    """Have many accounts, each with more due than there is room for; return which endpoint is of which of them."""
    return {made.row.id: account for account in range(many) for made in crowd(5, 4)}


def by_account(got: Sequence[Claimed], of: dict[UUID, int]) -> Counter[int]:
    return Counter(of[each.endpoint_id] for each in got)


def test_an_account_has_half_of_the_room_however_many_endpoints_and_businesses_it_has() -> None:
    chain(2)
    assert len(claimed(ROOM)) == MOST_ACCOUNT
    assert not claimed(ROOM)
    others = crowd(1, 2)
    assert {each.endpoint_id for each in claimed(ROOM)} == {others[0].row.id}


def test_however_many_claim_at_once_an_account_has_no_more_than_that() -> None:
    chain(8)
    got = [each for rival in together(*[lambda: claimed(ROOM)] * 8) for each in rival]
    assert 0 < len(got) <= MOST_ACCOUNT


def test_accounts_that_are_alike_have_the_same_and_as_much_is_left() -> None:
    of = accounts(3)
    assert by_account(claimed(ROOM), of) == {0: 8, 1: 8, 2: 8}


def test_who_comes_later_has_half_of_what_the_others_have_left() -> None:
    free, had = ROOM, []
    for _ in range(6):
        of = accounts(1)
        had.append(len([each for each in claimed(free) if each.endpoint_id in of]))
        free -= had[-1]

    assert had == [16, 8, 4, 2, 1, 1]


def test_the_place_that_becomes_free_in_a_full_room_is_for_whoever_has_least_under_way() -> None:
    """And not for who has waited longest: that is the account that has most of the room already."""
    first = accounts(1)
    (ended, *_) = got = claimed(ROOM)
    second = accounts(1)
    with transaction() as session:
        webhooks.record(session, ended, GOOD, now=clock())
    (next_one,) = claimed(1)

    assert {each.endpoint_id for each in got} <= first.keys()
    assert next_one.endpoint_id in second


def test_where_there_is_less_free_than_an_account_has_under_way_it_has_no_more() -> None:
    accounts(1)
    assert len(claimed(8)) == 4
    assert not claimed(4)
    assert len(claimed(6)) == 1


def failing(made: Sequence[Made]) -> set[UUID]:
    ids = {each.row.id for each in made}
    with transaction() as session:
        session.execute(update(WebhookEndpoint).where(WebhookEndpoint.id.in_(ids)).values(failing_since=clock()))
    return ids


def test_of_the_room_for_what_fails_an_account_leaves_as_much_to_the_others() -> None:
    many = failing(crowd(20, 2))
    got = claimed(ROOM)
    assert len(got) == MOST_FAILING // 2
    assert {each.endpoint_id for each in got} <= many
    assert not claimed(ROOM)
    others = failing(crowd(1, 2))
    assert {each.endpoint_id for each in claimed(ROOM)} == others


def test_a_backlog_is_read_by_the_index_however_long_it_is() -> None:
    (made,) = crowd(1, 1)
    many = """
        INSERT INTO webhook_deliveries (id, endpoint_id, business_id, event_id, kind, next_attempt_at, created_at)
        SELECT gen_random_uuid(), endpoint_id, business_id, gen_random_uuid(), kind, next_attempt_at, created_at
          FROM webhook_deliveries, generate_series(1, 20000)
    """
    of = {"endpoint_ids": [made.row.id], "lease": "mine", "lease_until": clock()}
    asked = {"most": 4, "most_account": MOST_ACCOUNT, "limit": ROOM, "now": clock(), "little": claim.LITTLE, **of}
    with transaction() as session:
        session.execute(text(many))
        session.execute(text("ANALYZE webhook_deliveries"))
        for statement in (claim.ANY_DUE, claim.WITH_ROOM, claim.TAKE):
            explained = text(f"EXPLAIN {statement.text}")
            plan = session.scalars(explained, asked).all()
            assert not [line for line in plan if "Seq Scan on webhook_deliveries" in line]
