"""What readers of the code have shown to be possible, and is no more."""

import secrets

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from config.clock import clock
from config.transaction import DatabaseAway, transaction
from domain.accounts.rules import Claims
from domain.catalog.tables import Resource
from domain.kernel.events import Event
from domain.kernel.ids import Kind, shown
from tests.application import application
from tests.builders import Shop, a_booking, a_shop, decide, look, weekday
from web.api import bookings as routes
from web.auth import access_token

WHERE = "/api/bookings"


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return application().test_client()


def headers(client: FlaskClient, shop: Shop) -> dict[str, str]:
    with client.application.app_context():
        token = access_token(Claims(user_id=shop.owner.user_id, session_id=shop.owner.session_id))
    return {"Authorization": f"Bearer {token}"}


def wish(shop: Shop) -> dict[str, object]:
    return {
        "business_id": shown(Kind.BUSINESS, shop.business.id),
        "service_id": shown(Kind.SERVICE, shop.service.id),
        "starts_at": weekday().isoformat(),
    }


def test_what_was_accepted_is_answered_so_even_if_the_database_goes_away_then(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise DatabaseAway("gone")

    monkeypatch.setattr(routes, "_look", gone)
    answer = client.post(WHERE, json=wish(shop := a_shop()), headers={**headers(client, shop), "Prefer": "wait=5"})

    assert (answer.status_code, answer.get_json()["status"]) == (202, "pending")


def test_a_booking_whose_last_resource_has_left_is_refused_and_not_stuck() -> None:
    shop = a_shop()
    booking = a_booking(shop, weekday())
    with transaction() as session:
        session.get_one(Resource, shop.resource_ids[0]).archived_at = clock()

    assert list(decide(shop)) == [booking.id]
    assert look(booking, by=shop.owner).rejection_code == "outside_hours"


def test_each_event_tells_the_request_that_it_follows_from(client: FlaskClient) -> None:
    shop = a_shop(capacity=5)
    asked = [f"mine-{secrets.token_hex(4)}" for _ in range(3)]
    for name in asked:
        client.post(WHERE, json=wish(shop), headers={**headers(client, shop), "X-Request-Id": name})
    decide(shop)

    with transaction() as session:
        found = session.scalars(
            select(Event.request_id)
            .where(Event.business_id == shop.business.id, Event.kind == "booking.confirmed")
            .order_by(Event.id)
        ).all()
    assert list(found) == asked


def test_an_error_of_the_database_does_not_tell_its_parameters() -> None:
    def too_slow() -> None:
        with transaction() as session:
            session.execute(text("SET LOCAL statement_timeout = 20"))
            session.execute(text("SELECT pg_sleep(1), CAST(:hash AS text)"), {"hash": "argon2id-hash-of-somebody"})

    with pytest.raises(DatabaseAway) as refused:
        too_slow()

    told = f"{refused.value!r} {refused.value.__cause__!r} {refused.value.__cause__}"
    assert "argon2id-hash-of-somebody" not in told


@pytest.mark.parametrize("name", ["%00", "a%00b", "A", "a/b"])
def test_a_slug_that_cannot_be_one_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/api/businesses/{name}", headers=headers(client, a_shop())).status_code == 404


@pytest.mark.parametrize("fold", [True, 1.0, 2, "0"])
def test_fold_is_one_of_two_numbers(client: FlaskClient, fold: object) -> None:
    shop = a_shop()
    body = {**wish(shop), "date": "2026-11-25", "time": "14:00", "fold": fold}
    del body["starts_at"]

    assert client.post(WHERE, json=body, headers=headers(client, shop)).status_code == 422


@pytest.mark.parametrize("spelling", ["ada@xn--bcher-kva.{}.example.com", " ada@{}.example.com ", "ada@{}.EXAMPLE.com"])
def test_who_registers_can_sign_in_with_the_same_text(client: FlaskClient, spelling: str) -> None:
    email = spelling.format(secrets.token_hex(6))
    body = {"email": email, "password": "correct horse"}
    assert client.post("/api/auth/register", json={**body, "name": "Ada"}).status_code == 201

    assert client.post("/api/auth/login", json=body).status_code == 200


def test_beyond_the_window_the_last_free_starts_within_it_are_offered(client: FlaskClient) -> None:
    shop = a_shop(max_advance_days=10)
    body = {**wish(shop), "starts_at": weekday(ahead=30).isoformat()}
    booking = client.post(WHERE, json=body, headers=headers(client, shop)).get_json()
    decide(shop)

    rejection = client.get(f"{WHERE}/{booking['id']}", headers=headers(client, shop)).get_json()["rejection"]
    assert rejection["code"] == "beyond_window"
    assert len(rejection["alternatives"]) == 3
