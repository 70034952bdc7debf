"""Registering, signing in, and refresh tokens: rotation, a lost answer, and theft."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from argon2 import PasswordHasher
from conftest import Caller
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from config.clock import clock
from config.transaction import transaction
from domain.accounts import queries
from domain.accounts.rules import digest
from domain.accounts.tables import RefreshToken, SignIn, User
from web.openapi import Api

PASSWORD = "correct horse"


def refreshed(client: FlaskClient, token: str) -> TestResponse:
    return client.post("/api/auth/refresh", json={"refresh_token": token})


def used_earlier(token: str, seconds: int) -> None:
    with transaction() as session:
        row = update(RefreshToken).where(RefreshToken.token_hash == digest(token))
        session.execute(row.values(used_at=clock() - timedelta(seconds=seconds)))


def test_registering_signs_in(signed_in: Caller, address: str) -> None:
    user = signed_in.tokens["user"]
    assert (user["object"], user["email"], user["name"], user["plan"]) == ("user", address, "Ada", "free")
    assert signed_in.get("/api/auth/me").get_json() == user | {"memberships": []}
    assert (signed_in.tokens["token_type"], signed_in.tokens["expires_in"]) == ("Bearer", 86400)


def test_answers_with_secrets_are_never_cached_or_replayed(signed_in: Caller, address: str) -> None:
    body = {"email": address, "password": PASSWORD}
    first = signed_in.client.post("/api/auth/login", json=body, headers={"Idempotency-Key": "k"})
    second = signed_in.client.post("/api/auth/login", json=body, headers={"Idempotency-Key": "k"})
    assert first.headers["Cache-Control"] == "no-store"
    assert first.get_json()["refresh_token"] != second.get_json()["refresh_token"]


@pytest.mark.usefixtures("signed_in")
def test_an_address_is_taken_whatever_its_case(client: FlaskClient, address: str) -> None:
    body = {"email": address.replace("ada", "ADA"), "password": PASSWORD, "name": "Ada"}
    answer = client.post("/api/auth/register", json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "email_taken")
    assert client.post("/api/auth/login", json={"email": body["email"], "password": PASSWORD}).status_code == 200


def test_twenty_registrations_of_one_address_make_one_user(app: Api, address: str) -> None:
    start = Barrier(20)

    def attempt(number: int) -> int:
        spelling = address.upper() if number % 2 else address
        start.wait()
        body = {"email": spelling, "password": PASSWORD, "name": "Ada"}
        return app.test_client().post("/api/auth/register", json=body).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = sorted(pool.map(attempt, range(20)))
    assert statuses == [201] + [409] * 19


@pytest.mark.parametrize(
    ("password", "status"), [("1234567", 422), ("12345678", 201), ("x" * 1024, 201), ("x" * 1025, 422)]
)
def test_passwords_have_eight_to_1024_characters(client: FlaskClient, address: str, password: str, status: int) -> None:
    body = {"email": address, "password": password, "name": "Ada"}
    assert client.post("/api/auth/register", json=body).status_code == status


@pytest.mark.usefixtures("signed_in")
def test_an_unknown_user_and_a_wrong_password_look_alike(client: FlaskClient, address: str) -> None:
    wrong = client.post("/api/auth/login", json={"email": address, "password": "incorrect"})
    unknown = client.post("/api/auth/login", json={"email": f"no.{address}", "password": "incorrect"})
    assert wrong.status_code == unknown.status_code == 401
    assert {**wrong.get_json(), "request_id": ""} == {**unknown.get_json(), "request_id": ""}


@pytest.mark.usefixtures("signed_in")
def test_a_password_hashed_under_old_parameters_is_hashed_anew(client: FlaskClient, address: str) -> None:
    old = PasswordHasher(memory_cost=16, time_cost=1, parallelism=1).hash(PASSWORD)
    with transaction() as session:
        session.execute(update(User).where(User.email == address).values(password_hash=old))
    assert client.post("/api/auth/login", json={"email": address, "password": PASSWORD}).status_code == 200
    with transaction() as session:
        assert "m=8,t=1,p=1" in str(session.scalar(select(User.password_hash).where(User.email == address)))
    assert client.post("/api/auth/login", json={"email": address, "password": PASSWORD}).status_code == 200


def test_a_refresh_token_is_exchanged_for_a_working_pair(client: FlaskClient, signed_in: Caller) -> None:
    tokens = refreshed(client, signed_in.tokens["refresh_token"]).get_json()
    assert Caller(client, tokens).get("/api/auth/me").status_code == 200
    assert refreshed(client, tokens["refresh_token"]).status_code == 200


def test_a_token_used_again_after_its_grace_ends_the_session(client: FlaskClient, signed_in: Caller) -> None:
    first = signed_in.tokens["refresh_token"]
    second = refreshed(client, first).get_json()
    used_earlier(first, seconds=11)
    assert refreshed(client, first).get_json()["code"] == "refresh_token_reused"
    assert Caller(client, second).get("/api/auth/me").status_code == 401
    assert refreshed(client, second["refresh_token"]).get_json()["code"] == "refresh_token_invalid"


def test_a_lost_answer_is_given_again(client: FlaskClient, signed_in: Caller) -> None:
    first = signed_in.tokens["refresh_token"]
    lost = refreshed(client, first).get_json()
    again = refreshed(client, first)
    assert again.status_code == 200
    assert refreshed(client, again.get_json()["refresh_token"]).status_code == 200
    # The lost token's sibling went on, so whoever holds the lost one is a thief.
    assert refreshed(client, lost["refresh_token"]).get_json()["code"] == "refresh_token_reused"


def test_a_token_whose_child_was_used_has_no_grace(client: FlaskClient, signed_in: Caller) -> None:
    first = signed_in.tokens["refresh_token"]
    second = refreshed(client, first).get_json()["refresh_token"]
    third = refreshed(client, second).get_json()
    assert refreshed(client, first).get_json()["code"] == "refresh_token_reused"
    assert Caller(client, third).get("/api/auth/me").status_code == 401


def lines_that_go_on(app: Api, token: str) -> int:
    """Use a token twelve times at once, then each of its fruits at once; count those that were good."""
    start = Barrier(12)

    def attempt(token: str) -> TestResponse:
        start.wait()
        return refreshed(app.test_client(), token)

    with ThreadPoolExecutor(12) as pool:
        fruits = [answer.get_json()["refresh_token"] for answer in pool.map(attempt, [token] * 12)]
        return [answer.status_code for answer in pool.map(attempt, fruits)].count(200)


@pytest.mark.parametrize("_round", range(3))
def test_of_many_uses_at_once_one_line_goes_on(app: Api, signed_in: Caller, _round: int) -> None:
    assert lines_that_go_on(app, signed_in.tokens["refresh_token"]) == 1


def test_if_siblings_were_not_spent_many_lines_would_go_on(
    app: Api, signed_in: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "spend_siblings", lambda *_, **__: None)
    assert lines_that_go_on(app, signed_in.tokens["refresh_token"]) == 12


def test_an_unknown_refresh_token_is_invalid(client: FlaskClient) -> None:
    assert refreshed(client, "made up").get_json()["code"] == "refresh_token_invalid"


def test_a_session_slides_by_thirty_days_up_to_ninety(client: FlaskClient, signed_in: Caller) -> None:
    began = clock() - timedelta(days=80)
    with transaction() as session:
        mine = select(RefreshToken.session_id).where(
            RefreshToken.token_hash == digest(signed_in.tokens["refresh_token"])
        )
        session_id = session.scalar(mine)
        session.execute(update(SignIn).where(SignIn.id == session_id).values(created_at=began))
    token = refreshed(client, signed_in.tokens["refresh_token"]).get_json()["refresh_token"]
    with transaction() as session:
        assert session.get_one(SignIn, session_id).expires_at == began + timedelta(days=90)
        session.execute(update(SignIn).where(SignIn.id == session_id).values(expires_at=clock()))
    assert refreshed(client, token).get_json()["code"] == "refresh_token_invalid"
    assert signed_in.get("/api/auth/me").status_code == 401


def test_neither_passwords_nor_tokens_are_kept(signed_in: Caller, address: str) -> None:
    with transaction() as session:
        user = session.scalars(select(User).where(User.email == address)).one()
        kept = session.scalars(
            select(RefreshToken).join(SignIn, SignIn.id == RefreshToken.session_id).where(SignIn.user_id == user.id)
        ).all()
    assert PASSWORD not in user.password_hash
    assert signed_in.tokens["refresh_token"].encode() not in {row.token_hash for row in kept}
