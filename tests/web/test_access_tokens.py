"""Forged, foreign, incomplete and revoked access tokens: each is 401, and none is a failure of ours."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from conftest import Caller
from flask.testing import FlaskClient

from config.clock import clock
from config.settings import Settings, settings
from web import auth

OURS = settings().jwt_secret_key.get_secret_value()
FOREIGN = "another key that is long enough to sign with"


def opened(caller: Caller) -> tuple[dict[str, Any], dict[str, Any]]:
    token = caller.tokens["access_token"]
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


def status(client: FlaskClient, token: str) -> int:
    answer = client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200 or answer.headers["WWW-Authenticate"] == "Bearer"
    return answer.status_code


def signed(header: dict[str, Any], claims: dict[str, Any], key: str = OURS) -> str:
    return jwt.encode(claims, key, algorithm="HS256", headers=header)


def renewed(caller: Caller) -> str:
    answer = caller.client.post("/api/auth/refresh", json={"refresh_token": caller.tokens["refresh_token"]})
    return str(answer.get_json()["access_token"])


def test_a_token_signed_again_as_it_was_is_good(signed_in: Caller) -> None:
    assert status(signed_in.client, signed(*opened(signed_in))) == 200


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer "])
def test_in_which_case_the_scheme_is_written_does_not_count(signed_in: Caller, scheme: str) -> None:
    key = signed_in.post("/api/api-keys", {"name": "Till"}).get_json()["key"]
    for token in (signed_in.tokens["access_token"], key):
        answer = signed_in.client.get("/api/auth/me", headers={"Authorization": f"{scheme} {token}"})
        assert answer.status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "Token", "bearers", ""])
def test_another_scheme_is_refused(signed_in: Caller, scheme: str) -> None:
    signed = {"Authorization": f"{scheme} {signed_in.tokens['access_token']}"}
    assert signed_in.client.get("/api/auth/me", headers=signed).status_code == 401


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "sid", "exp", "iat", "jti", "type"])
def test_every_claim_is_required(signed_in: Caller, claim: str) -> None:
    header, claims = opened(signed_in)
    del claims[claim]
    assert status(signed_in.client, signed(header, claims)) == 401


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "somebody"),
        ("aud", "another-api"),
        ("exp", 1),
        ("exp", 1e400),
        ("exp", "tomorrow"),
        ("nbf", 99999999999),
        ("sub", "usr_"),
        ("sub", 5),
        ("sid", {}),
        ("sid", "ses_00000000000000000000000000"),
        ("type", "refresh"),
    ],
)
def test_every_claim_is_checked(signed_in: Caller, claim: str, value: object) -> None:
    header, claims = opened(signed_in)
    assert status(signed_in.client, signed(header, {**claims, claim: value})) == 401


@pytest.mark.parametrize("change", [{"typ": "JWT"}, {"kid": "nobody"}, {"kid": ""}, {"crit": ["exp"]}])
def test_the_header_is_checked(signed_in: Caller, change: dict[str, Any]) -> None:
    header, claims = opened(signed_in)
    assert status(signed_in.client, signed({**header, **change}, claims)) == 401


def test_another_key_is_refused_under_our_key_id(signed_in: Caller) -> None:
    assert status(signed_in.client, signed(*opened(signed_in), FOREIGN)) == 401


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS512", "RS256"])
def test_another_algorithm_is_refused(signed_in: Caller, algorithm: str) -> None:
    header, claims = opened(signed_in)

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    forged = f"{part({**header, 'alg': algorithm})}.{part(claims)}."
    assert status(signed_in.client, forged) == 401
    assert status(signed_in.client, forged + signed_in.tokens["access_token"].rpartition(".")[2]) == 401


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Basic YTpi",
        "Bearer a, Bearer b",
        "Basic YTpi, Bearer a.b.c",
        "Bearer ....",
        "Bearer \u00ff.\u00ff.\u00ff",
        "," * 50,
    ],
)
def test_a_malformed_header_is_401(client: FlaskClient, header: str) -> None:
    assert client.get("/api/auth/me", headers={"Authorization": header}).status_code == 401


@pytest.mark.parametrize("depth", [5000, 60_000])
def test_a_header_of_many_brackets_is_401(client: FlaskClient, depth: int) -> None:
    nested = base64.urlsafe_b64encode(b"[" * depth).decode()
    assert status(client, f"{nested}.e30.e30") == 401
    assert status(client, f"eyJhbGciOiJIUzI1NiJ9.{nested}.e30") == 401


def test_a_session_of_another_user_is_refused(client: FlaskClient, signed_in: Caller) -> None:
    body = {"email": f"other.{signed_in.tokens['user']['email']}", "password": "correct horse", "name": "Bo"}
    other = Caller(client, client.post("/api/auth/register", json=body).get_json())
    header, claims = opened(signed_in)
    assert status(client, signed(header, {**claims, "sub": opened(other)[1]["sub"]})) == 401


def test_a_previous_key_is_good_while_it_is_listed(signed_in: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    old = signed_in.tokens["access_token"]
    changed: Callable[[tuple[str, ...]], Settings] = lambda previous: Settings(  # noqa: E731 - two lines would hide it
        jwt_secret_key=FOREIGN, jwt_previous_secret_keys=previous
    )
    monkeypatch.setattr(auth, "settings", lambda: changed((OURS,)))
    assert status(signed_in.client, old) == 200
    monkeypatch.setattr(auth, "settings", lambda: changed(()))
    assert status(signed_in.client, old) == 401


def test_a_key_is_good_under_its_own_name_alone(signed_in: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    header, claims = opened(signed_in)
    changed = Settings(jwt_secret_key=FOREIGN, jwt_previous_secret_keys=(OURS,))
    monkeypatch.setattr(auth, "settings", lambda: changed)
    named = opened(Caller(signed_in.client, {"access_token": renewed(signed_in)}))[0]
    assert named["kid"] != header["kid"]
    assert status(signed_in.client, signed(named, claims, FOREIGN)) == 200
    for key, name in ((FOREIGN, header), (OURS, named)):
        assert status(signed_in.client, signed(name, claims, key)) == 401


def test_a_token_is_good_for_a_day_and_no_longer(signed_in: Caller) -> None:
    header, claims = opened(signed_in)
    assert claims["exp"] - claims["iat"] == 86400 == signed_in.tokens["expires_in"]
    past = int((clock() - timedelta(seconds=1)).timestamp())
    assert status(signed_in.client, signed(header, {**claims, "exp": past})) == 401


def test_signing_out_ends_the_access_token_at_once(signed_in: Caller) -> None:
    assert signed_in.post("/api/auth/logout", None).status_code == 204
    assert signed_in.get("/api/auth/me").status_code == 401
    refreshed = signed_in.client.post("/api/auth/refresh", json={"refresh_token": signed_in.tokens["refresh_token"]})
    assert refreshed.get_json()["code"] == "refresh_token_invalid"
