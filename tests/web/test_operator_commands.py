"""What operators see and do from a terminal: for people as tables, for programs as lines of JSON."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import uuid4

import click
import pytest
from conftest import Caller, bearing
from flask import Flask
from sqlalchemy import delete, update

from config import transaction as transactions
from config.clock import clock
from config.transaction import transaction
from domain.kernel import jobs
from domain.kernel.ids import Kind, shown
from domain.kernel.jobs import Job, State
from domain.kernel.plot import ALLOCATE
from domain.webhooks.tables import WebhookEndpoint
from tests.builders import a_business, a_shop
from tests.databases import databases
from tests.outbound.hooks import an_endpoint

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs a command, and returns its exit status and what it printed."""
    monkeypatch.setenv("COLUMNS", "250")

    def ran(*words: str) -> tuple[int, str]:
        outcome = app.test_cli_runner().invoke(args=[*words])
        return outcome.exit_code, outcome.stdout + outcome.stderr

    return ran


@pytest.fixture
def dead() -> Iterator[Job]:
    """Yield a job that was given up."""
    about = uuid4()
    with transaction() as session:
        jobs.add(session, [jobs.Order(kind=ALLOCATE, ref_id=about, request_id="mine-1")], now=clock())
        session.info.clear()
        job = session.scalars(
            update(Job)
            .where(Job.ref_id == about)
            .values(state=State.DEAD, attempts=12, last_error="no luck")
            .returning(Job)
        ).one()
    yield job
    with transaction() as session:
        session.execute(delete(Job).where(Job.ref_id == about))


def lines(printed: str) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


def leaves(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield each command with the words that it is called by."""
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from leaves(each, *path, name)
    else:
        yield path, command


def test_every_command_explains_itself(app: Flask) -> None:
    silent = [path for path, each in leaves(app.cli) if not each.help]
    assert silent == []


def test_whatever_lists_or_shows_speaks_to_programs_too(app: Flask) -> None:
    ours = {"jobs", "users", "accounts", "keys", "webhooks", "invariants"}
    looking = [
        (path, each) for path, each in leaves(app.cli) if path[0] in ours and path[-1] in {"list", "show", *ours}
    ]
    assert [path for path, each in looking if "as_json" not in {parameter.name for parameter in each.params}] == []


def test_a_dead_job_is_listed_shown_and_brought_back(run: Run, dead: Job) -> None:
    (listed,) = [each for each in lines(run("jobs", "list", "--json")[1]) if each["id"] == dead.id]
    assert (listed["attempts"], listed["last_error"]) == (12, "no luck")
    assert listed["about"] == shown(Kind.BOOKING, dead.ref_id)
    shown_line = lines(run("jobs", "show", str(dead.id), "--json")[1])[0]
    assert shown_line.items() >= {"state": "dead", "request_id": "mine-1", "kind": ALLOCATE}.items()
    assert "no luck" in run("jobs", "list")[1]
    assert "mine-1" in run("jobs", "show", str(dead.id))[1]
    assert lines(run("jobs", "retry", str(dead.id), "999999999", "--json")[1]) == [{"asked": 2, "brought_back": 1}]
    assert run("jobs", "retry", str(dead.id))[1] == "None of these jobs is dead; nothing to bring back.\n"


def test_a_job_that_there_is_not_is_told_so(run: Run) -> None:
    status, said = run("jobs", "show", "999999999")
    assert (status, said.startswith("Error: There is no job 999999999")) == (1, True)


def test_a_key_is_listed_and_ended_whoever_has_it(run: Run, signed_in: Caller, address: str) -> None:
    made = signed_in.post("/api/api-keys", {"name": "CI"}).get_json()
    (listed,) = lines(run("keys", "list", "--email", address.upper(), "--json")[1])
    assert (listed["id"], listed["name"], listed["email"]) == (made["id"], "CI", address)
    assert made["key"] not in run("keys", "list")[1]
    assert run("keys", "revoke", made["id"]) == (0, f"{made['id']} is revoked.\n")
    assert run("keys", "revoke", made["id"]) == (0, f"{made['id']} had ended before.\n")
    assert bearing(signed_in.client, made["key"]).get("/api/auth/me").status_code == 401
    assert run("keys", "list", "--email", address) == (0, "There are no API keys that work.\n")


def test_a_key_is_ended_with_the_one_that_it_was_made_in_place_of(run: Run, signed_in: Caller) -> None:
    old = signed_in.post("/api/api-keys", {"name": "CI"}).get_json()
    new = signed_in.post(f"/api/api-keys/{old['id']}/rotate", {"grace_minutes": 60}).get_json()
    assert bearing(signed_in.client, old["key"]).get("/api/auth/me").status_code == 200
    assert run("keys", "revoke", new["id"])[0] == 0
    assert bearing(signed_in.client, old["key"]).get("/api/auth/me").status_code == 401


def test_a_whole_key_is_not_repeated_by_who_refuses_it(run: Run, signed_in: Caller) -> None:
    made = signed_in.post("/api/api-keys", {"name": "CI"}).get_json()
    for word in (made["key"], shown(Kind.API_KEY, uuid4()), "nothing"):
        assert run("keys", "revoke", word) == (1, "Error: There is no API key of that id.\n")


def test_an_account_is_shown_with_what_it_has(run: Run, signed_in: Caller, address: str) -> None:
    key = signed_in.post("/api/api-keys", {"name": "CI"}).get_json()
    body = {"name": "Ada's Salon", "timezone": "Africa/Lagos", "currency": "NGN"}
    business = signed_in.post("/api/businesses", body).get_json()
    (account,) = lines(run("accounts", "show", address, "--json")[1])
    assert (account["email"], account["plan"], account["bookings_in_30_days"]) == (address, "free", 0)
    assert (account["businesses"], account["keys"]) == ([business["slug"]], [key["id"]])
    (listed,) = [each for each in lines(run("accounts", "list", "--json")[1]) if each["email"] == address]
    assert listed["businesses"] == 1
    assert address in run("accounts", "list")[1]
    for words in (("accounts", "show"), ("keys", "list", "--email")):
        assert run(*words, "nobody@example.com") == (1, "Error: Nobody has registered with nobody@example.com.\n")


def test_endpoints_that_fail_are_listed_without_what_their_url_may_hide(run: Run) -> None:
    owner, business = a_business()
    made = an_endpoint(owner, business.id, "https://hooks.example.com/a-secret-path")
    named = shown(Kind.WEBHOOK_ENDPOINT, made.row.id)
    assert named not in run("webhooks", "list", "--state", "failing")[1]
    with transaction() as session:
        mine = WebhookEndpoint.id == made.row.id
        session.execute(update(WebhookEndpoint).where(mine).values(failing_since=clock()))
    printed = run("webhooks", "list", "--state", "failing", "--limit", "1000")[1]
    assert named in printed
    assert "hooks.example.com" in printed
    assert "a-secret-path" not in printed


def test_what_must_hold_is_checked_and_what_does_not_is_an_exit_status(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with databases(monkeypatch):
        a_shop()
        status, printed = run("invariants")
        assert (status, printed.splitlines()[-1]) == (0, "All 13 hold.")
        with transaction() as session:
            jobs.add(session, [jobs.Order(kind=ALLOCATE, ref_id=uuid4())], now=clock())
            session.info.clear()
            session.execute(update(Job).values(state=State.DEAD))
        status, printed = run("invariants")
        assert (status, printed.splitlines()[-1]) == (1, "1 of 13 do not hold.")
        status, printed = run("invariants", "--json")
        broken = [(each["name"], each["count"]) for each in lines(printed) if each["count"]]
        assert (status, broken) == (1, [("no_dead_jobs", 1)])


@pytest.mark.parametrize(
    "command",
    [
        *("invariants", "jobs list", "jobs retry 1", "users list", "accounts list", "keys list"),
        *("bookings check-timezones", "webhooks list", "secrets reseal"),
    ],
)
def test_what_cannot_be_found_out_is_another_exit_status(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    away = transactions.create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    monkeypatch.setattr(transactions, "engine", lambda: away)
    status, said = run(*command.split())
    assert (status, said.startswith("Error: The database cannot be asked:")) == (2, True)
