"""API keys at the web's edge: made, rotated, exchanged, tried."""

from conftest import Caller, bearing
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from config.transaction import transaction
from domain.accounts.tables import ApiKey
from domain.kernel.ids import Kind, parsed

KEYS = "/api/api-keys"
ME = "/api/auth/me"


def made(caller: Caller, name: str = "Till") -> dict[str, str]:
    answer = caller.post(KEYS, {"name": name})
    assert answer.status_code == 201
    body: dict[str, str] = answer.get_json()
    return body


def rotated(caller: Caller, key: dict[str, str], **body: int) -> TestResponse:
    return caller.post(f"{KEYS}/{key['id']}/rotate", body)


def token_for(client: FlaskClient, key: str) -> TestResponse:
    return client.post("/api/auth/token", json={"api_key": key})


def good(client: FlaskClient, token: str) -> bool:
    answer = bearing(client, token).get(ME)
    assert answer.status_code == 200 or answer.get_json()["code"] == "unauthenticated"
    return answer.status_code == 200


def row_of(key: dict[str, str]) -> ApiKey:
    with transaction() as session:
        return session.scalars(select(ApiKey).where(ApiKey.id == parsed(Kind.API_KEY, key["id"]))).one()
