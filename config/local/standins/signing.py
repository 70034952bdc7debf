"""Signatures of webhooks, made as each provider makes them."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from config.local.standins.accounts import Account

WRONG = "0" * 64


def headers(account: Account, body: bytes, *, signature: str, at: int) -> Mapping[str, str]:
    """Return the headers with which *account*'s provider sends *body*; *signature* is right, wrong or none."""
    if signature == "none":
        return {}
    if account.provider == "stripe":
        right = stripe_signature(body, account.webhook_secrets, at)
        return {"Stripe-Signature": right if signature == "right" else f"t={at},v1={WRONG}"}
    key = account.secret_keys[0] if signature == "right" else "somebody else's key"
    return {"x-paystack-signature": paystack_signature(body, key)}


def stripe_signature(body: bytes, secrets: Sequence[str], at: int) -> str:
    """Return `t=…,v1=…`, with a `v1` for each secret while they rotate, and the `v0` of test mode that means nothing."""
    signed = f"{at}.".encode() + body
    made = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    fake = hashlib.sha256(signed).hexdigest()
    return ",".join([f"t={at}", *(f"v1={each}" for each in made), f"v0={fake}"])


def paystack_signature(body: bytes, key: str) -> str:
    """Return the HMAC-SHA512 of *body* in hex."""
    return hmac.new(key.encode(), body, hashlib.sha512).hexdigest()
