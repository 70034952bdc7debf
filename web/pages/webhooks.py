"""Webhooks of payment providers: signed over the raw bytes, kept, and answered; a worker looks into them later."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, cast

from flask import Blueprint, Response, request

from config.clock import clock
from config.logging import log
from config.payments import PlatformAccount, platform_accounts
from config.transaction import Session, retried
from domain.payments import queries
from domain.payments import service as payments
from domain.payments.rules.signatures import signed_by_paystack, signed_by_stripe
from domain.payments.service import Said
from web import strict_json
from web.answers import Answer
from web.auth import public
from web.parsing import JsonRequest
from web.problems import Refusal

webhooks = Blueprint("webhooks", __name__)

MOST = 1_000_000
SHORT = 200


@webhooks.post("/api/payments/stripe/webhook")
@public
def hear_stripe() -> Response:
    """Take what Stripe says."""
    return _heard("stripe", _is_stripe, _stripe_said)


@webhooks.post("/api/payments/paystack/webhook")
@public
def hear_paystack() -> Response:
    """Take what Paystack says."""
    return _heard("paystack", _is_paystack, _paystack_said)


def _heard(
    provider: str, is_signed: Callable[[PlatformAccount, bytes], bool], said: Callable[[Mapping[str, Any], bytes], Said]
) -> Response:
    account = platform_accounts().get(provider)
    if account is None:
        raise Refusal("not_found")
    asked = cast("JsonRequest", request)
    raw = asked.whole_body(MOST)
    if not is_signed(account, raw):
        log.warning("webhook_refused", provider=provider, why="signature")
        raise Refusal("invalid_signature")
    try:
        event = said(strict_json.loads(raw), raw)
    except strict_json.Malformed as error:
        raise Refusal("malformed_json", str(error)) from None

    def work(session: Session) -> None:
        row = queries.platform_account(session, provider, is_live=account.is_live)
        payments.hear(session, row.id, event, now=clock())

    retried(work)
    return Answer(status=200, body={"received": True}).response()


def _is_stripe(account: PlatformAccount, raw: bytes) -> bool:
    header = request.headers.get("Stripe-Signature", "")
    return signed_by_stripe(raw, header, account.webhook_secrets, now=int(clock().timestamp()))


def _is_paystack(account: PlatformAccount, raw: bytes) -> bool:
    return signed_by_paystack(raw, request.headers.get("X-Paystack-Signature", ""), account.webhook_secrets)


def _stripe_said(event: Mapping[str, Any], raw: bytes) -> Said:
    about = _inner(_inner(event, "data"), "object")
    ref = about.get("id") if about.get("object") == "payment_intent" else about.get("payment_intent")
    return Said(_text(event.get("id")) or _digest(raw), _text(event.get("type")) or "", _text(ref), raw)


def _paystack_said(event: Mapping[str, Any], raw: bytes) -> Said:
    """Paystack's events have no id: the kind, the object and its status tell one from another."""
    about, kind = _inner(event, "data"), _text(event.get("event")) or ""
    ref = _text(about.get("transaction_reference")) or _text(_inner(about, "transaction").get("reference"))
    if ref is None and kind.startswith("charge."):
        ref = _text(about.get("reference"))
    told = [kind, about.get("id"), ref, about.get("status")]
    key = hashlib.sha256(repr(told).encode()).hexdigest() if about.get("id") else _digest(raw)
    return Said(key, kind, ref, raw)


def _inner(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= SHORT else None


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
