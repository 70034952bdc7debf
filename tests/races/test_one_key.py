"""One Idempotency-Key a thousand times, a hundred or all of them at once: one booking, and the same one for everybody."""

from collections.abc import Mapping
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from config.transaction import transaction
from domain.accounts.rules import Claims
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_shop, weekday
from tests.races.rivals import ROUNDS, together
from web.auth import access_token

THOUSAND = 1000
HUNDRED = 100
TEN = 10


def _post(app: Flask, shop: Shop, headers: Mapping[str, str], times: int, at_once: int) -> list[TestResponse]:
    """Send one booking request as many times, so many of them at once."""
    with app.app_context():
        token = access_token(Claims(user_id=shop.owner.user_id, session_id=shop.owner.session_id))
    body = {
        "business_id": shown(Kind.BUSINESS, shop.business.id),
        "service_id": shown(Kind.SERVICE, shop.service.id),
        "date": weekday().date().isoformat(),
        "time": "14:00",
    }

    def send() -> TestResponse:
        return app.test_client().post(
            "/api/bookings", json=body, headers={"Authorization": f"Bearer {token}", **headers}
        )

    def some() -> list[TestResponse]:
        return [send() for _ in range(times // at_once)]

    return [answer for each in together(*[some] * at_once) for answer in each]


def _made(shop: Shop) -> int:
    with transaction() as session:
        return session.scalars(select(func.count()).where(Booking.business_id == shop.business.id)).one()


def _is_one_booking(app: Flask, times: int, at_once: int) -> None:
    shop = a_shop()
    answers = _post(app, shop, {"Idempotency-Key": str(uuid4())}, times, at_once)

    accepted = [each for each in answers if each.status_code == 202]
    others = [each for each in answers if each.status_code != 202]
    assert _made(shop) == 1
    assert len({each.get_json()["id"] for each in accepted}) == 1
    assert sum("Idempotency-Replayed" not in each.headers for each in accepted) == 1
    assert {(each.status_code, each.get_json()["code"]) for each in others} <= {(409, "idempotency_in_flight")}


@pytest.mark.parametrize("at_once", [HUNDRED, pytest.param(THOUSAND, marks=pytest.mark.long)])
def test_one_key_a_thousand_times_is_one_booking(app: Flask, at_once: int) -> None:
    _is_one_booking(app, THOUSAND, at_once)


@ROUNDS
def test_one_key_ten_times_is_one_booking_round_after_round(rounds: int, app: Flask) -> None:
    for _ in range(rounds):
        _is_one_booking(app, TEN, TEN)


def test_without_a_key_a_hundred_requests_are_a_hundred_bookings(app: Flask) -> None:
    shop = a_shop()
    answers = _post(app, shop, {}, HUNDRED, HUNDRED)

    assert {each.status_code for each in answers} == {202}
    assert len({each.get_json()["id"] for each in answers}) == _made(shop) == HUNDRED
