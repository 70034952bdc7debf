"""Guests: a desk at which somebody sits who has nothing but a booking's manage link."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from config.transaction import transaction
from domain.accounts.rules import Principal
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind, parsed
from tests import letters
from tests.application import application
from tests.builders import Shop, decide, weekday
from tests.flows.desk import Desk, a_wish, desk

BO = {"name": "Bo", "email": "bo@example.com"}


class Guest(Desk):
    """Asks by an access token that was got for a manage link."""

    def __init__(self, client: FlaskClient, ticket: str) -> None:
        self.client = client
        self.ticket = ticket
        self.signed = {"Authorization": f"Bearer {opened(client, ticket).get_json()['access_token']}"}


def opened(client: FlaskClient, ticket: str) -> TestResponse:
    """Open a manage link."""
    return client.post("/api/auth/booking-link", json={"token": ticket})


def ticket_of(booking: dict[str, Any]) -> str:
    """Return the ticket in the mails about a booking."""
    found = parsed(Kind.BOOKING, booking["id"])
    assert found is not None
    return letters.manage(found)


def a_guest(booking: dict[str, Any]) -> Guest:
    """Return a desk for whoever was mailed about a booking."""
    return Guest(application().test_client(), ticket_of(booking))


def id_of(booking: dict[str, Any]) -> Any:  # noqa: ANN401 - a UUID
    return parsed(Kind.BOOKING, booking["id"])


def for_bo(shop: Shop, by: Principal, *, ahead: int = 3) -> dict[str, Any]:
    """Have a booking made for Bo, who has registered nowhere, and decided."""
    made: dict[str, Any] = desk(by).book(a_wish(shop, weekday(ahead=ahead), customer=BO)).get_json()
    decide(shop)
    return made


def changed(booking: dict[str, Any], **values: Any) -> None:  # noqa: ANN401 - of the row
    with transaction() as session:
        session.execute(update(Booking).where(Booking.id == id_of(booking)).values(**values))
