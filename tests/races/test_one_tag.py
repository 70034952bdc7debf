"""One ETag, fifty changes at once: one is made as it was meant, and everybody else is told that it has changed."""

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from config.transaction import transaction
from domain.accounts.rules import Claims
from domain.bookings.tables import Booking
from domain.kernel.events import Event
from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_booking, a_shop, decide, weekday
from tests.races.rivals import together
from web.auth import access_token

FIFTY = 50


def at_once(app: Flask, shop: Shop, path: str, bodies: list[dict[str, str]], **headers: str) -> list[TestResponse]:
    """Read an object once, and send every change at once, each as if it were the only one to what was read."""
    with app.app_context():
        token = access_token(Claims(user_id=shop.owner.user_id, session_id=shop.owner.session_id))
    signed = {"Authorization": f"Bearer {token}"}
    read = app.test_client().get(path.removesuffix("/status"), headers=signed)
    sent = signed | {"If-Match": read.headers["ETag"]} | headers

    def change(body: dict[str, str]) -> TestResponse:
        return app.test_client().patch(path, json=body, headers=sent)

    return together(*[lambda body=body: change(body) for body in bodies])  # type: ignore[misc]


def outcomes(answers: list[TestResponse]) -> Counter[object]:
    return Counter(each.get_json().get("code", each.status_code) for each in answers)


def test_of_fifty_changes_to_one_version_of_a_service_one_is_made(app: Flask) -> None:
    shop = a_shop()
    path = f"/api/services/{shown(Kind.SERVICE, shop.service.id)}"
    answers = at_once(app, shop, path, [{"name": f"Cut {number}"} for number in range(FIFTY)])

    assert outcomes(answers) == {200: 1, "stale_version": FIFTY - 1}
    assert {each.status_code for each in answers} == {200, 412}
    won = next(each.get_json() for each in answers if each.status_code == 200)
    assert (won["version"], _told(shop, "service.updated")) == (2, 1)
    assert {each.get_json()["version"] for each in answers} == {2}


def test_of_fifty_changes_to_one_version_of_a_booking_one_is_made(app: Flask) -> None:
    shop = a_shop(requires_approval=True)
    booking = a_booking(shop, weekday())
    decide(shop)
    path = f"/api/bookings/{shown(Kind.BOOKING, booking.id)}/status"
    answers = at_once(app, shop, path, [{"status": "cancelled"}, {"status": "confirmed"}] * (FIFTY // 2))

    assert outcomes(answers) == {200: 1, "stale_version": FIFTY - 1}
    with transaction() as session:
        row = session.get_one(Booking, booking.id)
        assert (row.version, row.status) == (
            3,
            next(each.get_json()["status"] for each in answers if each.status_code == 200),
        )


def test_without_the_comparison_every_change_would_be_made(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.catalog.service.services.expect", lambda *_: None)
    shop = a_shop()
    path = f"/api/services/{shown(Kind.SERVICE, shop.service.id)}"
    answers = at_once(app, shop, path, [{"name": f"Cut {number}"} for number in range(FIFTY)])

    assert outcomes(answers) == {200: FIFTY}


def _told(shop: Shop, kind: str) -> int:
    with transaction() as session:
        found = select(func.count()).where(Event.business_id == shop.business.id, Event.kind == kind)
        return session.scalars(found).one()
