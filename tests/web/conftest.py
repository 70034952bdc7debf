"""What the web's tests need: the application with routes of its own, a client, a signed-in user."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from probes import probes
from werkzeug.test import TestResponse

from web.app import create_app
from web.openapi import Api


@dataclass
class Caller:
    """A user who is signed in, and their client."""

    client: FlaskClient
    tokens: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        """Return the header that signs them in."""
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    def get(self, path: str) -> TestResponse:
        """Read *path*."""
        return self.client.get(path, headers=self.headers)

    def post(self, path: str, body: object, **headers: str) -> TestResponse:
        """Send *body*, with *headers* whose dashes are underscores."""
        return self._send("POST", path, body, headers)

    def patch(self, path: str, body: object, **headers: str) -> TestResponse:
        """Change *path* as *body* says, with *headers* whose dashes are underscores."""
        return self._send("PATCH", path, body, headers)

    def delete(self, path: str) -> TestResponse:
        """Take *path* away."""
        return self.client.delete(path, headers=self.headers)

    def _send(self, method: str, path: str, body: object, headers: Mapping[str, str]) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(path, method=method, json=body, headers={**self.headers, **named})


def bearing(client: FlaskClient, token: str) -> Caller:
    """Return a caller who sends *token*: an access token or an API key."""
    return Caller(client, {"access_token": token})


@pytest.fixture(scope="session")
def app() -> Api:
    made = create_app()
    made.register_api(probes)
    return made


@pytest.fixture
def client(app: Api) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def address() -> str:
    return f"ada.{uuid4().hex}@example.com"


@pytest.fixture
def other(client: FlaskClient) -> Caller:
    body = {"email": f"bo.{uuid4().hex}@example.com", "password": "correct horse", "name": "Bo"}
    return Caller(client, client.post("/api/auth/register", json=body).get_json())


@pytest.fixture
def signed_in(client: FlaskClient, address: str) -> Caller:
    body = {"email": address, "password": "correct horse", "name": "Ada"}
    return Caller(client, client.post("/api/auth/register", json=body).get_json())
