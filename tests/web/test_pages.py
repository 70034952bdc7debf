"""Request ids, headers, probes and the documentation's pages."""

import json
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from config import health
from config.clock import clock
from config.settings import Settings
from config.transaction import transaction
from domain.kernel import heartbeats
from web.openapi import Api
from web.pages import health as probes


@pytest.mark.parametrize("sent", ["abc", "A-b_c.9", "x" * 128])
def test_a_sane_request_id_is_kept(client: FlaskClient, sent: str) -> None:
    assert client.get("/livez", headers={"X-Request-Id": sent}).headers["X-Request-Id"] == sent


@pytest.mark.parametrize("sent", ["", "a b", "x" * 129, "ä", "{}", "a,b"])
def test_any_other_request_id_is_replaced(client: FlaskClient, sent: str) -> None:
    answer = client.get("/livez", headers={"X-Request-Id": sent})
    assert re.fullmatch(r"req_[0-9a-z]{26}", answer.headers["X-Request-Id"])


@pytest.mark.parametrize("path", ["/api/openapi.json", "/docs", "/static/manual-3/manual.css"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_wants_what_is_no_more_is_refused_by_a_problem(client: FlaskClient, path: str, method: str) -> None:
    tag = client.get(path, buffered=True).headers["ETag"]
    assert client.open(path, method=method, headers={"If-Match": tag}, buffered=True).status_code == 200
    answer = client.open(path, method=method, headers={"If-Match": '"another"'})
    assert (answer.status_code, answer.mimetype) == (412, "application/problem+json")
    assert method == "HEAD" or json.loads(answer.data)["code"] == "stale_version"


@pytest.mark.parametrize("path", ["/livez", "/docs", "/nowhere", "/api/openapi.json", "/api/auth/me"])
def test_every_answer_is_hardened(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"]


def test_ready_shows_what_it_stands_on(client: FlaskClient) -> None:
    with transaction() as session:
        heartbeats.beat(session, "beat", now=clock() - timedelta(seconds=30))
    body = client.get("/readyz").get_json()
    assert (body["status"], body["database"], body["redis"], body["schema"]) == ("ready", "up", "up", "current")
    assert 30 <= body["beat_age_seconds"] < 60
    assert re.fullmatch(r"20\d\d\.\d+", body["tzdata"])


def test_without_redis_the_work_goes_on_degraded(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "settings", lambda: Settings(redis_url="redis://127.0.0.1:9/0"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "degraded")


def test_another_schema_is_not_ready(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "is_migrated", lambda _: False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "unavailable")


def test_each_request_leaves_one_line(app: Api, caplog: pytest.LogCaptureFixture) -> None:
    app.test_client().get("/problems/slot_taken", headers={"X-Request-Id": "one-line"})
    lines = [record.msg for record in caplog.records if record.msg["event"] == "request"]
    assert len(lines) == 1
    assert {"method": "GET", "route": "/problems/<code>", "status": 200, "request_id": "one-line"}.items() <= lines[
        0
    ].items()
