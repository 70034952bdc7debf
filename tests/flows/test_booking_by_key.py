"""A program with an API key, from the business to the booking and its end."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.clock import clock
from config.transaction import transaction
from domain.accounts import service as accounts
from domain.accounts.rules import Principal
from domain.kernel.ids import Kind, shown
from tests.application import application
from tests.builders import a_shop, a_user, decide
from tests.flows.desk import a_wish, desk


class Program:
    """Asks with an API key of *who*, or with what it has got for it."""

    def __init__(self, client: FlaskClient, who: Principal) -> None:
        self.client = client
        with transaction() as session:
            self.key = accounts.create_key(session, "Program", caller=who, now=clock()).key
        self.bearer = self.key

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        """Send a request, with *headers* whose dashes are underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        signed = {"Authorization": f"Bearer {self.bearer}", **named}
        return self.client.open(path, method=method, json=body, headers=signed)

    def sign_in(self) -> None:
        """Go on with an access token in place of the key."""
        answer = self.client.post("/api/auth/token", json={"api_key": self.key})
        self.bearer = answer.get_json()["access_token"]


def test_a_program_books_looks_and_cancels() -> None:
    shop, customer = a_shop(), a_user()
    program = Program(application().test_client(), customer)

    asked = program.ask("POST", "/api/bookings", a_wish(shop), Idempotency_Key="once")
    program.sign_in()
    again = program.ask("POST", "/api/bookings", a_wish(shop), Idempotency_Key="once")
    decide(shop)

    booking = asked.get_json()
    assert (asked.status_code, again.get_json()["id"]) == (202, booking["id"])
    assert again.headers["Idempotency-Replayed"] == "true"
    place = f"/api/bookings/{booking['id']}"
    assert program.ask("GET", place).get_json()["status"] == "confirmed"
    cancelled = program.ask("PATCH", f"{place}/status", {"status": "cancel"})
    assert (cancelled.status_code, cancelled.get_json()["status"]) == (200, "cancelled")
    assert desk(customer).look(booking).get_json() == cancelled.get_json()


def test_a_shop_is_opened_and_run_by_its_owners_program() -> None:
    program = Program(application().test_client(), a_user())
    new = {"name": "Salon", "timezone": "Africa/Lagos", "currency": "NGN"}

    business = program.ask("POST", "/api/businesses", new).get_json()
    service = program.ask(
        "POST", "/api/services", {"business_id": business["id"], "name": "Cut", "duration_minutes": 30}
    )
    members = program.ask("GET", f"/api/businesses/{business['slug']}/members").get_json()["data"]

    assert service.status_code == 201
    assert [member["role"] for member in members] == ["owner"]


def test_a_program_sees_no_booking_of_others() -> None:
    shop = a_shop()
    client = application().test_client()
    booking = desk(a_user()).book(a_wish(shop)).get_json()

    strange, owners = Program(client, a_user()), Program(client, shop.owner)

    place = f"/api/bookings/{booking['id']}"
    assert strange.ask("GET", place).status_code == 404
    assert strange.ask("PATCH", f"{place}/status", {"status": "cancel"}).status_code == 404
    assert owners.ask("GET", place).get_json()["service_id"] == shown(Kind.SERVICE, shop.service.id)
