"""Guests: a desk at which somebody sits who has nothing but a booking's manage link."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from domain.kernel.ids import Kind, parsed
from tests import letters
from tests.flows.desk import Desk
from web.app import create_app


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
    return Guest(create_app().test_client(), ticket_of(booking))
