"""Other origins: scripts of the pages that are let in can do all that the document says, and of others nothing."""

from functools import cache

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError
from werkzeug.test import TestResponse

from config.settings import Settings, settings
from tests.quotas import at, set_limits, somewhere
from tests.walks.walker import app, operations
from web import cors
from web.app import create_app
from web.describing import HEADERS, IN_FLIGHT

APP, OTHER = "https://app.example.com", "https://app.example.com.evil.example"
SAFE = {"accept", "accept-language", "content-language"}
"""What a browser lets every script send."""


@cache
def opened(origins: str) -> FlaskClient:
    """Return a client of an application that is open to them."""
    with pytest.MonkeyPatch.context() as patch:
        changed = settings().model_copy(update={"cors_origins": origins})
        patch.setattr(cors, "settings", lambda: changed)
        return create_app().test_client()


def preflight(client: FlaskClient, origin: str, *headers: str, method: str = "POST") -> TestResponse:
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    return client.options("/api/bookings", headers=asked | {"Access-Control-Request-Headers": ",".join(headers)})


def words(answer: TestResponse, name: str) -> set[str]:
    return {word.strip().lower() for word in answer.headers.get(f"Access-Control-{name}", "").split(",")} - {""}


def test_who_is_let_in_may_do_what_the_document_says() -> None:
    client = opened(f"https://www.example.com, {APP}")
    taken = app().api_doc["components"]["parameters"].values()
    sent = {each["name"].lower() for each in taken if each["in"] == "header"} - SAFE | {"authorization", "content-type"}
    asked = preflight(client, APP, *sorted(sent), method="PATCH")
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Origin"] == APP
    assert words(asked, "Allow-Headers") == sent >= {"idempotency-key", "if-match", "if-none-match", "prefer"}
    assert words(asked, "Allow-Methods") >= {name.partition(" ")[0].lower() for name in operations()}
    told = words(client.get("/api/openapi.json", headers={"Origin": APP}), "Expose-Headers")
    assert told == {name.lower() for name in HEADERS if name != IN_FLIGHT} >= {"etag", "location", "x-request-id"}


@pytest.mark.parametrize(
    "origin", [OTHER, "http://app.example.com", "https://appxexample.com", "null", "https://app.example.com:8443"]
)
def test_who_is_not_let_in_may_not(origin: str) -> None:
    client = opened(APP)
    for answer in (
        preflight(client, origin, "authorization"),
        client.get("/api/openapi.json", headers={"Origin": origin}),
    ):
        assert answer.status_code == 200
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]
        assert "Origin" in answer.vary, "a cache must not hand this to who is let in"


def test_a_refusal_can_be_read_too(monkeypatch: pytest.MonkeyPatch) -> None:
    client, place = opened(APP), at(somewhere())
    set_limits(monkeypatch, ratelimit_auth=1)
    answers = [
        client.get("/api/auth/me", headers={"Origin": APP, "Authorization": "Bearer x"}, environ_base=place)
        for _ in "ab"
    ]
    answers.append(client.get("/api/nowhere", headers={"Origin": APP}, environ_base=place))
    assert [answer.status_code for answer in answers] == [401, 429, 404]
    assert [answer.headers.getlist("Access-Control-Allow-Origin") for answer in answers] == [[APP]] * 3
    assert words(answers[1], "Expose-Headers") >= {"retry-after", "ratelimit"}


def test_everybody_may_be_let_in_and_never_with_their_cookies() -> None:
    client = opened("*")
    answer = client.get("/api/openapi.json", headers={"Origin": OTHER})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/demo.json", "/manage", "/mailbox", "/metrics", "/problems"])
def test_pages_are_for_nobody_elses_scripts(path: str) -> None:
    with opened("*").get(path, headers={"Origin": APP}) as answer:
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "given",
    [
        "app.example.com",
        "https://app.example.com/",
        "https://App.example.com",
        "https://x:443",
        "https://*.example.com",
        "null",
    ],
)
def test_what_no_browser_would_write_is_refused_at_the_start(given: str) -> None:
    with pytest.raises(ValidationError, match="is none"):
        Settings(cors_origins=f"{APP}, {given}")  # type: ignore[call-arg]
