"""Refunds: queued, processed, or not. Paystack knows no idempotency key: each call is one more refund."""

from collections.abc import Mapping
from typing import Literal

from config.local.standins.accounts import Caller
from config.local.standins.paystack import bodies
from config.local.standins.paystack.objects import (
    REFUND,
    TRANSACTION,
    happened,
    integration,
    notes,
    transaction,
    transaction_by_id,
)
from config.local.standins.paystack.refusals import Refused, not_found
from config.local.standins.rows import Json
from config.local.standins.world import World, fresh, number

Outcome = Literal["processing", "processed", "failed", "needs-attention"]

CREATE: Mapping[str, bodies.Reader] = {
    "transaction": bodies.key,
    "amount": bodies.amount,
    "currency": bodies.text,
    "customer_note": bodies.text,
    "merchant_note": bodies.text,
}
UNUSED = ("dispute", "settlement", "refunded_at", "refund_reference")
COUNTED = ("pending", "processing", "processed", "needs-attention")
OPEN = ("pending", "processing", "needs-attention")
SMALLEST = {"USD": 100}
IN_NUMBERS = ("failed", "needs-attention")  # in the other events the amount is text


def create(world: World, caller: Caller, body: Json) -> Json:
    """Queue a refund, of all that is left unless an amount is said. Raises Refused."""
    params = bodies.read(body, CREATE)
    bodies.required(params, "transaction", "Transaction is required")
    row = _transaction(world, caller, params["transaction"])
    amount = _amount(world, caller, row, params)
    refund = _made(world, caller, row, params, amount)
    world.rows.put(REFUND, caller.scope, str(refund["id"]), refund)
    _tell(world, caller, refund)
    brief = {name: row[name] for name in ("id", "domain", "reference", "amount", "paid_at", "channel", "currency")}
    answer = shown(world, refund) | {"transaction": brief | {"paidAt": row["paid_at"], "plan": {}, "split": {}}}
    outcome = notes(world, caller, row["reference"]).get("refunds") or world.knobs.paystack_refunds
    if outcome != "pending":
        world.later(world.knobs.settle_seconds, lambda: _settle_by_itself(world, caller, refund["id"], outcome))
    return answer


def settle(world: World, caller: Caller, refund_id: int, outcome: Outcome) -> Json:
    """Let a refund come to *outcome*. Raises Refused when it has come to an end before."""
    refund = found(world, caller, str(refund_id))
    if refund["status"] not in OPEN:
        raise Refused(400, f"Refund is {refund['status']} already", "refund_closed")
    if outcome == "processed" and refund["status"] == "pending":
        settle(world, caller, refund_id, "processing")
    now = world.clock.iso()
    refund |= {"status": outcome, "updatedAt": now}
    if outcome == "processed":
        refund |= {"deducted_amount": refund["amount"], "fully_deducted": True, "refunded_at": now}
        refund["refund_reference"] = "TRF_" + fresh("", 15).lower()
        _reverse(world, caller, refund)
    world.rows.put(REFUND, caller.scope, str(refund_id), refund)
    _tell(world, caller, refund)
    return refund


def found(world: World, caller: Caller, key: str) -> Json:
    """Return a refund of the caller's. Raises Refused."""
    row = world.rows.get(REFUND, caller.scope, key)
    if row is None:
        raise not_found("Refund", "refund_not_found")
    return row


def shown(world: World, refund: Json) -> Json:
    """Return a refund as the API gives it, its amount in text when the knob says so."""
    answer = {name: value for name, value in refund.items() if name not in ("refund_reference", "reference")}
    return answer | ({"amount": str(refund["amount"])} if world.knobs.paystack_refund_amounts == "string" else {})


def left(world: World, caller: Caller, row: Json) -> int:
    """Return what of a transaction may still be refunded."""
    ours = (each for each in world.rows.of(REFUND, caller.scope) if each["transaction"] == row["id"])
    taken: int = sum(each["amount"] for each in ours if each["status"] in COUNTED)
    return int(row["amount"]) - taken


def _settle_by_itself(world: World, caller: Caller, refund_id: int, outcome: Outcome) -> None:
    refund = world.rows.get(REFUND, caller.scope, str(refund_id))
    if refund is not None and refund["status"] == "pending":  # unless somebody settled it meanwhile
        settle(world, caller, refund_id, outcome)


def _transaction(world: World, caller: Caller, key: str) -> Json:
    if world.rows.get(TRANSACTION, caller.scope, key) is None and key.isdecimal():
        return transaction_by_id(world, caller, key)
    return transaction(world, caller, key)


def _amount(world: World, caller: Caller, row: Json, params: Json) -> int:
    if row["status"] == "reversed":
        raise Refused(400, "Transaction has been fully reversed", "transaction_reversed", "Let the customer know")
    if row["status"] != "success":
        raise Refused(400, "Transaction has not been paid", "transaction_not_paid", "Refund what was paid")
    currency = params.get("currency", row["currency"])
    if currency != row["currency"]:
        raise Refused(400, "Currency does not match the transaction's", "invalid_params")
    rest = left(world, caller, row)
    if not rest:
        raise Refused(400, "Transaction has been fully reversed", "transaction_reversed", "Let the customer know")
    amount: int = params.get("amount", rest)
    if amount > rest:
        raise Refused(400, "Refund amount cannot be more than what is left of the transaction", "invalid_amount")
    if amount < SMALLEST.get(currency, 1):
        raise Refused(400, f"Cannot refund less than {currency} 1", "invalid_amount")
    return amount


def _made(world: World, caller: Caller, row: Json, params: Json, amount: int) -> Json:
    now = world.clock.iso()
    by = f"Refund for transaction {row['reference']}"
    return dict.fromkeys(UNUSED) | {
        "id": number(),
        "integration": integration(caller.account),
        "domain": caller.mode,
        "transaction": row["id"],
        "reference": row["reference"],
        "amount": amount,
        "deducted_amount": 0,
        "fully_deducted": False,
        "currency": row["currency"],
        "channel": row["channel"],
        "status": "pending",
        "refunded_by": row["customer"]["email"],
        "expected_at": now,
        "customer_note": params.get("customer_note", by),
        "merchant_note": params.get("merchant_note", f"{by} by the stand-in"),
        "createdAt": now,
        "updatedAt": now,
    }


def _reverse(world: World, caller: Caller, refund: Json) -> None:
    row = transaction(world, caller, refund["reference"])
    refunds = world.rows.of(REFUND, caller.scope)
    done = sum(each["amount"] for each in refunds if each["transaction"] == row["id"] and each["status"] == "processed")
    if done >= row["amount"]:
        row["status"] = "reversed"
        world.rows.put(TRANSACTION, caller.scope, row["reference"], row)


def _tell(world: World, caller: Caller, refund: Json) -> None:
    row = transaction(world, caller, refund["reference"])
    customer = {name: row["customer"][name] for name in ("first_name", "last_name", "email")}
    amount = refund["amount"] if refund["status"] in IN_NUMBERS else str(refund["amount"])
    data: Json = {
        "status": refund["status"],
        "transaction_reference": refund["reference"],
        "refund_reference": refund["refund_reference"],
        "amount": amount,
        "currency": refund["currency"],
        "processor": "instant-transfer",
        "customer": customer,
        "integration": refund["integration"],
        "domain": refund["domain"],
    }
    if refund["status"] == "needs-attention":
        data |= {name: refund[name] for name in ("customer_note", "merchant_note")} | {"id": str(refund["id"])}
    happened(world, caller, f"refund.{refund['status']}", data)
