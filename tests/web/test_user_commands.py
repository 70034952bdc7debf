"""What operators do about users from a terminal."""

import pytest
from conftest import Caller
from flask import Flask

from config.clock import clock
from config.transaction import transaction
from domain.accounts import service as accounts
from domain.accounts.rules import Claims, Principal
from domain.kernel.ids import Kind, parsed
from tests.builders import a_user


def run(app: Flask, *words: str) -> tuple[int, str]:
    outcome = app.test_cli_runner().invoke(args=["users", *words])
    return outcome.exit_code, outcome.output


def principal(caller: Caller) -> Principal:
    user_id = parsed(Kind.USER, caller.tokens["user"]["id"])
    session_id = parsed(Kind.SESSION, caller.get("/api/auth/sessions").get_json()["data"][0]["id"])
    assert user_id
    assert session_id
    with transaction() as session:
        return accounts.principal(session, Claims(user_id=user_id, session_id=session_id), now=clock())


def test_an_operator_is_made_and_dismissed(app: Flask, signed_in: Caller, address: str) -> None:
    assert run(app, "operator", address.upper()) == (0, f"{address.upper()} is an operator.\n")
    assert principal(signed_in).is_operator
    assert run(app, "operator", address, "--revoke") == (0, f"{address} is no operator any more.\n")
    assert not principal(signed_in).is_operator


def test_an_account_is_put_on_another_plan(app: Flask, signed_in: Caller, address: str) -> None:
    assert run(app, "plan", address, "paid") == (0, f"The account of {address} is on the paid plan.\n")
    assert principal(signed_in).plan == signed_in.get("/api/auth/me").get_json()["plan"] == "paid"
    assert run(app, "plan", address, "golden")[0] == 2
    assert run(app, "plan", address, "free")[0] == 0
    assert principal(signed_in).plan == "free"


def test_an_unknown_address_is_told_so(app: Flask) -> None:
    sentence = "Error: Nobody has registered with nobody@example.com.\n"
    for words in (("operator",), ("operator", "--revoke"), ("plan", "paid")):
        command, *more = words
        assert run(app, command, "nobody@example.com", *more) == (1, sentence)


def test_users_are_listed_the_newest_first(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    ada, bo = a_user("Ada"), a_user("Bo")
    run(app, "operator", ada.email)
    status, listed = run(app, "list", "--limit", "2")
    words = [line.split()[:4] for line in listed.splitlines()[1:]]
    assert (status, words[0][:3], words[1]) == (0, [bo.email, "Bo", "free"], [ada.email, "Ada", "free", "yes"])
    assert len(words) == 2
