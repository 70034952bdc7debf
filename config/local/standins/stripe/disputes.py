"""Disputes: a customer's bank takes the money back, and gives it again or not."""

from typing import Literal

from config.local.standins.accounts import Caller
from config.local.standins.rows import Json
from config.local.standins.stripe import ledger
from config.local.standins.stripe.events import happened
from config.local.standins.stripe.objects import CHARGE, DISPUTE, TRANSACTION, found
from config.local.standins.stripe.refusals import Refused
from config.local.standins.world import World, fresh

DAYS = 14 * 86_400
REASONS = ("fraudulent", "product_not_received", "duplicate", "credit_not_processed", "general", "unrecognized")


def opened(world: World, caller: Caller, charge_id: str, *, reason: str = "", amount: int | None = None) -> Json:
    """Open a dispute about a charge; its money leaves the balance at once. Raises Refused."""
    charge = found(world, caller, CHARGE, charge_id)
    left = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded" or charge["disputed"] or not left:
        raise Refused(400, f"Charge {charge_id} cannot be disputed: it is not paid, or disputed or refunded already.")
    now = world.clock.now()
    dispute: Json = {
        "id": fresh("du_"),
        "object": "dispute",
        "amount": amount or left,
        "balance_transactions": [],
        "charge": charge_id,
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {"due_by": now + DAYS, "has_evidence": False, "past_due": False, "submission_count": 0},
        "is_charge_refundable": False,
        "livemode": caller.livemode,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason or REASONS[0],
        "status": "needs_response",
    }
    charge["disputed"] = True
    world.rows.put(CHARGE, caller.scope, charge_id, charge)
    happened(world, caller, "charge.dispute.created", _kept(world, caller, dispute))
    _move(world, caller, dispute, -dispute["amount"], ledger.DISPUTE_FEE)
    happened(world, caller, "charge.dispute.funds_withdrawn", _kept(world, caller, dispute))
    return dispute


def closed(world: World, caller: Caller, dispute_id: str, outcome: Literal["won", "lost"]) -> Json:
    """Close a dispute: won, the money comes back; lost, it is gone. Raises Refused when it is closed already."""
    dispute = found(world, caller, DISPUTE, dispute_id)
    if dispute["status"] != "needs_response":
        raise Refused(400, f"Dispute {dispute_id} is closed already: it was {dispute['status']}.")
    dispute["status"] = outcome
    if outcome == "won":
        charge = found(world, caller, CHARGE, dispute["charge"])
        charge["disputed"] = False
        world.rows.put(CHARGE, caller.scope, charge["id"], charge)
        _move(world, caller, dispute, dispute["amount"], 0)
        dispute["is_charge_refundable"] = True
        happened(world, caller, "charge.dispute.funds_reinstated", _kept(world, caller, dispute))
    happened(world, caller, "charge.dispute.closed", _kept(world, caller, dispute))
    return dispute


def _kept(world: World, caller: Caller, dispute: Json) -> Json:
    return world.rows.put(DISPUTE, caller.scope, dispute["id"], dispute)


def _move(world: World, caller: Caller, dispute: Json, amount: int, fees: int) -> None:
    category = "dispute" if amount < 0 else "dispute_reversal"
    key = ledger.moved(world, caller, dispute, amount=amount, fees=fees, kind="adjustment", category=category)
    row = world.rows.get(TRANSACTION, caller.scope, key)
    dispute["balance_transactions"] = [*dispute["balance_transactions"], row]
