"""Callers: who asks, by which key, in which version of the API."""

import re

from flask import Request

from config.local.standins.accounts import Accounts, Caller
from config.local.standins.stripe.events import VERSION
from config.local.standins.stripe.refusals import Malformed

VERSIONS = re.compile(r"(\d{4}-\d{2}-\d{2})(\.[a-z_]+)?")
OLDEST = "2026-09-30"  # endive: where payment_method_types became unsupported
SHOWN = 4
NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth "
    "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we "
    "can help at https://support.stripe.com/."
)
PUBLISHABLE = (
    "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your "
    "API keys at https://dashboard.stripe.com/account/apikeys."
)


def caller_of(request: Request, accounts: Accounts) -> Caller:
    """Return who asks. Raises Malformed with 401 or 403."""
    key = _key(request)
    if not key:
        raise Malformed(401, NO_KEY)
    caller = accounts.by_secret("stripe", key)
    if caller is None and accounts.by_public("stripe", key):
        raise Malformed(403, PUBLISHABLE, code="secret_key_required")
    if caller is None:
        raise Malformed(401, f"Invalid API Key provided: {_hidden(key)}")
    wanted = request.headers.get("Stripe-Account", caller.account.id)
    if wanted != caller.account.id:
        words = (
            f"The provided key '{_hidden(key)}' does not have access to account '{wanted}' (or that account does not "
            "exist). Application access may have been revoked."
        )
        raise Malformed(403, words, code="account_invalid")
    return caller


def version_of(request: Request) -> str:
    """Return the version that is asked for. Raises Malformed for those that the stand-in does not speak."""
    asked = request.headers.get("Stripe-Version", VERSION)
    match = VERSIONS.fullmatch(asked)
    if match is None:
        raise Malformed(400, f"Invalid Stripe API version: {asked}")
    if match[1] < OLDEST:
        raise Malformed(
            400, f"The stand-in for Stripe speaks no version before {OLDEST}.endive; asked for was {asked}."
        )
    return asked


def _key(request: Request) -> str:
    given = request.authorization
    if given is None:
        return ""
    return (given.token if given.type == "bearer" else given.username) or ""


def _hidden(key: str) -> str:
    kind = re.match(r"(sk|pk|rk)_(test|live)_", key)
    start = kind[0] if kind else ""
    return f"{start}{'*' * 8}{key[-SHOWN:]}"
