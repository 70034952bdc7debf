"""An office at the API: somebody who keeps a business's catalog, beside what the builders have made."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.transaction import transaction
from domain.accounts import service as accounts
from domain.accounts.rules import Claims, Principal, Role
from domain.kernel.ids import Kind, shown
from tests.application import application
from tests.builders import Shop, a_user, again
from web.auth import access_token


class Office:
    """Asks as *who*; header names are given with underscores for dashes."""

    def __init__(self, client: FlaskClient, who: Principal) -> None:
        self.client = client
        with client.application.app_context():
            token = access_token(Claims(user_id=who.user_id, session_id=who.session_id))
        self.signed = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query: Any) -> TestResponse:  # noqa: ANN401 - whatever can be written in a query
        """Read *path*, with *query* parameters; a list is a repeated one."""
        return self.client.get(path, query_string=query, headers=self.signed)

    def post(self, path: str, body: object, **headers: str) -> TestResponse:
        """Make something."""
        return self._send("POST", path, body, headers)

    def patch(self, path: str, body: object, **headers: str) -> TestResponse:
        """Change something."""
        return self._send("PATCH", path, body, headers)

    def put(self, path: str, body: object, **headers: str) -> TestResponse:
        """Replace something."""
        return self._send("PUT", path, body, headers)

    def delete(self, path: str, **headers: str) -> TestResponse:
        """Take something away."""
        return self._send("DELETE", path, None, headers)

    def _send(self, method: str, path: str, body: object, headers: dict[str, str]) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(path, method=method, json=body, headers=self.signed | named)


def office(who: Principal) -> Office:
    """Return an office for somebody."""
    return Office(application().test_client(), who)


def a_member(shop: Shop, role: Role) -> Principal:
    """Register somebody who works in the shop."""
    who = a_user()
    with transaction() as session:
        accounts.enrol(session, shop.business.id, who.user_id, role)
    return again(who)


def said(answer: TestResponse) -> tuple[int, str | None]:
    """Return the status and, of a problem, its code."""
    return answer.status_code, (answer.get_json() or {}).get("code")


def of_business(shop: Shop) -> str:
    """Return the address of the shop."""
    return f"/api/businesses/{shown(Kind.BUSINESS, shop.business.id)}"


def of_service(shop: Shop) -> str:
    """Return the address of the shop's service."""
    return f"/api/services/{shown(Kind.SERVICE, shop.service.id)}"


def of_resource(shop: Shop, number: int = 0) -> str:
    """Return the address of one of the resources that offer the shop's service."""
    return f"/api/resources/{shown(Kind.RESOURCE, shop.resource_ids[number])}"
