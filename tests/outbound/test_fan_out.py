"""Fan-out: each event becomes one delivery to each endpoint that is to be told of it, however often it is followed."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from config.transaction import transaction
from domain.kernel.tails import Tail
from domain.webhooks.tables import WebhookEndpoint
from tests.builders import a_business
from tests.databases import Databases, databases
from tests.outbound.hooks import an_endpoint, change, deliveries, follow, happened, kinds_of
from tests.settled import until_told
from workers import tails
from workers.tails import TAILS
from workers.tails import follow as follow_tails


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[Databases]:
    with databases(monkeypatch) as made:
        yield made


def test_an_endpoint_is_told_of_all_that_happens_in_its_business_from_then_on() -> None:
    owner, business = a_business()
    _, other = a_business()
    made = an_endpoint(owner, business.id)
    happened(business.id, "booking.confirmed", "service.created")
    happened(other.id, "booking.cancelled")
    follow()

    assert kinds_of(made) == ["booking.confirmed", "service.created", "webhook_endpoint.created"]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (["booking.confirmed"], ["booking.confirmed"]),
        (["booking.*"], ["booking.cancelled", "booking.confirmed"]),
        (["booking.*", "service.created"], ["booking.cancelled", "booking.confirmed", "service.created"]),
        (["time_off.*"], []),  # and not whatever has any letter in the place of the underscore
    ],
)
def test_it_is_told_only_of_what_it_asks_for(wanted: list[str], told: list[str]) -> None:
    owner, business = a_business()
    made = an_endpoint(owner, business.id, "https://example.com/", *wanted)
    happened(business.id, "booking.confirmed", "booking.cancelled", "service.created", "resource.updated")
    follow()

    assert kinds_of(made) == told


def test_what_is_followed_again_is_not_told_again() -> None:
    owner, business = a_business()
    made = an_endpoint(owner, business.id, "https://example.com/", "booking.*")
    happened(business.id, "booking.confirmed")
    follow()
    before = [each.id for each in deliveries(made)]
    follow()

    assert len(before) == 1
    assert [each.id for each in deliveries(made)] == before


@pytest.mark.parametrize("state", ["disabled", "deleted"])
def test_what_is_not_enabled_is_told_nothing(state: str) -> None:
    owner, business = a_business()
    made = an_endpoint(owner, business.id, "https://example.com/", "booking.*")
    change(WebhookEndpoint, made, state=state, disabled_reason="gone" if state == "disabled" else None)
    happened(business.id, "booking.confirmed")
    follow()

    assert deliveries(made) == []


def test_what_happened_before_an_endpoint_was_made_is_not_for_it() -> None:
    owner, business = a_business()
    happened(business.id, "booking.confirmed")
    made = an_endpoint(owner, business.id, "https://example.com/", "booking.*")
    follow()

    assert deliveries(made) == []


def test_deliveries_are_in_the_order_of_events() -> None:
    owner, business = a_business()
    made = an_endpoint(owner, business.id, "https://example.com/", "booking.*", "service.*")
    kinds = ["booking.requested", "service.created", "booking.confirmed"]
    for kind in kinds:
        happened(business.id, kind)
    happened(business.id, *kinds)  # in one transaction, at one time
    follow()

    assert [each.kind for each in deliveries(made)] == kinds * 2


def test_the_tail_brings_every_event_to_its_endpoints_once(own: Databases) -> None:
    owner, business = a_business()
    made = an_endpoint(owner, business.id, "https://example.com/", "booking.*")
    happened(business.id, *["booking.confirmed"] * 1100)  # more than two stretches
    until_told(business.id)
    follow_tails()
    happened(business.id, "booking.cancelled")
    until_told(business.id)
    follow_tails()
    follow_tails()

    assert len(deliveries(made)) == 1101
    with own.connected() as connection:
        assert connection.execute("SELECT count(DISTINCT event_id) FROM webhook_deliveries").fetchone() == (1101,)


def test_every_tail_has_its_place_in_a_new_database() -> None:
    with transaction() as session:
        assert set(session.scalars(select(Tail.name))) == TAILS.keys()


def test_a_tail_that_stumbles_does_not_hold_up_the_others(own: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise ValueError("what is this?")

    with own.connected() as connection:
        connection.execute("INSERT INTO tails (name, xid, event_id) VALUES ('first', '0', 0)")
    monkeypatch.setattr(tails, "TAILS", {"first": stumble, **TAILS})
    owner, business = a_business()
    made = an_endpoint(owner, business.id, "https://example.com/", "booking.*")
    happened(business.id, "booking.confirmed")
    until_told(business.id)
    follow_tails()

    assert kinds_of(made) == ["booking.confirmed"]
    with own.connected() as connection:
        assert connection.execute("SELECT event_id FROM tails WHERE name = 'first'").fetchone() == (0,)
