"""Replays and redeliveries are costly, and counted by account besides."""

from datetime import timedelta

import pytest
from conftest import Caller

from config.clock import clock
from config.limiter import Quota
from domain.kernel.ids import Kind, shown
from domain.kernel.ids import new_id as an_id
from tests.quotas import pass_time, set_limits
from web import limits
from web.api import api_keys, webhook_deliveries, webhook_endpoints

TWICE = 2


@pytest.fixture(autouse=True)
def _twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each be asked for twice in its window."""
    set_limits(monkeypatch, ratelimit_enabled=True, ratelimit_free=100)
    for module, name in ((webhook_endpoints, "REPLAYS"), (webhook_deliveries, "REDELIVERIES")):
        quota: Quota = getattr(limits, name)
        monkeypatch.setattr(module, name, quota._replace(most=TWICE))


def ask(caller: Caller, name: str) -> tuple[int, str, str | None]:
    """Ask for what is not there: the limit comes first."""
    paths = {
        "replays": f"/api/webhook-endpoints/{shown(Kind.WEBHOOK_ENDPOINT, an_id())}/replay",
        "redeliveries": f"/api/webhook-deliveries/{shown(Kind.WEBHOOK_DELIVERY, an_id())}/redeliver",
    }
    since = (clock() - timedelta(hours=1)).isoformat()
    body = {"since": since, "until": clock().isoformat()} if name == "replays" else {}
    answer = caller.post(paths[name], body)
    return answer.status_code, answer.get_json()["code"], answer.headers.get("Retry-After")


@pytest.mark.parametrize("name", ["replays", "redeliveries"])
def test_more_than_the_limit_is_refused_for_as_long_as_is_said(signed_in: Caller, name: str) -> None:
    assert [ask(signed_in, name) for _ in range(TWICE)] == [(404, "not_found", None)] * TWICE
    status, code, wait = ask(signed_in, name)
    assert (status, code) == (429, "rate_limited")
    assert wait
    assert 3500 < int(wait) <= limits.HOUR
    pass_time(int(wait))
    assert ask(signed_in, name)[0] == 404


def test_one_is_not_counted_as_the_other(signed_in: Caller) -> None:
    assert {ask(signed_in, "replays")[0] for _ in range(TWICE)} == {404}
    assert ask(signed_in, "redeliveries")[0] == 404


def test_to_be_told_again_what_was_done_is_not_counted(signed_in: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "NEW_KEYS", limits.NEW_KEYS._replace(most=TWICE))
    first, *again = [signed_in.post("/api/api-keys", {"name": "Till"}, Idempotency_Key="once") for _ in range(5)]
    assert [each.get_json() for each in again] == [first.get_json()] * 4
    assert signed_in.post("/api/api-keys", {"name": "Shop"}).status_code == 201
    assert signed_in.post("/api/api-keys", {"name": "Desk"}).status_code == 429
