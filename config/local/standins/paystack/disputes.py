"""Disputes: a customer's bank complains, and the merchant accepts or declines."""

from typing import Literal

from config.local.standins.accounts import Caller
from config.local.standins.paystack.objects import DISPUTE, TRANSACTION, happened, shown
from config.local.standins.paystack.refusals import Refused, not_found
from config.local.standins.rows import Json
from config.local.standins.world import World, number

Resolution = Literal["merchant-accepted", "auto-accepted", "declined"]

UNUSED = ("resolution", "transaction_reference", "resolvedAt", "evidence", "attachments", "note")
NESTED = ("split", "receipt_number", "fees_breakdown", "connect", "transaction_date", "plan_object", "source")


def opened(world: World, caller: Caller, row: Json, amount: int | None = None) -> Json:
    """Open a dispute about a transaction. Raises Refused unless it was paid."""
    if row["status"] != "success":
        raise Refused(400, f"Transaction is {row['status']}: it cannot be disputed", "transaction_closed")
    now = world.clock.iso()
    by = row["customer"]["email"]
    dispute: Json = dict.fromkeys(UNUSED) | {
        "id": number(),
        "refund_amount": amount or row["amount"],
        "currency": row["currency"],
        "status": "awaiting-merchant-feedback",
        "domain": caller.mode,
        "transaction": row["id"],
        "reference": row["reference"],
        "category": "chargeback",
        "customer": row["customer"],
        "bin": "408408",
        "last4": "4081",
        "dueAt": now,
        "history": [{"status": "pending", "by": by, "createdAt": now}],
        "messages": [{"sender": by, "body": "I know nothing of it", "createdAt": now}],
        "createdAt": now,
        "updatedAt": now,
    }
    return _told(world, caller, dispute, "charge.dispute.create")


def reminded(world: World, caller: Caller, dispute_id: str) -> Json:
    """Remind the merchant. Raises Refused when nothing is open."""
    return _told(world, caller, _open(world, caller, dispute_id), "charge.dispute.remind")


def resolved(world: World, caller: Caller, dispute_id: str, resolution: Resolution) -> Json:
    """Close a dispute; accepted, the payment is reversed. Raises Refused when it is closed already."""
    dispute = _open(world, caller, dispute_id)
    now = world.clock.iso()
    dispute |= {"status": "resolved", "resolution": resolution, "resolvedAt": now, "updatedAt": now}
    if resolution == "declined":
        dispute["refund_amount"] = 0
    else:
        row = world.rows.get(TRANSACTION, caller.scope, dispute["reference"]) or {}
        if dispute["refund_amount"] >= row["amount"]:
            row["status"] = "reversed"
            world.rows.put(TRANSACTION, caller.scope, dispute["reference"], row)
    return _told(world, caller, dispute, "charge.dispute.resolve")


def found(world: World, caller: Caller, key: str) -> Json:
    """Return a dispute of the caller's. Raises Refused."""
    row = world.rows.get(DISPUTE, caller.scope, key)
    if row is None:
        raise not_found("Dispute", "dispute_not_found")
    return row


def whole(world: World, caller: Caller, dispute: Json) -> Json:
    """Return a dispute with its transaction in it, as Paystack shows it."""
    row = world.rows.get(TRANSACTION, caller.scope, dispute["reference"]) or {}
    inner = {name: value for name, value in shown(world, row).items() if name not in NESTED}
    answer = {name: value for name, value in dispute.items() if name != "reference"}
    return answer | {"transaction": inner | {"customer": {"international_format_phone": None}}}


def _open(world: World, caller: Caller, dispute_id: str) -> Json:
    dispute = found(world, caller, dispute_id)
    if dispute["status"] == "resolved":
        raise Refused(400, "Dispute is resolved already", "dispute_closed")
    return dispute


def _told(world: World, caller: Caller, dispute: Json, event: str) -> Json:
    world.rows.put(DISPUTE, caller.scope, str(dispute["id"]), dispute)
    data = whole(world, caller, dispute)
    data |= {"created_at": data.pop("createdAt"), "updated_at": data.pop("updatedAt")}
    happened(world, caller, event, data)
    return dispute
