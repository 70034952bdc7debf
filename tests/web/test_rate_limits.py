"""Limits: each caller has a bucket, is told how it stands, and is refused for exactly as long as is said."""

import pytest
from conftest import Caller, bearing
from flask import Flask
from flask.testing import FlaskClient

from config.limiter import Limiter
from config.metrics import OURS as REGISTRY
from tests.quotas import at, pass_time, set_limits, sign_in, somewhere
from tests.statements import statements
from web import limits, sign_ins

KEYS = "/api/api-keys"


def asks(caller: Caller, times: int) -> list[int]:
    return [caller.get("/api/auth/me").status_code for _ in range(times)]


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each caller ask three times a minute."""
    set_limits(monkeypatch, ratelimit_free=3, ratelimit_paid=5, ratelimit_guest=3)


def test_an_answer_tells_how_the_limit_stands(signed_in: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    set_limits(monkeypatch, ratelimit_free=100)
    answer = signed_in.get("/api/auth/me")
    assert answer.headers["RateLimit-Policy"] == '"free";q=100;w=60'
    assert answer.headers["RateLimit"] == '"free";r=99;t=60'
    assert (answer.headers["X-RateLimit-Limit"], answer.headers["X-RateLimit-Remaining"]) == ("100", "99")
    assert int(answer.headers["X-RateLimit-Reset"]) > 1_700_000_000
    assert "Retry-After" not in answer.headers


@pytest.mark.usefixtures("three")
def test_what_is_too_much_is_refused_for_as_long_as_is_said(signed_in: Caller) -> None:
    assert asks(signed_in, 3) == [200] * 3
    refused = signed_in.get("/api/auth/me")
    assert (refused.status_code, refused.get_json()["code"]) == (429, "rate_limited")
    assert refused.content_type == "application/problem+json"
    assert refused.headers["RateLimit"].startswith('"free";r=0;t=')
    wait = int(refused.headers["Retry-After"])
    assert f"ask again in {wait} seconds" in refused.get_json()["detail"]
    pass_time(wait - 10)
    assert asks(signed_in, 1) == [429]
    pass_time(10)
    assert asks(signed_in, 1) == [200]


@pytest.mark.usefixtures("three")
def test_the_window_moves_so_that_no_edge_lets_twice_as_many_through(signed_in: Caller) -> None:
    asks(signed_in, 1)
    pass_time(50)
    assert asks(signed_in, 3) == [200, 200, 429]
    pass_time(11)  # the first has left, those of eleven seconds ago have not
    assert asks(signed_in, 2) == [200, 429]


@pytest.mark.usefixtures("three")
def test_what_is_refused_takes_no_place(signed_in: Caller) -> None:
    assert asks(signed_in, 9) == [200] * 3 + [429] * 6
    pass_time(60)
    assert asks(signed_in, 3) == [200] * 3


def test_every_key_has_a_bucket_that_its_tokens_and_its_successors_share(
    signed_in: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (signed_in.post(KEYS, {"name": name}).get_json() for name in ("Door", "Till"))
    rotated = signed_in.post(f"{KEYS}/{first['id']}/rotate", {"grace_minutes": 5}).get_json()["key"]
    token = signed_in.client.post("/api/auth/token", json={"api_key": first["key"]}).get_json()["access_token"]
    set_limits(monkeypatch, ratelimit_free=3)
    line = [bearing(signed_in.client, each) for each in (first["key"], token, rotated)]

    assert [asks(each, 1) for each in line] == [[200]] * 3
    assert [asks(each, 1) for each in line] == [[429]] * 3
    assert asks(bearing(signed_in.client, second["key"]), 3) == [200] * 3


@pytest.mark.usefixtures("three")
def test_who_signs_in_twice_has_one_bucket(signed_in: Caller, other: Caller, address: str) -> None:
    body = {"email": address, "password": "correct horse"}
    again = bearing(signed_in.client, signed_in.client.post("/api/auth/login", json=body).get_json()["access_token"])
    assert (asks(signed_in, 2), asks(again, 2)) == ([200, 200], [200, 429])
    assert asks(other, 1) == [200]


@pytest.mark.usefixtures("three")
def test_another_plan_holds_at_once_and_keeps_what_was_counted(app: Flask, signed_in: Caller, address: str) -> None:
    assert asks(signed_in, 4) == [200, 200, 200, 429]
    app.test_cli_runner().invoke(args=["users", "plan", address, "paid"])
    assert asks(signed_in, 3) == [200, 200, 429]
    app.test_cli_runner().invoke(args=["users", "plan", address, "free"])
    refused = signed_in.get("/api/auth/me")
    pass_time(int(refused.headers["Retry-After"]))
    assert asks(signed_in, 1) == [200]


def test_keys_are_not_made_as_fast_as_they_are_used_up(signed_in: Caller) -> None:
    told = []
    for _ in range(21):
        made = signed_in.post(KEYS, {"name": "Door"})
        told.append(made.status_code)
        if made.status_code == 201:
            signed_in.delete(f"{KEYS}/{made.get_json()['id']}")
    assert told == [201] * 20 + [429]


@pytest.mark.usefixtures("three")
def test_a_refusal_costs_one_look_at_the_database_and_reads_no_body(signed_in: Caller) -> None:
    asks(signed_in, 3)
    with statements() as asked:
        answer = signed_in.client.post(
            "/api/businesses", data=b"{not json", content_type="application/json", headers=signed_in.headers
        )
    assert answer.status_code == 429
    assert len(asked) == 1


@pytest.mark.usefixtures("three")
def test_a_refusal_is_not_kept_under_an_idempotency_key(signed_in: Caller) -> None:
    asks(signed_in, 3)
    new = {"name": "Salon", "timezone": "Africa/Lagos", "currency": "NGN"}
    assert signed_in.post("/api/businesses", new, Idempotency_Key="one").status_code == 429
    pass_time(60)
    assert signed_in.post("/api/businesses", new, Idempotency_Key="one").status_code == 201


def test_without_a_token_one_is_counted_by_address(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    set_limits(monkeypatch, ratelimit_public=2)
    here, there = somewhere(), somewhere()
    told = [client.get("/problems", environ_base=at(place)).status_code for place in (here, here, here, there)]
    assert told == [200, 200, 429, 200]


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/api/payments/stripe/webhook"])
def test_probes_and_webhooks_are_not_counted(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    set_limits(monkeypatch, ratelimit_public=1)
    place = at(somewhere())
    method = "POST" if path.endswith("webhook") else "GET"
    answers = [client.open(path, method=method, environ_base=place) for _ in range(3)]
    assert 429 not in {each.status_code for each in answers}
    assert "RateLimit" not in answers[0].headers


def test_wrong_tokens_are_slowed_and_good_ones_are_not(signed_in: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    key, known = (signed_in.post(KEYS, {"name": name}).get_json()["key"] for name in ("Door", "Till"))
    set_limits(monkeypatch, ratelimit_auth=2)
    place, client = at(somewhere()), signed_in.client

    def ask(token: str) -> int:
        return client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"}, environ_base=place).status_code

    wrong = key[:-1] + ("a" if key[-1] != "a" else "b")
    assert ask(known) == 200
    assert [ask(each) for each in ("nonsense", wrong, "nonsense", wrong)] == [401, 401, 429, 429]
    with statements() as asked:
        assert ask(wrong) == 429
    assert asked == []
    assert ask(signed_in.tokens["access_token"]) == ask(known) == 200
    assert ask(key) == 429, "nobody has seen it yet"


def test_limits_can_be_turned_off(signed_in: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    set_limits(monkeypatch, ratelimit_free=1, ratelimit_enabled=False)
    assert asks(signed_in, 3) == [200] * 3
    assert "RateLimit" not in signed_in.get("/api/auth/me").headers


def test_what_a_caller_says_of_where_they_are_does_not_help(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, proxy = somewhere(), "192.0.2.1"
    set_limits(monkeypatch, ratelimit_public=1, trusted_proxies="192.0.2.0/24")

    def ask(peer: str, forwarded: str) -> int:
        headers = {"X-Forwarded-For": forwarded}
        return client.get("/problems", headers=headers, environ_base=at(peer)).status_code

    assert [ask(here, somewhere()) for _ in range(2)] == [200, 429]
    assert ask(proxy, f"{somewhere()}, {here}") == 429
    assert ask(proxy, f"{here}, {somewhere()}") == 200


def test_without_redis_every_process_counts_by_itself_and_nothing_fails(
    signed_in: Caller, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_limits(monkeypatch, ratelimit_free=3)
    away = Limiter("redis://127.0.0.1:1/0")
    for module in (limits, sign_ins):
        monkeypatch.setattr(module, "limiter", lambda: away)
    assert asks(signed_in, 4) == [200, 200, 200, 429]
    guesses = [sign_in(signed_in.client, "10.1.1.1", address).status_code for _ in range(11)]
    assert guesses == [401] * 10 + [429]


def test_what_is_refused_is_counted_for_whoever_watches(signed_in: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    set_limits(monkeypatch, ratelimit_free=1)
    before = REGISTRY.get_sample_value("aionbooking_requests_limited_total", {"limit": "free"}) or 0
    assert asks(signed_in, 2) == [200, 429]
    assert REGISTRY.get_sample_value("aionbooking_requests_limited_total", {"limit": "free"}) == before + 1
