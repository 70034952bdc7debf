"""What Stripe's errors mean: which of them are for ever, and which leave it open."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

import stripe

from domain.payments.gateway import Away, Missing, ProviderError, Refused, Unknown
from workers.providers.answers import Json, inner, words
from workers.providers.keys import KEY_REFUSED


class Final(NamedTuple):
    """What ends a kind of call for ever: known codes, and parameters that Stripe names where it gives no code."""

    codes: frozenset[str] = frozenset()
    params: frozenset[str] = frozenset()


CREATE = Final(frozenset({"amount_too_small", "amount_too_large", "email_invalid"}), frozenset({"currency"}))
REFUND = Final(
    frozenset({"charge_already_refunded", "charge_disputed", "payment_intent_unexpected_state"}), frozenset({"amount"})
)
NOTHING = Final()
UNEXPECTED_STATE = "payment_intent_unexpected_state"

Told = TypeVar("Told")

NOT_LET_IN = {401, 403}
TOO_MANY, IN_USE = 429, 409


def answered(call: Callable[[], Told], final: Final = NOTHING) -> Told:
    """Return what *call* comes to; raise Stripe's errors as `ProviderError`.

    They are not chained to those, which carry all of the answer: an error about an intent has its client secret.
    """
    try:
        return call()
    except stripe.StripeError as error:
        meant = meaning(error, final)
    except RecursionError:
        meant = Unknown("unreadable_answer")
    raise meant


def meaning(error: stripe.StripeError, final: Final) -> ProviderError:
    """Return what an error that Stripe answered with means to who made the call."""
    body = error.json_body
    said = inner(body, "error") if isinstance(body, Mapping) else {}
    status = error.http_status or 0
    code = words(said, "code") or words(said, "type") or f"http_{status}"
    message = words(said, "message") or ""
    if status in NOT_LET_IN:
        return Away(*KEY_REFUSED)  # Stripe's message shows the end of the key
    if status == TOO_MANY or code == "rate_limit":
        return Away(code, message)
    return _kind(said, status, code, final)(code, message)


def _kind(said: Json, status: int, code: str, final: Final) -> Callable[[str, str], ProviderError]:
    if code == "resource_missing":
        return Missing
    if _is_final(said, status, final):
        return Refused
    # The edge's pages are not Stripe's word, and are not kept for the key; nor is this, which only says to wait.
    if not said or status == IN_USE:
        return Unknown
    return _answered


def _is_final(said: Json, status: int, final: Final) -> bool:
    if status != 400 or said.get("type") != "invalid_request_error":  # noqa: PLR2004 - HTTP's
        return False
    code = words(said, "code")
    return code in final.codes or (code is None and words(said, "param") in final.params)


def _answered(code: str, message: str) -> Unknown:
    return Unknown(code, message, answered=True)
