"""Transactions: initialized by the merchant, and what comes of the customer's attempts. The caller holds the lock."""

import json
from collections.abc import Mapping
from typing import Any, Literal

from config.local.standins.accounts import Caller
from config.local.standins.paystack import bodies, currencies
from config.local.standins.paystack.objects import NOTES, TRANSACTION, happened, notes, shown
from config.local.standins.paystack.refusals import Refused
from config.local.standins.rows import Json
from config.local.standins.world import World, fresh, number

Outcome = Literal["pay", "decline", "challenge", "slow"]

INITIALIZE: Mapping[str, bodies.Reader] = {
    "email": bodies.email,
    "amount": bodies.amount,
    "currency": bodies.text,
    "reference": bodies.reference,
    "callback_url": bodies.url,
    "metadata": bodies.anything,
    "channels": bodies.texts,
    "label": bodies.text,
}
FOREIGN = ("plan", "invoice_limit", "split_code", "split", "subaccount", "transaction_charge", "bearer")
OPEN = ("abandoned", "failed", "ongoing", "pending")
CARD = {
    "bin": "408408",
    "last4": "4081",
    "exp_month": "12",
    "exp_year": "2030",
    "channel": "card",
    "card_type": "visa ",
    "bank": "TEST BANK",
    "country_code": "NG",
    "brand": "visa",
    "reusable": True,
    "signature": "SIG_standin",
    "account_name": None,
}
UNKNOWN = ("first_name", "last_name", "phone", "metadata", "international_format_phone")
UNUSED = (
    *("receipt_number", "message", "paid_at", "paidAt", "log", "fees", "fees_split", "plan", "order_id"),
    *("pos_transaction_data", "fees_breakdown", "connect"),
)


def initialize(world: World, caller: Caller, body: Json) -> Json:
    """Begin a transaction, under a reference that nobody had before. Raises Refused."""
    params = bodies.read(body, INITIALIZE, FOREIGN)
    bodies.required(params, "email", "Email Address is required")
    bodies.required(params, "amount", "Invalid Amount Sent")
    currency = params.get("currency") or (*caller.account.currencies, "NGN")[0]
    currencies.refuse(params["amount"], currency, caller.account)
    reference = params.get("reference") or fresh("", 10).lower()
    if world.rows.get(TRANSACTION, caller.scope, reference) is not None:
        step = "Try and create the Transaction or Charge with a new reference"
        raise Refused(400, "Duplicate Transaction Reference", "duplicate_reference", step)
    code = fresh("", 15).lower()
    world.rows.put(TRANSACTION, caller.scope, reference, _made(world, caller, params, currency, reference))
    world.rows.put(NOTES, caller.scope, reference, {"access_code": code, "callback_url": params.get("callback_url")})
    url = f"{world.base_url}/paystack/checkout/{code}"
    return {"authorization_url": url, "access_code": code, "reference": reference}


def attempt(world: World, caller: Caller, row: Json, outcome: Outcome, amount: int | None = None) -> Json:
    """Pay a transaction with a method that behaves as *outcome*; *amount* when it is not the one asked for."""
    if row["status"] not in OPEN:
        raise Refused(400, f"Transaction is {row['status']} already", "transaction_closed", "Initialize a new one")
    row["log"] = _log(row, world.clock.now())
    if outcome == "pay":
        return succeed(world, caller, row, amount)
    if outcome == "decline":
        return fail(world, caller, row, "Declined")
    status, words = ("ongoing", "Pending OTP") if outcome == "challenge" else ("pending", "Transaction in progress")
    row |= {"status": status, "gateway_response": words}
    return world.rows.put(TRANSACTION, caller.scope, row["reference"], row)


def succeed(world: World, caller: Caller, row: Json, amount: int | None = None) -> Json:
    """Let the money come, and tell the webhook."""
    asked = row["requested_amount"]
    fees = currencies.fee(asked, row["currency"])
    paid = amount or (asked + fees if world.knobs.paystack_customer_bears_fees else asked)
    now = world.clock.iso()
    row |= {"status": "success", "amount": paid, "gateway_response": "Successful", "message": None}
    row |= {"fees": fees, "paid_at": now, "paidAt": now, "channel": "card"}
    row["authorization"] = CARD | {"authorization_code": "AUTH_" + fresh("", 10).lower()}
    world.rows.put(TRANSACTION, caller.scope, row["reference"], row)
    happened(world, caller, "charge.success", shown(world, row))
    return row


def fail(world: World, caller: Caller, row: Json, why: str) -> Json:
    """Let an attempt fail. Paystack says so to those who ask, and rarely by a webhook; the customer may try again."""
    row |= {"status": "failed", "gateway_response": why, "message": why}
    world.rows.put(TRANSACTION, caller.scope, row["reference"], row)
    if world.knobs.paystack_charge_failed:
        happened(world, caller, "charge.failed", shown(world, row))
    return row


def abandon(world: World, caller: Caller, row: Json) -> Json:
    """Let the customer walk away."""
    if row["status"] in ("ongoing", "failed"):
        row |= {"status": "abandoned", "gateway_response": "The transaction was not completed"}
        world.rows.put(TRANSACTION, caller.scope, row["reference"], row)
    return row


def finish(world: World, caller: Caller, row: Json, outcome: Literal["succeed", "fail"]) -> Json:
    """End what was ongoing or pending. Raises Refused when nothing was."""
    if row["status"] not in ("ongoing", "pending"):
        raise Refused(400, f"Transaction is {row['status']}, not under way", "transaction_closed")
    return succeed(world, caller, row) if outcome == "succeed" else fail(world, caller, row, "Authentication failed")


def by_access_code(world: World, code: str) -> tuple[Caller, Json] | None:
    """Return whose transaction a checkout address leads to."""
    for caller in _callers(world):
        for row in world.rows.of(TRANSACTION, caller.scope):
            if notes(world, caller, row["reference"]).get("access_code") == code:
                return caller, row
    return None


def _callers(world: World) -> list[Caller]:
    paystack = [account for account in world.accounts if account.provider == "paystack"]
    return [Caller(account, mode) for account in paystack for mode in ("test", "live")]


def _made(world: World, caller: Caller, params: Json, currency: str, reference: str) -> Json:
    now = world.clock.iso()
    customer = dict.fromkeys(UNKNOWN) | {
        "id": number(),
        "email": params["email"],
        "customer_code": "CUS_" + fresh("", 15).lower(),
        "risk_action": "default",
    }
    row: Json = dict.fromkeys(UNUSED) | {
        "id": number(),
        "domain": caller.mode,
        "status": "abandoned",
        "reference": reference,
        "amount": params["amount"],
        "requested_amount": params["amount"],
        "currency": currency,
        "gateway_response": "The transaction was not completed",
        "created_at": now,
        "createdAt": now,
        "transaction_date": now,
        "channel": "card",
        "ip_address": "127.0.0.1",
        "metadata": _kept(params.get("metadata", "")),
        "authorization": {},
        "customer": customer,
        "source": {"source": "merchant_api", "type": "api", "identifier": None},
        "split": {},
        "plan_object": {},
        "subaccount": {},
    }
    return row


def _kept(sent: Any) -> Any:  # noqa: ANN401 - whatever JSON can say
    """Return metadata as Paystack keeps it: JSON in a string comes back as what it says."""
    if not isinstance(sent, str):
        return sent
    try:
        return json.loads(sent)
    except ValueError:
        return sent


def _log(row: Json, now: int) -> Json:
    attempts = (row["log"] or {"attempts": 0})["attempts"] + 1
    return {"start_time": now, "time_spent": 4, "attempts": attempts, "errors": 0, "success": False, "history": []}
