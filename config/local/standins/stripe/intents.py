"""Payment intents: made, confirmed by the server, cancelled."""

from collections.abc import Mapping

from config.local.standins.accounts import Caller
from config.local.standins.rows import Json
from config.local.standins.stripe import currencies, disputes
from config.local.standins.stripe.attempts import REASONS, Outcome, attempt
from config.local.standins.stripe.events import happened
from config.local.standins.stripe.objects import INTENT, found
from config.local.standins.stripe.refusals import Refused, declined, missing, unexpected_state
from config.local.standins.world import World, fresh

NOTES = "stripe_notes"  # what the stand-in remembers of an intent beside what Stripe would
CANCELABLE = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action")
# Stripe's payment methods for tests, and how they behave.
METHODS: Mapping[str, Outcome] = {
    "pm_card_visa": "pay",
    "pm_card_mastercard": "pay",
    "pm_card_amex": "pay",
    "pm_card_createDispute": "pay",
    "pm_card_refundFail": "pay",
    "pm_card_pendingRefund": "pay",
    "pm_card_chargeDeclined": "decline",
    "pm_card_visa_chargeDeclined": "decline",
    "pm_card_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_authenticationRequired": "challenge",
    "pm_card_threeDSecure2Required": "challenge",
    "pm_usBankAccount_success": "slow",
}
REFUNDS = {"pm_card_refundFail": "failing", "pm_card_pendingRefund": "pending"}
UNUSED = (
    *("application", "application_fee_amount", "canceled_at", "cancellation_reason", "customer", "customer_account"),
    *("excluded_payment_method_types", "last_payment_error", "latest_charge", "next_action", "on_behalf_of"),
    *("payment_method", "payment_method_configuration_details", "processing", "review", "setup_future_usage"),
    *("shipping", "source", "statement_descriptor", "transfer_data", "transfer_group"),
)
NO_METHOD = (
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
    "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method "
    "or ConfirmationToken."
)
NO_RETURN = (
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment "
    "methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept "
    "redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and "
    "`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents."
)


def create(world: World, caller: Caller, params: Json) -> Json:
    """Make an intent, and pay it at once when `confirm` says so. Raises Refused."""
    currency = params["currency"].lower()
    currencies.refuse(params["amount"], currency)
    if not params.get("confirm") and "return_url" in params:
        words = "You cannot provide `return_url` unless `confirm` is set to true."
        raise Refused(400, words, code="parameter_unknown", param="return_url")
    intent = _made(world, caller, params, currency)
    if params.get("confirm"):
        _refuse_confirmation(intent, params)
    world.rows.put(INTENT, caller.scope, intent["id"], intent)
    happened(world, caller, "payment_intent.created", intent)
    return _confirmed(world, caller, intent, params) if params.get("confirm") else intent


def confirm(world: World, caller: Caller, params: Json, key: str) -> Json:
    """Pay an intent with one of Stripe's methods for tests. Raises Refused."""
    intent = found(world, caller, INTENT, key)
    _refuse_confirmation(intent, params)
    return _confirmed(world, caller, intent, params)


def cancel(world: World, caller: Caller, params: Json, key: str) -> Json:
    """End an intent that nobody has paid. Raises Refused, also while it is processing."""
    intent = found(world, caller, INTENT, key)
    if intent["status"] not in CANCELABLE:
        words = (
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent "
            "with one of the following statuses may be canceled: requires_payment_method, requires_capture, "
            "requires_reauthorization, requires_confirmation, requires_action, processing."
        )
        raise unexpected_state(words, intent)
    now = world.clock.now()
    intent |= {"status": "canceled", "canceled_at": now, "next_action": None}
    intent["cancellation_reason"] = params.get("cancellation_reason")
    world.rows.put(INTENT, caller.scope, intent["id"], intent)
    happened(world, caller, "payment_intent.canceled", intent)
    return intent


def retrieve(world: World, caller: Caller, params: Json, key: str) -> Json:
    """Return an intent. Raises Refused, also for a client secret that is another's."""
    intent = found(world, caller, INTENT, key)
    if params.get("client_secret", intent["client_secret"]) != intent["client_secret"]:
        words = f"The client_secret provided does not match the client_secret associated with '{key}'."
        raise Refused(400, words, param="client_secret")
    return intent


def _confirmed(world: World, caller: Caller, intent: Json, params: Json) -> Json:
    method = params["payment_method"]
    outcome = METHODS[method]
    attempt(world, caller, intent, outcome, return_url=params.get("return_url", ""))
    if method in REFUNDS:
        world.rows.put(NOTES, caller.scope, intent["id"], {"refunds": REFUNDS[method]})
    if method == "pm_card_createDispute":
        disputes.opened(world, caller, intent["latest_charge"], reason="fraudulent")
    if intent["status"] == "requires_payment_method":
        why = REASONS[outcome]
        raise declined(why.code, why.message, why.decline_code, intent)
    return intent


def _refuse_confirmation(intent: Json, params: Json) -> None:
    method = params.get("payment_method")
    if method is None:
        raise unexpected_state(NO_METHOD, intent)
    if method not in METHODS:
        raise missing("PaymentMethod", method, "payment_method")
    automatic = intent["automatic_payment_methods"] or {}
    if automatic.get("enabled") and automatic["allow_redirects"] == "always" and not params.get("return_url"):
        raise Refused(400, NO_RETURN)


def _made(world: World, caller: Caller, params: Json, currency: str) -> Json:
    key = fresh("pi_")
    automatic = params.get("automatic_payment_methods")
    allowed = params.get("allowed_payment_method_types")
    row: Json = dict.fromkeys(UNUSED) | {
        "id": key,
        "object": "payment_intent",
        "allowed_payment_method_types": allowed,
        "amount": params["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "automatic_payment_methods": None if automatic is None else {"allow_redirects": "always", **automatic},
        "capture_method": params.get("capture_method", "automatic_async"),
        "client_secret": f"{key}_secret_{fresh('', 25)}",
        "confirmation_method": "automatic",
        "created": world.clock.now(),
        "currency": currency,
        "description": params.get("description"),
        "livemode": caller.livemode,
        "metadata": params.get("metadata", {}),
        "payment_method_options": {},
        "payment_method_types": allowed or ["card", "link"],
        "receipt_email": params.get("receipt_email"),
        "statement_descriptor_suffix": params.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
    }
    return row
