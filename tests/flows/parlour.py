"""A parlour at the API: a business whose owner says over HTTP what its services need at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_shop
from tests.flows.office import Office, office
from tests.settled import until_told

ANY = "*"
RESOURCES, SERVICES = "/api/resources", "/api/services"
Needs = list[dict[str, Any]]


@dataclass(frozen=True)
class Parlour:
    """A shop whose owner says over HTTP what its services need; `things` are the ids of resources that offer nothing."""

    shop: Shop
    mine: Office
    things: Sequence[str]

    @property
    def business_id(self) -> str:
        """Return the id of the business."""
        return shown(Kind.BUSINESS, self.shop.business.id)

    def offer(self, needs: Needs | None, **more: object) -> TestResponse:
        """Offer a service with these requirements."""
        body = {"business_id": self.business_id, "name": "Cut", "duration_minutes": 30, "requirements": needs, **more}
        return self.mine.post(SERVICES, body)

    def change(self, service: dict[str, Any], **fields: object) -> TestResponse:
        """Change a service, whatever version it is at."""
        return self.mine.patch(f"{SERVICES}/{service['id']}", fields, If_Match=ANY)

    def needs(self, service: dict[str, Any]) -> dict[str, list[str]]:
        """Read what a service needs."""
        found = self.mine.get(f"{SERVICES}/{service['id']}").get_json()["requirements"]
        return {each["role"]: each["resource_ids"] for each in found}

    def thing(self, number: int) -> dict[str, Any]:
        """Read one of the things."""
        found: dict[str, Any] = self.mine.get(f"{RESOURCES}/{self.things[number]}").get_json()
        return found

    def told(self) -> list[tuple[str, str, int]]:
        """Return what the feed tells of services and resources: type, subject and its version, in order."""
        until_told(self.shop.business.id)
        page = self.mine.get("/api/events", business_id=self.business_id, limit=1000).get_json()["data"]
        return [
            (each["type"], each["subject"]["id"], each["subject"]["version"])
            for each in page
            if each["type"].startswith(("service.", "resource."))
        ]


def a_parlour(things: int = 5) -> Parlour:
    """Open a parlour with a service that needs nobody in particular, and resources that offer nothing."""
    shop = a_shop()
    mine = office(shop.owner)
    body = {"business_id": shown(Kind.BUSINESS, shop.business.id), "kind": "thing"}
    made = [mine.post(RESOURCES, {**body, "name": f"Thing {number}"}).get_json()["id"] for number in range(things)]
    return Parlour(shop, mine, sorted(made))


def need(**roles: Sequence[str]) -> Needs:
    """Say who could fill each role."""
    return [{"role": role, "resource_ids": [*ids]} for role, ids in roles.items()]


def fault(answer: TestResponse) -> tuple[int, str, str]:
    """Return the status and the code of a problem, and where in the body it lies."""
    problem = answer.get_json()
    [error] = problem["errors"]
    return answer.status_code, problem["code"], error["pointer"]
