"""What operators do about sealed secrets from a terminal: after SECRET_KEY was changed they are sealed under the new one."""

import json
from collections.abc import Iterator, Mapping
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from config.clock import clock
from config.sealing import Unreadable, seal, unseal
from config.transaction import transaction
from domain.kernel import resealing
from domain.kernel.ids import Kind, new_id, shown
from domain.payments.tables import ProviderAccount
from domain.webhooks import service as webhooks
from domain.webhooks.service import Made
from domain.webhooks.tables import WebhookEndpoint
from tests.builders import a_business
from tests.databases import databases
from tests.outbound.hooks import an_endpoint, change, endpoint, sealed
from tests.payments.cashier import knowing

OLD, NEW = "o" * 32, "n" * 32
CHANGED = {"SECRET_KEY": NEW, "PREVIOUS_SECRET_KEYS": f'["{OLD}"]'}
ENDPOINTS, ACCOUNTS = "webhook secrets", "keys of provider accounts"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have a database for each test: no other test's secrets are to be sealed under keys of this one."""
    with databases(monkeypatch):
        yield


def run(app: Flask, *words: str) -> tuple[int, str]:
    outcome = app.test_cli_runner().invoke(args=["secrets", "reseal", *words], env={"COLUMNS": "250"})
    return outcome.exit_code, outcome.output


def told(app: Flask) -> Mapping[str, tuple[int, int, list[str]]]:
    """Run it; return of each sort how many there are, how many were sealed anew, and which are unreadable."""
    rows = [json.loads(line) for line in run(app, "--json")[1].splitlines()]
    return {row["what"]: (row["kept"], row["sealed_anew"], row["unreadable"]) for row in rows}


def an_account(business_id: UUID) -> UUID:
    """Give a business an account of its own at Stripe."""
    account_id = new_id()
    secrets = {name: seal(name, account_id.bytes) for name in ("secret_key", "webhook_secrets")}
    named = {"id": account_id, "business_id": business_id, "provider": "stripe", "token": account_id.hex}
    with transaction() as session:
        session.add(ProviderAccount(**named, is_live=False, public_key="pk_test", **secrets))
    return account_id


def account(account_id: UUID) -> ProviderAccount:
    with transaction() as session:
        return session.scalars(select(ProviderAccount).where(ProviderAccount.id == account_id)).one()


def test_what_an_old_key_sealed_can_be_read_without_it_afterwards(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with knowing(monkeypatch, {"SECRET_KEY": OLD}):
        owner, business = a_business()
        made, account_id = an_endpoint(owner, business.id), an_account(business.id)
        with transaction() as session:
            rotated = webhooks.rotate_secret(session, made.row.id, seal=sealed, caller=owner, now=clock())
        before = endpoint(made), account(account_id)
    with knowing(monkeypatch, CHANGED):
        assert told(app) == {ENDPOINTS: (1, 1, []), ACCOUNTS: (1, 1, [])}
        assert told(app) == {ENDPOINTS: (1, 0, []), ACCOUNTS: (1, 0, [])}, "it is safe to repeat"
    with knowing(monkeypatch, {"SECRET_KEY": NEW}):
        hook, money = endpoint(made), account(account_id)
        assert unseal(hook.secret, hook.id.bytes) == rotated.secret
        assert unseal(hook.previous_secret or b"", hook.id.bytes) == made.secret
        assert unseal(money.secret_key or b"", account_id.bytes) == "secret_key"
        assert unseal(money.webhook_secrets or b"", account_id.bytes) == "webhook_secrets"
    for was, now in zip(before, (hook, money), strict=True):
        assert (was.version, was.updated_at) == (now.version, now.updated_at)


def test_what_cannot_be_read_is_told_by_id_and_left_as_it_is(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with knowing(monkeypatch, {"SECRET_KEY": "l" * 32}):  # lost
        owner, business = a_business()
        made, account_id = an_endpoint(owner, business.id), an_account(business.id)
    before = endpoint(made).secret
    with knowing(monkeypatch, CHANGED):
        other = an_endpoint(owner, business.id)
        hook, money = shown(Kind.WEBHOOK_ENDPOINT, made.row.id), shown(Kind.PROVIDER_ACCOUNT, account_id)
        assert told(app) == {ENDPOINTS: (2, 0, [hook]), ACCOUNTS: (1, 0, [money])}
        status, printed = run(app)
        assert status == 0
        assert [line.split() for line in printed.splitlines()] == [
            ["what", "kept", "sealed", "anew", "unreadable"],
            [*ENDPOINTS.split(), "2", "0", hook],
            [*ACCOUNTS.split(), "1", "0", money],
        ]
        assert other.secret not in printed
        with pytest.raises(Unreadable):
            unseal(endpoint(made).secret, made.row.id.bytes)
    assert endpoint(made).secret == before


def test_a_previous_secret_that_cannot_be_read_is_missed_by_nobody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with knowing(monkeypatch, CHANGED):
        owner, business = a_business()
        made = an_endpoint(owner, business.id)
        change(WebhookEndpoint, made, previous_secret=b"\x01" + b"0" * 60, previous_until=clock())
        assert told(app)[ENDPOINTS] == (1, 0, [])


def test_however_many_there_are_a_few_are_locked_at_a_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resealing, "BATCH", 2)
    with knowing(monkeypatch, {"SECRET_KEY": OLD}):
        owner, business = a_business()
        made: list[Made] = [an_endpoint(owner, business.id) for _ in range(5)]
    with transaction() as session:
        webhooks.delete_endpoint(session, made.pop().row.id, caller=owner, now=clock())
    with knowing(monkeypatch, CHANGED):
        assert told(app)[ENDPOINTS] == (4, 4, [])
    with knowing(monkeypatch, {"SECRET_KEY": NEW}):
        assert [unseal(endpoint(each).secret, each.row.id.bytes) for each in made] == [each.secret for each in made]
