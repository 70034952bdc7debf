"""Problems: whatever goes wrong is one, under the request's id, and gives nothing away."""

from collections.abc import Iterator

import pytest
from conftest import Caller
from flask.testing import FlaskClient
from sqlalchemy import create_engine

from config import transaction
from config.settings import settings
from domain.catalog.rules import CurrencyMismatch
from domain.kernel import errors
from domain.kernel.errors import DomainError
from web.openapi import Api
from web.problems import PROBLEMS, answer_to, refused


def descendants(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from descendants(child)


@pytest.mark.parametrize("kind", list(descendants(DomainError)), ids=lambda kind: kind.__name__)
def test_every_domain_error_has_a_problem(kind: type[DomainError]) -> None:
    assert kind.code in PROBLEMS


@pytest.mark.parametrize("code", list(PROBLEMS))
def test_every_problem_has_a_page_that_explains_it(client: FlaskClient, code: str) -> None:
    page = client.get(f"/problems/{code}")
    assert page.mimetype == "text/html"
    assert code in page.text
    assert f"/problems/{code}" in client.get("/problems").text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/api/auth/me/", 404, "not_found"),
        ("GET", "//api/auth/me", 404, "not_found"),
        ("GET", "/api/probes/things/%00", 404, "not_found"),
        ("GET", "/problems/nothing", 404, "not_found"),
        ("GET", "/static/nothing", 404, "not_found"),
        ("DELETE", "/api/auth/me", 405, "method_not_allowed"),
        ("BREW", "/api/auth/me", 405, "method_not_allowed"),
        ("GET", "/api/auth/me", 401, "unauthenticated"),
        ("GET", "/api/probes/failures/bug", 500, "internal_error"),
        ("GET", "/api/probes/failures/timeout", 503, "unavailable"),
        ("GET", "/api/probes/failures/transition", 409, "invalid_transition"),
        ("GET", "/api/probes/failures/stale", 412, "stale_version"),
        ("POST", "/api/probes/echo", 415, "unsupported_media_type"),
    ],
)
def test_every_failure_is_a_problem(client: FlaskClient, method: str, path: str, status: int, code: str) -> None:
    answer = client.open(path, method=method, headers={"X-Request-Id": "mine"})
    problem = answer.get_json()
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert problem["code"] == code
    assert (problem["type"], problem["status"], problem["title"]) == (f"/problems/{code}", status, PROBLEMS[code].title)
    assert problem["request_id"] == answer.headers["X-Request-Id"] == "mine"


def test_a_bug_is_logged_and_tells_nothing(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/api/probes/failures/bug")
    assert "secret" not in answer.text
    assert any("the secret is 42" in record.getMessage() for record in caplog.records)


def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    allowed = client.delete("/api/auth/me").headers["Allow"]
    assert {method.strip() for method in allowed.split(",")} == {"GET", "HEAD", "OPTIONS", "PATCH"}


def test_unavailable_says_when_to_come_back(client: FlaskClient) -> None:
    assert int(client.get("/api/probes/failures/timeout").headers["Retry-After"]) > 0


def test_a_database_that_cannot_be_reached_is_503(signed_in: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    away = create_engine("postgresql+psycopg://nobody@127.0.0.1:9/nothing")
    monkeypatch.setattr(transaction, "engine", lambda: away)
    answer, ready, live = (signed_in.get(path) for path in ("/api/auth/me", "/readyz", "/livez"))
    assert (answer.status_code, answer.get_json()["code"]) == (503, "unavailable")
    assert (ready.status_code, ready.content_type) == (503, "application/problem+json")
    assert live.status_code == 200


def test_an_exhausted_pool_is_503(signed_in: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    small = create_engine(settings().sqlalchemy_url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    monkeypatch.setattr(transaction, "engine", lambda: small)
    with small.connect():
        assert signed_in.get("/api/auth/me").status_code == 503
    assert signed_in.get("/api/auth/me").status_code == 200
    small.dispose()


def test_facts_that_the_caller_can_act_on_are_told(app: Api) -> None:
    with app.test_request_context():
        error = errors.InvalidTransition(status="expired", wanted="confirmed", allowed={"b", "a"})
        assert answer_to(error).get_json()["allowed"] == ["a", "b"]
        assert answer_to(errors.StaleVersion(version=7)).get_json()["version"] == 7
        assert "what" not in answer_to(errors.NotFound(what="booking")).get_json()
        told = refused("slot_taken", "14:00 is no longer free.", booking_id="bkg_1", alternatives=[]).get_json()
    assert (told["booking_id"], told["alternatives"], told["status"]) == ("bkg_1", [], 409)


def test_a_domain_error_about_a_field_points_at_it(app: Api) -> None:
    with app.test_request_context(method="POST"):
        problem = answer_to(CurrencyMismatch(currency="NGN")).get_json()
    assert problem["errors"] == [
        {"pointer": "/price/currency", "code": "currency_mismatch", "detail": problem["detail"]},
    ]
