"""The balance: one transaction for each movement of money, with Stripe's fee."""

from config.local.standins.accounts import Caller
from config.local.standins.rows import Json
from config.local.standins.stripe.objects import TRANSACTION
from config.local.standins.world import World, fresh

DAYS = 2 * 86_400
PER_MILLE, FIXED = 29, 30
DISPUTE_FEE = 1500


def fee(amount: int) -> int:
    """Return 2.9 % and 30 minor units, whatever the currency."""
    return (amount * PER_MILLE + 500) // 1000 + FIXED


def moved(world: World, caller: Caller, source: Json, *, amount: int, fees: int, kind: str, category: str = "") -> str:
    """Write down that *amount* came, or left when it is below zero, because of *source*; return the id."""
    now = world.clock.now()
    currency = source["currency"]
    words = "Stripe processing fees" if kind == "charge" else "Dispute fee"
    detail = {"amount": fees, "application": None, "currency": currency, "description": words, "type": "stripe_fee"}
    row = {
        "id": fresh("txn_"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + DAYS,
        "balance_type": "payments",
        "created": now,
        "currency": currency,
        "description": source.get("description"),
        "exchange_rate": None,
        "fee": fees,
        "fee_details": [detail] if fees else [],
        "net": amount - fees,
        "reporting_category": category or kind,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }
    world.rows.put(TRANSACTION, caller.scope, row["id"], row)
    return str(row["id"])
