"""Charges: one for each attempt to take money that got as far as the card's bank."""

from config.local.standins.accounts import Caller
from config.local.standins.rows import Json
from config.local.standins.stripe import ledger
from config.local.standins.stripe.objects import CHARGE
from config.local.standins.world import World, fresh

CARD = {
    "brand": "visa",
    "country": "US",
    "exp_month": 12,
    "exp_year": 2034,
    "funding": "credit",
    "last4": "4242",
    "network": "visa",
    "three_d_secure": None,
    "wallet": None,
}
UNUSED = (
    *("application", "application_fee", "application_fee_amount", "balance_transaction", "customer"),
    *("failure_balance_transaction", "failure_code", "failure_message", "on_behalf_of", "outcome", "receipt_number"),
    *("receipt_url", "review", "shipping", "source", "source_transfer", "statement_descriptor"),
    *("statement_descriptor_suffix", "transfer_data", "transfer_group"),
)


def made(world: World, caller: Caller, intent: Json, *, status: str, amount: int, currency: str) -> Json:
    """Make the charge of an attempt, and name it in its *intent*; the money comes with `paid`."""
    row: Json = dict.fromkeys(UNUSED) | {
        "id": fresh("ch_"),
        "object": "charge",
        "amount": amount,
        "amount_captured": 0,
        "amount_refunded": 0,
        "billing_details": dict.fromkeys(("address", "email", "name", "phone", "tax_id")),
        "calculated_statement_descriptor": "STAND-IN",
        "captured": False,
        "created": world.clock.now(),
        "currency": currency,
        "description": intent["description"],
        "disputed": False,
        "fraud_details": {},
        "livemode": caller.livemode,
        "metadata": dict(intent["metadata"]),
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": {"type": "card", "card": dict(CARD)},
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "status": status,
    }
    intent["latest_charge"] = row["id"]
    return world.rows.put(CHARGE, caller.scope, row["id"], row)


def paid(world: World, caller: Caller, charge: Json) -> None:
    """Let the money of *charge* arrive."""
    charge |= {"status": "succeeded", "paid": True, "captured": True, "amount_captured": charge["amount"]}
    charge["outcome"] = _outcome("authorized", "approved_by_network", None, "Payment complete.")
    fees = ledger.fee(charge["amount"])
    charge["balance_transaction"] = ledger.moved(
        world, caller, charge, amount=charge["amount"], fees=fees, kind="charge"
    )
    world.rows.put(CHARGE, caller.scope, charge["id"], charge)


def failed(world: World, caller: Caller, charge: Json, *, code: str, message: str, reason: str) -> None:
    """Let the bank turn *charge* down."""
    charge |= {"status": "failed", "failure_code": code, "failure_message": message}
    words = "The bank returned the decline code."
    charge["outcome"] = _outcome("issuer_declined", "declined_by_network", reason, words)
    world.rows.put(CHARGE, caller.scope, charge["id"], charge)


def _outcome(kind: str, network: str, reason: str | None, message: str) -> Json:
    risk = {"risk_level": "normal", "advice_code": None}
    return {"type": kind, "network_status": network, "reason": reason, "seller_message": message, **risk}
