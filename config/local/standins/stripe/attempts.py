"""Attempts: what comes of a customer's payment of an intent, step by step. The caller holds the lock."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from config.local.standins.accounts import Caller
from config.local.standins.rows import Json
from config.local.standins.stripe import charges
from config.local.standins.stripe.events import happened
from config.local.standins.stripe.objects import CHARGE, INTENT
from config.local.standins.stripe.refusals import unexpected_state
from config.local.standins.world import World, fresh

Outcome = Literal["pay", "decline", "insufficient_funds", "challenge", "slow"]

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


class Why(NamedTuple):
    """Why an attempt failed, in Stripe's words."""

    code: str
    message: str
    decline_code: str = ""


REASONS: Mapping[str, Why] = {
    "decline": Why("card_declined", "Your card was declined.", "generic_decline"),
    "insufficient_funds": Why("card_declined", "Your card has insufficient funds.", "insufficient_funds"),
    "challenge": Why(
        "payment_intent_authentication_failure",
        "The provided payment method has failed authentication. You can provide payment_method_data or a new "
        "PaymentMethod to attempt to fulfill this PaymentIntent again.",
    ),
    "slow": Why("payment_intent_payment_attempt_failed", "The payment failed."),
}


class Terms(NamedTuple):
    """What is really taken; a provider gone wrong takes something else than was asked for."""

    amount: int
    currency: str

    @classmethod
    def of(cls, intent: Json, amount: int | None = None, currency: str | None = None) -> "Terms":
        """Return what *intent* asks for, unless something else is said."""
        return cls(amount or intent["amount"], currency or intent["currency"])


def attempt(
    world: World, caller: Caller, intent: Json, outcome: Outcome, *, terms: Terms | None = None, return_url: str = ""
) -> Json:
    """Pay *intent* with a method that behaves as *outcome*. Raises Refused when it cannot be paid any more."""
    if intent["status"] not in OPEN:
        raise unexpected_state(_closed(intent), intent)
    intent |= {"payment_method": fresh("pm_"), "next_action": None, "last_payment_error": None}
    terms = terms or Terms.of(intent)
    if outcome == "challenge":
        intent |= {"status": "requires_action", "next_action": _challenge(world, intent, return_url)}
        return _kept(world, caller, intent, "payment_intent.requires_action")
    if outcome == "slow":
        charges.made(world, caller, intent, status="pending", amount=terms.amount, currency=terms.currency)
        intent |= {"status": "processing"}
        return _kept(world, caller, intent, "payment_intent.processing")
    charge = charges.made(world, caller, intent, status="pending", amount=terms.amount, currency=terms.currency)
    if outcome == "pay":
        return succeed(world, caller, intent, charge)
    return fail(world, caller, intent, REASONS[outcome], charge)


def approve(world: World, caller: Caller, intent: Json) -> Json:
    """Let the customer pass 3-D Secure. Raises Refused when nothing was asked of them."""
    _need(intent, "requires_action")
    terms = Terms.of(intent)
    charge = charges.made(world, caller, intent, status="pending", amount=terms.amount, currency=terms.currency)
    return succeed(world, caller, intent, charge)


def fail_challenge(world: World, caller: Caller, intent: Json) -> Json:
    """Let the customer fail 3-D Secure, or walk away from it. Raises Refused when nothing was asked of them."""
    _need(intent, "requires_action")
    return fail(world, caller, intent, REASONS["challenge"], None)


def finish(world: World, caller: Caller, intent: Json, outcome: Literal["succeed", "fail"]) -> Json:
    """End a payment that was processing. Raises Refused when it is not."""
    _need(intent, "processing")
    charge = world.rows.get(CHARGE, caller.scope, intent["latest_charge"])
    if charge is None or outcome == "fail":
        return fail(world, caller, intent, REASONS["slow"], charge)
    return succeed(world, caller, intent, charge)


def succeed(world: World, caller: Caller, intent: Json, charge: Json) -> Json:
    """Let the money of *charge* pay *intent*."""
    charges.paid(world, caller, charge)
    intent |= {"status": "succeeded", "amount_received": charge["amount"], "next_action": None}
    happened(world, caller, "charge.succeeded", charge)
    return _kept(world, caller, intent, "payment_intent.succeeded")


def fail(world: World, caller: Caller, intent: Json, why: Why, charge: Json | None) -> Json:
    """Let an attempt fail: the intent waits for another method, which is not the end of it."""
    if charge is not None:
        reason = why.decline_code or "try_again_later"
        charges.failed(world, caller, charge, code=why.code, message=why.message, reason=reason)
        happened(world, caller, "charge.failed", charge)
    intent |= {"status": "requires_payment_method", "next_action": None}
    intent["last_payment_error"] = _error(intent, why, charge)
    intent["payment_method"] = None
    return _kept(world, caller, intent, "payment_intent.payment_failed")


def _kept(world: World, caller: Caller, intent: Json, event: str) -> Json:
    world.rows.put(INTENT, caller.scope, intent["id"], intent)
    happened(world, caller, event, intent)
    return intent


def _error(intent: Json, why: Why, charge: Json | None) -> Json:
    method = {"id": intent["payment_method"], "object": "payment_method", "type": "card"}
    error: Json = {"type": "card_error", "code": why.code, "message": why.message, "payment_method": method}
    if why.decline_code:
        error["decline_code"] = why.decline_code
    if charge is not None:
        error["charge"] = charge["id"]
    return error


def _need(intent: Json, status: str) -> None:
    if intent["status"] != status:
        words = f"This PaymentIntent has a status of {intent['status']}, and this needs {status}."
        raise unexpected_state(words, intent)


def _closed(intent: Json) -> str:
    if intent["status"] == "succeeded":
        return (
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
        )
    return f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}."


def _challenge(world: World, intent: Json, return_url: str) -> Json:
    url = f"{world.base_url}/stripe/pay/{intent['client_secret']}"
    if return_url:
        return {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": return_url}}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url}}
