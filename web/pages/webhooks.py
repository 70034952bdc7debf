"""Webhooks of payment providers: signed over the raw bytes, kept, and answered; a worker looks into them later."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Response, request

from config.clock import clock
from config.logging import log
from config.metrics import WEBHOOKS_REFUSED
from config.payments import platform_accounts
from config.sealing import Unreadable, unseal
from config.transaction import Session, reading, retried
from domain.payments import queries
from domain.payments import service as payments
from domain.payments.rules.signatures import signed_by_paystack, signed_by_stripe
from domain.payments.service import Said
from web import strict_json
from web.answers import Answer
from web.auth import public
from web.limits import unlimited
from web.parsing import JsonRequest
from web.problems import Refusal

webhooks = Blueprint("webhooks", __name__)

MOST = 1_000_000
SHORT = 200
REFERENCE = re.compile(r"[0-9a-f-]{36}\.[0-9]{1,6}")
TOKEN = re.compile("[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Listener:
    """How a provider's webhooks are known for its own, and what they say."""

    is_signed: Callable[[bytes, Sequence[str]], bool]
    said: Callable[[Mapping[str, Any], bytes], Said]


@webhooks.post("/api/payments/<any(stripe, paystack):provider>/webhook")
@public
@unlimited
def hear_platform(provider: str) -> Response:
    """Take what a provider says of the platform's account."""
    account = platform_accounts().get(provider)
    if account is None:
        raise Refusal("not_found")

    def known(session: Session) -> UUID:
        return queries.platform_account(session, provider, is_live=account.is_live).id

    return _heard(provider, account.webhook_secrets, known)


@webhooks.post("/api/payments/<any(stripe, paystack):provider>/webhook/<token>")
@public
@unlimited
def hear_business(provider: str, token: str) -> Response:
    """Take what a provider says of a business's own account, which its path names; also once it is closed."""
    if not TOKEN.fullmatch(token):
        raise Refusal("not_found")
    with reading() as session:
        account = queries.account_by_token(session, provider, token)
    if account is None or account.webhook_secrets is None:
        raise Refusal("not_found")
    try:
        secrets = unseal(account.webhook_secrets, account.id.bytes).splitlines()
    except Unreadable:
        log.error("webhook_secrets_unreadable", account=account.id.hex)
        raise Refusal("unavailable") from None  # the provider sends it again, when the SECRET_KEY of then is named
    return _heard(provider, secrets, lambda _: account.id)


def _heard(provider: str, secrets: Sequence[str], account_id: Callable[[Session], UUID]) -> Response:
    raw = cast("JsonRequest", request).whole_body(MOST)
    listener = LISTENERS[provider]
    if not listener.is_signed(raw, secrets):
        log.warning("webhook_refused", provider=provider, why="signature")
        WEBHOOKS_REFUSED.labels(provider).inc()
        raise Refusal("invalid_signature")
    try:
        event = listener.said(strict_json.loads(raw), raw)
    except strict_json.Malformed as error:
        raise Refusal("malformed_json", str(error)) from None
    retried(lambda session: payments.hear(session, account_id(session), event, now=clock()))
    return Answer(status=200, body={"received": True}).response()


def _is_stripe(raw: bytes, secrets: Sequence[str]) -> bool:
    return signed_by_stripe(raw, request.headers.get("Stripe-Signature", ""), secrets, now=int(clock().timestamp()))


def _is_paystack(raw: bytes, secrets: Sequence[str]) -> bool:
    return signed_by_paystack(raw, request.headers.get("X-Paystack-Signature", ""), secrets)


def _stripe_said(event: Mapping[str, Any], raw: bytes) -> Said:
    """Tell which intent it is about. One that does not carry our id is another's, who uses the account too."""
    about = _inner(_inner(event, "data"), "object")
    is_intent = about.get("object") == "payment_intent"
    ref = about.get("id") if is_intent else about.get("payment_intent")
    if is_intent and "metadata" in about and "payment_id" not in _inner(about, "metadata"):
        ref = None
    return Said(_text(event.get("id")) or _digest(raw), _text(event.get("type")) or "", _text(ref), raw)


def _paystack_said(event: Mapping[str, Any], raw: bytes) -> Said:
    """Paystack's events have no id: the kind, the object and its status tell one from another.

    A reference that is not of our making is of another, who uses the account too.
    """
    about, kind = _inner(event, "data"), _text(event.get("event")) or ""
    ref = _text(about.get("transaction_reference")) or _text(_inner(about, "transaction").get("reference"))
    if ref is None and kind.startswith("charge."):
        ref = _text(about.get("reference"))
    if ref is not None and not REFERENCE.fullmatch(ref):
        ref = None
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


LISTENERS = {"stripe": Listener(_is_stripe, _stripe_said), "paystack": Listener(_is_paystack, _paystack_said)}
