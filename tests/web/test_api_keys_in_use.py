"""API keys that come with a request: what is none, whose it is, and that its use is noted."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import jwt
import pytest
from conftest import Caller
from flask.testing import FlaskClient
from keys import KEYS, ME, good, made, row_of, token_for
from sqlalchemy import event

from config.settings import settings
from config.transaction import DatabaseAway, engine
from domain.accounts import service as accounts
from domain.kernel.ids import Kind, new_id, shown

OURS = settings().jwt_secret_key.get_secret_value()
ULID = "01k5e2v8x3q7m9n4p6r0s2t4w6"
MALFORMED = [
    "key_",
    "key_" + "x" * 9000,
    f"key_{ULID}",
    f"key_{ULID}_",
    f"key_{ULID}_{'x' * 42}",
    f"key_{ULID}_{'x' * 44}",
    f"key_{ULID}_{'x' * 42} ",
    f"key_{ULID}_{'x' * 42}\u00e9",
    f"key_{ULID.upper()}_{'x' * 43}",
    f"key_{'z' * 26}_{'x' * 43}",
    f"key_{'u' * 26}_{'x' * 43}",
    f"key_{ULID[:-1]}\u0663_{'x' * 43}",
    f"key_{ULID}_{'x' * 42}\u0663",
    f"key_{ULID}_{'x' * 42}\x00",
    f"key_\x00{ULID}_{'x' * 43}",
    f"key_{ULID}_{'x' * 43}.e30.e30",
    f"KEY_{ULID}_{'x' * 43}",
]


def as_header(text: str) -> str:
    """Return what WSGI hands on when *text* is sent as UTF-8."""
    return text.encode().decode("latin-1")


@pytest.mark.parametrize("key", MALFORMED)
def test_what_cannot_be_a_key_is_refused_like_an_unknown_one(client: FlaskClient, key: str) -> None:
    unknown = f"{shown(Kind.API_KEY, new_id())}_{secrets.token_urlsafe(32)}"
    answers = [
        client.get(ME, environ_overrides={"HTTP_AUTHORIZATION": f"Bearer {as_header(each)}"}) for each in (key, unknown)
    ]
    bodies = [{**answer.get_json(), "request_id": ""} for answer in answers]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert bodies[0] == bodies[1]
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer"}


@pytest.mark.parametrize("key", ["", *MALFORMED])
def test_what_cannot_be_a_key_buys_no_token(client: FlaskClient, key: str) -> None:
    answer = token_for(client, key)
    assert (answer.status_code, answer.get_json()["code"]) in {
        (401, "api_key_invalid"),
        (422, "invalid"),  # longer than any key
        (400, "malformed_json"),  # with a NUL in it
    }


def test_another_secret_under_a_known_id_is_refused(client: FlaskClient, signed_in: Caller) -> None:
    key = made(signed_in)["key"]
    last = "A" if key[-1] != "A" else "B"
    assert not good(client, key[:-1] + last)
    assert token_for(client, key[:-1] + last).get_json()["code"] == "api_key_invalid"


def test_a_token_for_a_key_of_somebody_else_is_refused(client: FlaskClient, signed_in: Caller, other: Caller) -> None:
    mine = token_for(client, made(signed_in)["key"]).get_json()["access_token"]
    claims = jwt.decode(mine, options={"verify_signature": False})
    forged = {**claims, "sid": made(other)["id"]}
    token = jwt.encode(forged, OURS, algorithm="HS256", headers=jwt.get_unverified_header(mine))
    assert not good(client, token)


@contextmanager
def writes() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*arguments: object) -> None:
        if not str(arguments[2]).lstrip().startswith("SELECT"):
            seen.append(str(arguments[2]))

    event.listen(engine(), "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine(), "before_cursor_execute", note)


def test_reading_with_a_key_writes_once_a_minute(client: FlaskClient, signed_in: Caller) -> None:
    key = made(signed_in)
    with writes() as first:
        assert good(client, key["key"])
    with writes() as more:
        assert all(good(client, key["key"]) for _ in range(5))
    assert (len(first), more) == (1, [])
    assert signed_in.get(f"{KEYS}/{key['id']}").get_json()["last_used_at"] is not None


def test_a_use_that_cannot_be_noted_does_not_fail_the_request(
    client: FlaskClient, signed_in: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = made(signed_in)

    def away(*_: object, **__: object) -> None:
        raise DatabaseAway("read-only for now")

    monkeypatch.setattr(accounts, "note_use", away)
    assert good(client, key["key"])
    assert row_of(key).last_used_at is None
