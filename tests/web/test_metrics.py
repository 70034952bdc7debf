"""`/metrics`: for whoever watches, and nobody else."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from config.clock import clock
from config.transaction import transaction
from domain.payments import service as payments
from tests.application import application
from tests.payments.cashier import knowing

KEYS = {"STRIPE_SECRET_KEY": "sk_test_x", "STRIPE_WEBHOOK_SECRET": "whsec_x", "PAYSTACK_SECRET_KEY": "sk_test_x"}
TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def client() -> FlaskClient:
    return application().test_client()


def told(client: FlaskClient, **headers: str) -> dict[str, float]:
    """Return each sample by its name and labels."""
    answer = client.get("/metrics", headers=headers)
    assert (answer.status_code, answer.content_type.split(";")[0]) == (200, "text/plain")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_the_difference_of_money_is_told_by_check(client: FlaskClient) -> None:
    with transaction() as session:
        found = payments.checked(session)
    with transaction() as session:
        payments.note_checks(
            session,
            [replace(each, count=7) if each.name == "ledger_as_payments" else each for each in found],
            now=clock(),
        )
    samples = told(client)
    assert samples['aionbooking_money_differences{check="ledger_as_payments"}'] == 7
    assert samples['aionbooking_money_checked_timestamp_seconds{check="ledger_as_payments"}'] == pytest.approx(
        clock().timestamp(), abs=60
    )


@pytest.mark.parametrize("provider", ["stripe", "paystack"])
def test_webhooks_of_strangers_are_counted(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, provider: str) -> None:
    name = f'aionbooking_webhooks_refused_total{{provider="{provider}"}}'
    with knowing(monkeypatch, KEYS):
        before = told(client).get(name, 0)
        assert client.post(f"/api/payments/{provider}/webhook", data=b"{}").status_code == 400
        assert told(client)[name] == before + 1


def test_metrics_are_for_who_has_the_token(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with knowing(monkeypatch, {"METRICS_TOKEN": TOKEN}):
        assert client.get("/metrics").status_code == 404
        assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN[:-1]}x"}).status_code == 404
        assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    with knowing(monkeypatch, {"ENVIRONMENT": "production"}):
        assert client.get("/metrics").status_code == 404
