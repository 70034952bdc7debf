"""Refunds: in full or in part, which may fail days after they succeeded."""

from collections.abc import Mapping
from typing import Literal

from config.local.standins.accounts import Caller
from config.local.standins.rows import Json
from config.local.standins.stripe import ledger
from config.local.standins.stripe.currencies import shown
from config.local.standins.stripe.events import happened
from config.local.standins.stripe.intents import NOTES
from config.local.standins.stripe.objects import CHARGE, INTENT, REFUND, found
from config.local.standins.stripe.refusals import Refused
from config.local.standins.world import World, fresh

FAILURE = "expired_or_canceled_card"
UNUSED = (
    *("balance_transaction", "failure_balance_transaction", "failure_reason", "next_action", "pending_reason"),
    *("receipt_number", "source_transfer_reversal", "transfer_reversal"),
)
UNSETTLED = ("pending", "requires_action")
# What an intent's note says of its refunds: the first answer; those failing or pending change a moment later.
NOTED: Mapping[str, str] = {"failing": "succeeded", "pending": "pending", "waiting": "pending"}


def create(world: World, caller: Caller, params: Json) -> Json:
    """Refund a charge, or what is left of it. Raises Refused."""
    charge = _charge(world, caller, params)
    if charge["disputed"]:
        words = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise Refused(400, words, code="charge_disputed")
    left = charge["amount"] - charge["amount_refunded"]
    if not left:
        words = f"Charge {charge['id']} has already been refunded."
        raise Refused(400, words, code="charge_already_refunded")
    amount = params.get("amount", left)
    if amount > left:
        asked, rest = shown(amount, charge["currency"]), shown(left, charge["currency"])
        raise Refused(
            400, f"Refund amount ({asked}) is greater than unrefunded amount on charge ({rest})", param="amount"
        )
    note = (world.rows.get(NOTES, caller.scope, charge["payment_intent"]) or {}).get("refunds", "")
    refund = _made(world, charge, params, amount)
    refund["status"] = NOTED.get(note, world.knobs.stripe_refunds)
    _take(world, caller, charge, refund)
    answer = dict(refund)  # as it is now, whatever becomes of it in a moment
    if note == "failing":
        world.later(world.knobs.settle_seconds, lambda: settle(world, caller, refund["id"], "fail"))
    if note == "pending":
        world.later(world.knobs.settle_seconds, lambda: settle(world, caller, refund["id"], "succeed"))
    return answer


def settle(world: World, caller: Caller, refund_id: str, outcome: Literal["succeed", "fail"]) -> Json:
    """Let a refund succeed that did not yet, or fail, even when it had succeeded. Raises Refused."""
    refund = found(world, caller, REFUND, refund_id)
    if refund["status"] not in (*UNSETTLED, "succeeded") or (refund["status"] == "succeeded" and outcome == "succeed"):
        raise Refused(400, f"Refund {refund_id} is {refund['status']} already.")
    before = {"status": refund["status"]}
    if outcome == "succeed":
        refund |= {"status": "succeeded", "pending_reason": None, "next_action": None}
        return _told(world, caller, refund, before, ("refund.updated", "charge.refund.updated"))
    charge = found(world, caller, CHARGE, refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    world.rows.put(CHARGE, caller.scope, charge["id"], charge)
    _fail(refund)
    refund["failure_balance_transaction"] = ledger.moved(
        world, caller, refund, amount=refund["amount"], fees=0, kind="refund_failure"
    )
    return _told(world, caller, refund, before, ("refund.failed", "refund.updated", "charge.refund.updated"))


def _charge(world: World, caller: Caller, params: Json) -> Json:
    if ("charge" in params) == ("payment_intent" in params):
        words = "One of the following params should be provided for this request: payment_intent or charge."
        raise Refused(400, words, code="parameter_missing" if "charge" not in params else "parameters_exclusive")
    if "charge" in params:
        return found(world, caller, CHARGE, params["charge"], "charge")
    intent = found(world, caller, INTENT, params["payment_intent"], "payment_intent")
    charge = world.rows.get(CHARGE, caller.scope, intent["latest_charge"] or "")
    if charge is None or charge["status"] != "succeeded":
        words = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        raise Refused(400, words, code="payment_intent_unexpected_state", param="payment_intent")
    return charge


def _made(world: World, charge: Json, params: Json, amount: int) -> Json:
    return dict.fromkeys(UNUSED) | {
        "id": fresh("re_"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": world.clock.now(),
        "currency": charge["currency"],
        "destination_details": {"card": {"reference_status": "pending", "type": "refund"}, "type": "card"},
        "metadata": params.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "status": "",
    }


def _take(world: World, caller: Caller, charge: Json, refund: Json) -> None:
    if refund["status"] == "failed":
        _fail(refund)
        _told(world, caller, refund, None, ("refund.created", "refund.failed"))
        return
    refund["pending_reason"] = "processing" if refund["status"] == "pending" else None
    refund["balance_transaction"] = ledger.moved(world, caller, refund, amount=-refund["amount"], fees=0, kind="refund")
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.rows.put(CHARGE, caller.scope, charge["id"], charge)
    _told(world, caller, refund, None, ("refund.created",))
    happened(world, caller, "charge.refunded", charge, before)


def _fail(refund: Json) -> None:
    refund |= {"status": "failed", "failure_reason": FAILURE, "pending_reason": None, "next_action": None}


def _told(world: World, caller: Caller, refund: Json, before: Json | None, events: tuple[str, ...]) -> Json:
    world.rows.put(REFUND, caller.scope, refund["id"], refund)
    for event in events:
        happened(world, caller, event, refund, before)
    return refund
