"""Badges: every sort of bearer token that is not good, or not any more."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import jwt
from flask.testing import FlaskClient

from config.settings import settings
from domain.accounts.rules import BookingClaims
from domain.kernel.ids import Kind, parsed
from tests.belongings import PASSWORD
from tests.everything import Everything
from web.auth import booking_token

FOREIGN = "another key that is long enough to sign with"


def no_good(world: Everything) -> Mapping[str, dict[str, str]]:
    """Return headers by what is wrong with them. Each would be the owner's, a key's or a guest's if it were good."""
    token = world.headers("owner")["Authorization"].removeprefix("Bearer ")
    client = world.app.test_client()
    wrong: dict[str, str] = {
        "nothing after the scheme": "Bearer ",
        "another scheme": f"Basic {base64.b64encode(b'ada:correct horse').decode()}",
        "two of them": f"Bearer {token}, Bearer {token}",
        "no token at all": "Bearer x.y.z",
        **{name: f"Bearer {each}" for name, each in _forged(token).items()},
        **{name: f"Bearer {each}" for name, each in _ended(world, client).items()},
        "a refresh token": f"Bearer {world.refresh_token}",
        "a mailed ticket": f"Bearer {world.tickets['reset']}",
        "a manage link's own ticket": f"Bearer {world.tickets['manage']}",
    }
    return {"no header": {}, **{name: {"Authorization": value} for name, value in wrong.items()}}


def _forged(token: str) -> Mapping[str, str]:
    """Return what the owner's token would be, had anybody but us written it, or we for something else."""
    header, claims = jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})
    ours = settings().jwt_secret_key.get_secret_value()

    def signed(key: str = ours, *, head: Mapping[str, Any] | None = None, **changed: object) -> str:
        return jwt.encode({**claims, **changed}, key, algorithm="HS256", headers={**header, **(head or {})})

    unsigned = ".".join(map(_part, ({**header, "alg": "none"}, claims)))
    return {
        "expired": signed(exp=claims["iat"] - 1),
        "not good yet": signed(nbf=claims["exp"] + 9_000_000),
        "signed by somebody else": signed(FOREIGN),
        "with its signature cut": token.rpartition(".")[0] + ".",
        "alg none": f"{unsigned}.",
        "alg none, with a signature": f"{unsigned}.{token.rpartition('.')[2]}",
        "for another audience": signed(aud="another-api"),
        "of another issuer": signed(iss="somebody"),
        "no access token": signed(type="refresh"),
        "of another sort": signed(head={"typ": "JWT"}),
        "under a key that is not ours": signed(head={"kid": "nobody"}),
        "of no session": signed(sid="ses_00000000000000000000000000"),
    }


def _ended(world: Everything, client: FlaskClient) -> Mapping[str, str]:
    """Return tokens that were good, until what they stood for came to an end."""
    door = {"email": world.email("owner"), "password": PASSWORD}
    session = client.post("/api/auth/login", json=door).get_json()["access_token"]
    owner = world.headers("owner")
    key = client.post("/api/api-keys", json={"name": "Lost"}, headers=owner).get_json()
    bought = client.post("/api/auth/token", json={"api_key": key["key"]}).get_json()["access_token"]
    assert client.delete(f"/api/api-keys/{key['id']}", headers=owner).status_code == 204
    assert client.post("/api/auth/logout", headers={"Authorization": f"Bearer {session}"}).status_code == 204
    booking_id = parsed(Kind.BOOKING, world.ids["booking_id"][0])
    assert booking_id
    with world.app.app_context():
        guest = booking_token(BookingClaims(booking_id=booking_id, manage_no=7))
    return {
        "of a session that was ended": session,
        "a key that was revoked": key["key"],
        "a key with another secret": f"{world.key[:-4]}AAAA",
        "of a key that was revoked": bought,
        "of a manage link that is good no more": guest,
    }


def _part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
