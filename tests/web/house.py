"""A house: a business whose owner, admin and staff are signed in, beside a stranger."""

from typing import Any
from uuid import uuid4

from conftest import Caller
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from config.transaction import transaction
from domain.kernel.events import Event
from domain.kernel.ids import Kind, parsed
from tests.builders import prove

ROLES = ("owner", "admin", "staff")


class House:
    """A business with an owner, an admin and a member of staff, beside a stranger."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.people = {name: self.somebody(name) for name in (*ROLES, "stranger")}
        new = {"name": "Salon", "timezone": "Africa/Lagos", "currency": "NGN"}
        self.business = self.people["owner"].post("/api/businesses", new).get_json()
        self.place = f"/api/businesses/{self.business['id']}/members"
        for role in ("admin", "staff"):
            assert self.add("owner", role, role).status_code == 201

    def somebody(self, name: str) -> Caller:
        """Register a user of that name."""
        body = {"email": f"{name}.{uuid4().hex}@example.com", "password": "correct horse", "name": name}
        return Caller(self.client, self.client.post("/api/auth/register", json=body).get_json())

    def user(self, name: str) -> dict[str, Any]:
        """Return somebody as they see themselves."""
        user: dict[str, Any] = self.people[name].tokens["user"]
        return user

    def add(self, by: str, name: str, role: str, **headers: str) -> TestResponse:
        """Let *by* make *name* a member, who has proven their address."""
        prove(self.user(name)["email"])
        return self.people[by].post(self.place, {"email": self.user(name)["email"], "role": role}, **headers)

    def change(self, by: str, name: str, role: str, **headers: str) -> TestResponse:
        """Let *by* give *name* another role."""
        return self.people[by].patch(f"{self.place}/{self.user(name)['id']}", {"role": role}, **headers)

    def remove(self, by: str, name: str) -> TestResponse:
        """Let *by* remove *name*."""
        return self.people[by].delete(f"{self.place}/{self.user(name)['id']}")

    def roles(self) -> dict[str, str]:
        """Return the members by name, as the owner sees them."""
        return {row["name"]: row["role"] for row in self.people["owner"].get(self.place).get_json()["data"]}

    def events(self) -> list[tuple[str, int, dict[str, str]]]:
        """Return what has been written down about members."""
        wanted = Event.business_id == parsed(Kind.BUSINESS, self.business["id"]), Event.kind.like("member.%")
        with transaction() as session:
            rows = session.scalars(select(Event).where(*wanted).order_by(Event.id)).all()
        return [(row.kind, row.subject_version, row.payload) for row in rows]


def code(answer: TestResponse) -> object:
    """Return the code of a refusal, or the status of what was done."""
    return answer.get_json()["code"] if answer.status_code >= 400 else answer.status_code
