"""In production nothing starts with a secret that is missing, short, written by somebody, or used twice."""

import secrets
from collections.abc import Callable

import pytest

from config.settings import OURS, Settings, settings
from config.strength import weakness

GIVEN = ("SECRET_KEY", "JWT_SECRET_KEY", "METRICS_TOKEN")
Start = Callable[..., str]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Start:
    """Return a function that starts in production, with good secrets but for those given, and returns the complaint."""

    def started(**given: str | None) -> str:
        good = {name: secrets.token_urlsafe(48) for name in GIVEN}
        for name, value in {**good, "ENVIRONMENT": "production", **given}.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        settings.cache_clear()
        try:
            settings()
        except SystemExit as end:
            return str(end)
        finally:
            settings.cache_clear()
        return ""

    yield started
    monkeypatch.undo()
    settings.cache_clear()


def test_secrets_that_were_made_by_chance_are_good(start: Start) -> None:
    assert start() == ""
    assert start(METRICS_TOKEN=None) == ""
    for make in (secrets.token_hex, secrets.token_urlsafe):
        assert [each for each in (make(32) for _ in range(2000)) if weakness(each)] == []


@pytest.mark.parametrize("name", ["SECRET_KEY", "JWT_SECRET_KEY"])
def test_a_secret_that_is_missing_is_named(start: Start, name: str) -> None:
    assert f"{name}: Field required" in start(**{name: None})


@pytest.mark.parametrize("name", GIVEN)
@pytest.mark.parametrize(
    ("weak", "why"),
    [
        ("short", "must have at least 32 characters"),
        ("", "must have at least 32 characters"),
        ("x" * 40, "has fewer than 8 different characters"),
        ("01010101" * 5, "has fewer than 8 different characters"),
        ("f3Kq9ZpL2vXw" * 4, "repeats itself"),
        ("abcdefghijklmnopqrstuvwxyz0123456789", "counts up or down"),
        ("Please-Change-Me-before-you-go-live-4711", "looks like a default: it has `changeme` in it"),
        ("my-super-SECRET-key-that-nobody-knows-42", "looks like a default: it has `secret` in it"),
    ],
)
def test_a_weak_secret_is_named_with_what_is_wrong(start: Start, name: str, weak: str, why: str) -> None:
    complaint = start(**{name: weak})
    assert f"{name}: " in complaint
    assert why in complaint
    assert not weak or weak not in complaint


@pytest.mark.parametrize(("first", "second"), [GIVEN[:2], GIVEN[1:], (GIVEN[0], GIVEN[2])])
def test_two_secrets_are_not_the_same(start: Start, first: str, second: str) -> None:
    same = secrets.token_urlsafe(48)
    assert f"{second}: must be another than {first}" in start(**{first: same, second: same})


def test_all_that_is_wrong_is_told_at_once(start: Start) -> None:
    complaint = start(SECRET_KEY=None, JWT_SECRET_KEY="x" * 40, METRICS_TOKEN="short")
    assert [name for name in GIVEN if f"{name}: " in complaint] == [*GIVEN]
    assert "secrets.token_urlsafe(48)" in complaint


def test_a_weak_secret_of_before_can_be_taken_out_of_use(start: Start) -> None:
    weak = "my-super-SECRET-key-that-nobody-knows-42"
    assert start(PREVIOUS_SECRET_KEYS=f'["{weak}"]', JWT_PREVIOUS_SECRET_KEYS=f'["{weak}"]') == ""


def test_outside_of_production_length_is_enough(start: Start) -> None:
    assert start(ENVIRONMENT="development", SECRET_KEY="x" * 32) == ""
    assert "SECRET_KEY: " in start(ENVIRONMENT="development", SECRET_KEY="x" * 31)


@pytest.mark.parametrize("nothing", [None, "", " , "])
def test_nobody_pays_by_stripe_where_what_stripe_says_cannot_be_believed(start: Start, nothing: str | None) -> None:
    complaint = start(STRIPE_SECRET_KEY="sk_live_1", STRIPE_WEBHOOK_SECRET=nothing)
    assert "STRIPE_WEBHOOK_SECRET must be set where STRIPE_SECRET_KEY is" in complaint
    assert "sk_live_1" not in complaint
    assert start(STRIPE_SECRET_KEY="sk_live_1", STRIPE_WEBHOOK_SECRET="whsec_1") == ""
    assert start(STRIPE_SECRET_KEY="", STRIPE_WEBHOOK_SECRET=nothing) == ""
    assert start(STRIPE_SECRET_KEY="sk_test_1", STRIPE_WEBHOOK_SECRET=nothing, ENVIRONMENT="development") == ""


def test_every_secret_is_looked_at_or_is_made_by_others() -> None:
    others = {"stripe_secret_key", "stripe_webhook_secret", "paystack_secret_key", "smtp_url"}
    before = {"previous_secret_keys", "jwt_previous_secret_keys"}
    kept = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    assert kept == {*OURS} | others | before
