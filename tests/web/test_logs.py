"""Logs: no row of anybody is quoted in them, and nothing that opens something."""

import json
import logging
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from config.logging import configure, log, without_details
from config.transaction import transaction
from domain.accounts.rules.keys import key_written
from domain.kernel import tickets
from domain.kernel.ids import Kind, new_id
from tests.builders import a_user
from web.app import create_app
from web.auth import public

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """Yield what returns each line that was logged since it was asked last; it has to be asked once to begin."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level

    def logged() -> list[dict[str, Any]]:
        configure()
        return [json.loads(each) for each in capsys.readouterr().err.splitlines() if each.startswith("{")]

    yield logged
    root.handlers[:] = before
    root.setLevel(level)


def opening() -> dict[str, str]:
    """Return one of each sort of what opens something."""
    token = secrets.token_urlsafe(32)
    return {
        "key": key_written(new_id(), secrets.token_urlsafe(32)),
        "access token": f"eyJhbGciOiJIUzI1NiJ9.{secrets.token_urlsafe(40)}.{token}",
        "refresh token": secrets.token_urlsafe(32),
        "ticket": tickets.written(Kind.BOOKING, new_id(), "manage", keys=(b"x" * 32,)),
        "stripe": f"sk_live_{secrets.token_hex(12)}",
        "signing secret": f"whsec_{secrets.token_hex(16)}",
        "client secret": f"pi_{secrets.token_hex(12)}_secret_{secrets.token_hex(12)}",
    }


def violated() -> IntegrityError:
    """Return what the database says when an address is registered twice."""
    a_user()
    with pytest.raises(IntegrityError) as found, transaction() as session:
        session.execute(
            text(
                "INSERT INTO users (id, account_id, email, name, password_hash) SELECT gen_random_uuid(), account_id, email, name, password_hash FROM users LIMIT 1"
            )
        )
    return found.value


def test_the_database_quotes_rows_and_the_log_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    error = violated()
    assert "DETAIL:  Key (lower(email COLLATE" in str(error)
    root = logging.getLogger()
    before = root.handlers[:]
    try:
        configure()
        root.error("raised unexpected: %r", error, exc_info=error)
    finally:
        root.handlers[:] = before
    (line,) = [json.loads(each) for each in capsys.readouterr().err.splitlines() if "raised unexpected" in each]
    assert "@" not in line["event"] + line["exception"]
    assert "uq_users_email" in line["event"]
    assert "uq_users_email" in line["exception"]


def test_what_a_job_keeps_of_an_error_quotes_no_row() -> None:
    kept = without_details(repr(violated()))
    assert "@" not in kept
    assert "uq_users_email" in kept


@pytest.mark.parametrize("sort", opening())
def test_what_opens_something_is_left_out_of_messages_and_tracebacks(lines: Lines, sort: str) -> None:
    lines()
    secret = opening()[sort]
    for quoted in (secret, f"Bearer {secret}", f"https://x.example/manage#{secret}", f"{{'token': '{secret}'}}"):
        try:
            raise ValueError(quoted)  # noqa: TRY301 - what is raised is what is logged
        except ValueError as error:
            logging.getLogger("a.library").exception("could not use %s", quoted)
            log.error("unforeseen failure", exc_info=ValueError(quoted), said=quoted, error=str(error))
    told = lines()
    assert len(told) == 8
    assert secret not in json.dumps(told)


def test_a_secret_that_happens_to_have_no_digit_is_left_out_and_a_long_name_is_not() -> None:
    secret = "q-aZkRtWmBvNcXsDfGhJkLpoIuYtReWqaSDfgHjk_Lx"
    named = "workers_delivery_line_waits_for_its_answer_", "TheErrorOfSomebodyElsesLibraryInTwentyWords"
    assert {len(each) for each in (secret, *named)} == {43}
    for quoted in (secret, key_written(new_id(), secret), key_written(new_id(), "x" * 43)):
        assert without_details(f"not {quoted}.") == "not [left out]."
    assert [without_details(each) for each in named] == [*named]


def test_passwords_of_servers_are_left_out_and_their_names_are_not(lines: Lines) -> None:
    lines()
    for url in ("postgresql://app:hunter2hunter2@db.example:5432/x", "smtps://app:hunter2hunter2@mail.example:465"):
        log.warning("away", error=f"cannot reach {url}")
    told = json.dumps(lines())
    assert "hunter2hunter2" not in told
    assert "db.example" in told
    assert "mail.example" in told


def test_a_database_that_refuses_us_is_logged_without_its_password(lines: Lines) -> None:
    lines()
    away = create_engine("postgresql+psycopg://app:hunter2hunter2@127.0.0.1:1/x")
    with pytest.raises(OperationalError) as found:
        away.connect()
    log.error("the database is away", exc_info=found.value, url=str(away.url.render_as_string(hide_password=False)))
    assert "hunter2hunter2" not in json.dumps(lines())


def test_what_a_request_carries_is_in_no_line(lines: Lines) -> None:
    client, opens = create_app().test_client(), opening()
    client.set_cookie("session", opens["refresh token"])
    body = {"email": f"{secrets.token_hex(8)}@example.com", "password": "correct horse battery", "name": "Ada"}
    lines()
    tokens = client.post("/api/auth/register", json=body).get_json()
    client.post("/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    client.get("/api/auth/me", headers={"Authorization": f"Bearer {opens['key']}"})
    client.get(f"/calendars/{opens['ticket']}.ics?token={opens['ticket']}")
    told = json.dumps(lines())
    hidden = [*opens.values(), tokens["access_token"], tokens["refresh_token"], body["password"], body["email"]]
    assert [each for each in hidden if each in told] == []


def test_a_request_leaves_one_line_with_who_how_long_and_how_much(lines: Lines) -> None:
    client = create_app().test_client()
    lines()
    answer = client.get("/livez", headers={"X-Request-Id": "mine-1"})
    (line,) = lines()
    assert (
        line.items()
        >= {
            "event": "request",
            "method": "GET",
            "route": "/livez",
            "status": 200,
            "caller": None,
            "request_id": "mine-1",
            "bytes": len(answer.data),
            "level": "info",
        }.items()
    )
    assert line["ms"] >= 0


def test_a_failure_is_logged_once_under_the_id_that_its_caller_is_told(lines: Lines) -> None:
    app: Flask = create_app()

    def broken() -> None:
        raise RuntimeError("boom")

    app.add_url_rule("/broken", view_func=public(broken))
    lines()
    answer = app.test_client().get("/broken")
    told = lines()
    tracebacks = [line for line in told if "exception" in line]
    assert (answer.status_code, len(tracebacks)) == (500, 1)
    assert "boom" in tracebacks[0]["exception"]
    assert {line["request_id"] for line in told} == {answer.get_json()["request_id"]}


def test_who_passes_an_error_on_repeats_no_traceback(lines: Lines) -> None:
    lines()
    error = RuntimeError("boom")
    log.error("job_failed", exc_info=error)
    logging.getLogger("celery.app.trace").error("raised unexpected: %r", error, exc_info=error)
    assert ["exception" in line for line in lines()] == [True, False]
