"""A desk at the API: one signed-in caller on Flask's test client, beside what the builders have made."""

from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from domain.accounts.rules import Claims, Principal
from domain.kernel.ids import Kind, shown
from tests.application import application
from tests.builders import Shop, decide, weekday
from web.auth import access_token


class Desk:
    """Asks as *who*."""

    def __init__(self, client: FlaskClient, who: Principal) -> None:
        self.client = client
        with client.application.app_context():
            token = access_token(Claims(user_id=who.user_id, session_id=who.session_id))
        self.signed = {"Authorization": f"Bearer {token}"}

    def book(self, wish: dict[str, Any], **headers: str) -> TestResponse:
        """Ask for a booking, with *headers* whose dashes are underscores."""
        return self._send("POST", "/api/bookings", wish, headers)

    def turn(self, booking: dict[str, Any], status: str, *, reason: str | None = None, **headers: str) -> TestResponse:
        """Ask for a booking's status to be changed."""
        body = {"status": status} if reason is None else {"status": status, "reason": reason}
        return self._send("PATCH", f"/api/bookings/{booking['id']}/status", body, headers)

    def post(self, path: str, body: object, **headers: str) -> TestResponse:
        """Send *body*, with *headers* whose dashes are underscores."""
        return self._send("POST", path, body, headers)

    def get(self, path: str) -> TestResponse:
        """Read *path*."""
        return self.client.get(path, headers=self.signed)

    def look(self, booking: dict[str, Any]) -> TestResponse:
        """Read a booking."""
        return self.client.get(f"/api/bookings/{booking['id']}", headers=self.signed)

    def history(self, booking: dict[str, Any], **query: str) -> TestResponse:
        """Read what happened to a booking."""
        return self.client.get(f"/api/bookings/{booking['id']}/history", query_string=query, headers=self.signed)

    def list(self, **query: Any) -> TestResponse:  # noqa: ANN401 - text, or several
        """List bookings."""
        return self.client.get("/api/bookings", query_string=query, headers=self.signed)

    def _send(self, method: str, path: str, body: object, headers: dict[str, str]) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(path, method=method, json=body, headers=self.signed | named)


def desk(who: Principal) -> Desk:
    """Return a desk for somebody."""
    return Desk(application().test_client(), who)


def a_wish(shop: Shop, start: datetime | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return the body that asks a shop for a start: by itself, 14:00 in Lagos on a weekday."""
    begin = start or weekday()
    return {
        "business_id": shown(Kind.BUSINESS, shop.business.id),
        "service_id": shown(Kind.SERVICE, shop.service.id),
        "starts_at": begin.isoformat(),
        **more,
    }


def a_decided(shop: Shop, mine: Desk) -> dict[str, Any]:
    """Ask for 14:00 at a desk, have it decided, and return the booking."""
    booking: dict[str, Any] = mine.book(a_wish(shop)).get_json()
    decide(shop)
    return mine.look(booking).get_json()


def said(answer: TestResponse) -> tuple[int, str]:
    """Return an answer's status, and its code or the booking's status."""
    body = answer.get_json()
    return answer.status_code, body.get("code") or body["status"]
