"""`/metrics`: for whoever watches, and nobody else."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from math import inf
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, delete, update

from config import transaction as transactions
from config.clock import clock
from config.transaction import transaction
from domain.kernel import jobs
from domain.kernel.heartbeats import Heartbeat
from domain.kernel.jobs import Job
from domain.kernel.money import Money
from domain.kernel.plot import ALLOCATE, CLOSE, REPAY
from domain.payments import service as payments
from domain.payments.tables import Payment
from tests.application import application
from tests.builders import a_shop
from tests.databases import databases
from tests.outbound.hooks import an_endpoint
from tests.payments.cashier import a_cashier, knowing
from workers.maintenance import take_stock
from workers.relay import beat

KEYS = {"STRIPE_SECRET_KEY": "sk_test_x", "STRIPE_WEBHOOK_SECRET": "whsec_x", "PAYSTACK_SECRET_KEY": "sk_test_x"}
TOKEN = "0123456789abcdef0123456789abcdef"


def line(metric: str, **labels: str) -> str:
    """Return how a sample is named."""
    told_apart = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
    return f"{metric}{{{told_apart}}}"


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


def test_requests_are_counted_by_route_and_what_there_is_not_makes_no_labels(client: FlaskClient) -> None:
    before = told(client)
    for number in range(3):
        assert client.get(f"/api/bookings/{number}").status_code == 401
        assert client.get(f"/nothing/{secrets.token_hex(4)}").status_code == 404
    assert client.open("/livez", method="BREW").status_code == 405
    after = told(client)
    grown = {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0)}
    counted = {name: value for name, value in grown.items() if name.startswith("aionbooking_http_requests_total")}
    assert counted == {
        line("aionbooking_http_requests_total", method="GET", route="/api/bookings/<booking_id>", status="4xx"): 3,
        line("aionbooking_http_requests_total", method="GET", route="other", status="4xx"): 3,
        line("aionbooking_http_requests_total", method="other", route="other", status="4xx"): 1,
        line("aionbooking_http_requests_total", method="GET", route="/metrics", status="2xx"): 1,
    }
    seconds = line("aionbooking_http_request_duration_seconds_count", method="GET", route="/api/bookings/<booking_id>")
    assert grown[seconds] == 3
    longest = {"method": "GET", "route": "/api/bookings/<booking_id>", "le": "10.0"}
    assert grown[line("aionbooking_http_request_duration_seconds_bucket", **longest)] == 3


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give a test a database of its own, in which nothing is left of others."""
    with databases(monkeypatch):
        yield


@pytest.mark.usefixtures("alone")
def test_jobs_are_told_by_kind_and_the_oldest_by_queue(client: FlaskClient) -> None:
    lane, now = uuid4(), clock()
    orders = [jobs.Order(kind=ALLOCATE, ref_id=uuid4(), lane=lane), jobs.Order(kind=REPAY, ref_id=uuid4())]
    before = told(client)
    with transaction() as session:
        jobs.add(session, orders, now=now - timedelta(hours=5))
        jobs.add(session, [jobs.Order(kind=CLOSE, ref_id=uuid4(), run_at=now + timedelta(days=1))], now=now)
        session.info.clear()
        session.execute(update(Job).where(Job.ref_id == orders[1].ref_id).values(state=jobs.State.DEAD))
    after = told(client)
    for labels in (
        {"state": "ready", "kind": ALLOCATE},
        {"state": "dead", "kind": REPAY},
        {"state": "ready", "kind": CLOSE},
    ):
        name = line("aionbooking_jobs", **labels)
        assert after[name] == before.get(name, 0) + 1
    assert after[line("aionbooking_oldest_due_job_seconds", queue="allocation")] >= 5 * 3600
    assert after[line("aionbooking_oldest_due_job_seconds", queue="deliveries")] == 0
    assert after["aionbooking_jobs_made_total"] >= before["aionbooking_jobs_made_total"] + 3
    with transaction() as session:
        session.execute(delete(Job).where(Job.ref_id.in_([each.ref_id for each in orders])))


def test_a_job_that_another_version_left_is_told_and_ends_no_scrape(client: FlaskClient) -> None:
    with transaction() as session:
        jobs.add(session, [jobs.Order(kind="ancient.work", ref_id=uuid4())], now=clock() - timedelta(minutes=3))

    samples = told(client)

    assert samples[line("aionbooking_jobs", kind="ancient.work", state="ready")] == 1
    assert samples[line("aionbooking_oldest_due_job_seconds", queue="unknown")] >= 180
    with transaction() as session:
        session.execute(delete(Job).where(Job.kind == "ancient.work"))


def test_of_what_is_over_a_worker_takes_stock(client: FlaskClient) -> None:
    shop = a_shop()
    an_endpoint(shop.owner, shop.business.id)
    take_stock()
    samples = told(client)
    for name, labels in (
        ("payments", {"state": "succeeded"}),
        ("refunds", {"state": "attention"}),
        ("webhook_deliveries", {"state": "dead"}),
        ("webhook_attempts", {"outcome": "delivered"}),
        ("messages", {"state": "failed"}),
        ("jobs_kept", {"state": "done"}),
    ):
        assert line(f"aionbooking_{name}", **labels) in samples
    assert samples[line("aionbooking_webhook_endpoints", state="enabled")] >= 1
    assert samples[line("aionbooking_stock_taken_timestamp_seconds", of="payments")] == pytest.approx(
        clock().timestamp(), abs=60
    )


@pytest.mark.usefixtures("alone")
def test_a_difference_of_money_is_told_in_minor_units(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_cashier(monkeypatch, price=Money(450_000, "NGN"), payment_required=True) as till:
        booking = till.booked()
        till.ask(booking, "stripe")
        with transaction() as session:
            amount = session.execute(update(Payment).values(received_amount=7).returning(Payment.id)).all()
        take_stock()
        assert told(client)[line("aionbooking_money_difference_minor_units", currency="NGN")] == 7 * len(amount)
        with transaction() as session:
            session.execute(update(Payment).values(received_amount=0))


def test_beat_and_relay_that_were_never_seen_are_as_old_as_can_be(client: FlaskClient) -> None:
    with transaction() as session:
        session.execute(delete(Heartbeat))
    assert told(client)[line("aionbooking_heartbeat_age_seconds", process="relay")] == inf
    beat()
    assert told(client)[line("aionbooking_heartbeat_age_seconds", process="relay")] < 60


def test_without_a_database_what_is_counted_here_is_told_and_that_it_is_away(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    monkeypatch.setattr(transactions, "engine", lambda: away)
    samples = told(client)
    assert samples["aionbooking_database_up"] == 0
    assert any(name.startswith("aionbooking_http_requests_total") for name in samples)
    monkeypatch.undo()
    assert told(client)["aionbooking_database_up"] == 1


def test_metrics_are_named_as_prometheus_has_it_and_say_what_they_are(client: FlaskClient) -> None:
    text = client.get("/metrics").text
    helped = dict(re.findall(r"^# HELP (\w+) (.+)$", text, re.MULTILINE))
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))
    assert helped.keys() == kinds.keys()
    assert [name for name in kinds if not name.startswith("aionbooking_")] == []
    counters = {name for name, kind in kinds.items() if kind == "counter"}
    assert counters == {name for name in kinds if name.endswith("_total")}
    assert [name for name in kinds if re.search("(minutes|hours|_ms|millis)", name)] == []


def test_metrics_are_for_who_has_the_token(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with knowing(monkeypatch, {"METRICS_TOKEN": TOKEN}):
        assert client.get("/metrics").status_code == 404
        assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN[:-1]}x"}).status_code == 404
        for scheme in ("Bearer", "bearer"):
            assert client.get("/metrics", headers={"Authorization": f"{scheme} {TOKEN}"}).status_code == 200
    with knowing(monkeypatch, {"ENVIRONMENT": "production"}):
        assert client.get("/metrics").status_code == 404
