"""Every POST and PATCH of the document, sent again under its Idempotency-Key: one effect, one answer; or a reason why not."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from werkzeug.test import TestResponse

from config.clock import clock
from config.transaction import transaction
from domain.kernel import idempotency
from domain.kernel.idempotency import Use
from tests.walks.walker import Walker, doer, operations, refused, takes_a_body
from tests.writes import writes
from web.api import payments

NOBODY_YET = "who asks has no keys of their own yet"
PASSWORD = "no fingerprint is left by which a password could be guessed"
OVER = "it ends what the caller came with, so nobody can ask again"
NOTHING = "it makes nothing and changes nothing"
IGNORED = {
    **dict.fromkeys(
        (
            "POST /api/auth/register",
            "POST /api/auth/login",
            "POST /api/auth/refresh",
            "POST /api/auth/token",
            "POST /api/auth/password/forgot",
            "POST /api/auth/password/reset",
            "POST /api/auth/email/verify",
            "POST /api/auth/invitations/register",
            "POST /api/auth/account-link",
            "POST /api/auth/booking-link",
        ),
        NOBODY_YET,
    ),
    "POST /api/auth/password": PASSWORD,
    "POST /api/auth/logout": OVER,
    "POST /api/auth/logout-all": OVER,
    "POST /api/bookings/{booking_id}/manage-link": NOTHING,
    "POST /api/businesses/{slug}/message-templates/preview": NOTHING,
}
WRITING = sorted(name for name in operations() if name.startswith(("POST", "PATCH")))
SPOILING = {
    "PATCH /api/bookings/{booking_id}/status",
    "POST /api/payments/offline",
    "POST /api/webhook-endpoints/{endpoint_id}/disable",
}
"""After these others could not be done in the same world: they have one each."""
KEPT = sorted(set(WRITING) - IGNORED.keys())


@pytest.fixture
def walk(name: str, monkeypatch: pytest.MonkeyPatch) -> Walker:
    """Return a world in which an operation can be done, and where nobody waits for what no worker makes possible."""
    monkeypatch.setattr(payments, "WAIT", 0)
    return Walker() if name in SPOILING else doer()


def test_whatever_takes_no_key_has_its_reason() -> None:
    taking = {name for name, operation in operations().items() if _takes_a_key(operation)}
    assert taking == set(KEPT)


def _takes_a_key(operation: dict[str, object]) -> bool:
    return {"$ref": "#/components/parameters/IdempotencyKey"} in operation["parameters"]  # type: ignore[operator]


@pytest.mark.parametrize("name", KEPT)
def test_what_is_sent_again_under_its_key_is_done_once(name: str, walk: Walker) -> None:
    sent = {**walk.owner, "Idempotency-Key": f"walk:{name}".replace(" ", "_")}
    raw = json.dumps(walk.body(name)).encode() if takes_a_body(name) else None
    with _held(walk, sent["Idempotency-Key"]):
        busy = walk.ask(name, sent, raw=raw)
    refused(busy, 409, "idempotency_in_flight")
    assert busy.headers["Retry-After"] == "1"

    first = walk.ask(name, sent, raw=raw)
    with writes() as written:
        second = walk.ask(name, sent, raw=raw)
        other = walk.ask(name, sent, raw=(raw or b"{}") + b" ")

    assert first.status_code < 300, first.get_json()
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert _told(second) == _told(first)
    assert written == []
    refused(other, 422, "idempotency_key_reused")
    refused(walk.ask(name, walk.owner | {"Idempotency-Key": "two words"}, raw=raw), 400, "invalid_idempotency_key")


def _told(answer: TestResponse) -> tuple[object, ...]:
    return answer.status_code, answer.get_json(silent=True), answer.headers.get("Location"), answer.headers.get("ETag")


@contextmanager
def _held(walk: Walker, key: str) -> Iterator[None]:
    """Hold one of the owner's keys, as a request does that is being worked on."""
    use = Use(principal=walk.world.people["owner"].user_id, key=key, method="POST", path="/", body=b"")
    with transaction() as session:
        assert idempotency.claim(session, use, now=clock()) is None
        yield
