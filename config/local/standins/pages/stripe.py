"""Stripe's page, in place of the Elements that a real one would be built of."""

from collections.abc import Iterator, Mapping

from config.local.standins.accounts import Caller
from config.local.standins.pages.screens import Button, Group, Screen, Tone, with_query
from config.local.standins.rows import Json
from config.local.standins.stripe import currencies
from config.local.standins.stripe.intents import NOTES
from config.local.standins.stripe.objects import CHARGE, DISPUTE, INTENT, REFUND
from config.local.standins.world import World

WORDS: Mapping[str, tuple[str, Tone]] = {
    "requires_payment_method": ("To be paid", "open"),
    "requires_action": ("The bank asks who you are", "open"),
    "processing": ("Being processed", "open"),
    "succeeded": ("Paid", "good"),
    "canceled": ("Cancelled by the shop", "bad"),
}
# Where a customer is sent back to the shop after a verb, and what Stripe tells it.
TOLD = {
    **dict.fromkeys(("pay", "approve", "succeed"), "succeeded"),
    **dict.fromkeys(("fail_challenge", "fail", "leave"), "failed"),
    "slow": "pending",
}
LAST = {"succeeded": "pay", "processing": "slow", "canceled": "leave"}
METHODS = (
    ("Decline the card", "decline"),
    ("Decline it: too little money", "insufficient_funds"),
    ("Need 3-D Secure", "challenge"),
    ("Pay slowly", "slow"),
)
FATES = {"": "go through", "waiting": "stay pending", "failing": "succeed, then fail"}
FATE_VERBS = {"let_refunds_succeed": "", "let_refunds_wait": "waiting", "let_refunds_fail": "failing"}


def by_secret(world: World, secret: str) -> tuple[Caller, Json] | None:
    """Return whose intent a client secret opens."""
    key = secret.partition("_secret_")[0]
    for scope in world.rows.scopes(INTENT, key):
        intent = world.rows.get(INTENT, scope, key)
        if intent is not None and intent["client_secret"] == secret:
            return world.accounts.by_scope(scope), intent
    return None


def back_to(url: str, intent: Json, verb: str) -> str:
    """Return where a customer goes after *verb*, as Stripe would send them; nothing when they stay."""
    if not url or verb not in TOLD:
        return ""
    more = {"payment_intent": intent["id"], "payment_intent_client_secret": intent["client_secret"]}
    return with_query(url, more | {"redirect_status": TOLD[verb]})


def screen(world: World, caller: Caller, intent: Json, return_url: str) -> Screen:
    """Return the page of an intent."""
    status, tone = WORDS[intent["status"]]
    charge = world.rows.get(CHARGE, caller.scope, intent["latest_charge"] or "")
    if charge and charge["disputed"]:
        status, tone = "Paid, and disputed", "bad"
    elif charge and charge["amount_refunded"]:
        status = f"Paid, and {shown(charge['amount_refunded'], charge['currency'])} refunded"
    error = intent["last_payment_error"]
    return Screen(
        provider="Stripe",
        title=intent["description"] or "A payment",
        amount=shown(intent["amount"], intent["currency"]),
        status=status,
        tone=tone,
        error=error["message"] if error and intent["status"] == "requires_payment_method" else "",
        facts={"Payment intent": intent["id"], **intent["metadata"]},
        groups=[*_groups(world, caller, intent, charge, return_url)],
        back=back_to(return_url, intent, LAST.get(intent["status"], "")),
    )


def _groups(world: World, caller: Caller, intent: Json, charge: Json | None, return_url: str) -> Iterator[Group]:
    def button(label: str, verb: str) -> Button:
        return Button(label, verb, INTENT, intent["id"])

    if intent["status"] == "requires_payment_method":
        pay = button(f"Pay {shown(intent['amount'], intent['currency'])}", "pay")._replace(style="main")
        yield Group("Play the customer", [pay, *(button(*method) for method in METHODS)])
    if intent["status"] == "requires_action":
        buttons = [button("Approve", "approve")._replace(style="main"), button("Fail", "fail_challenge")]
        yield Group("Your bank: 3-D Secure", buttons, "Here your bank would ask for a code.")
    if intent["status"] == "processing":
        buttons = [button("Let it succeed", "succeed")._replace(style="main"), button("Let it fail", "fail")]
        yield Group("Some days later", buttons, "The shop is not told before it is decided.")
    if intent["status"] in ("requires_payment_method", "requires_action") and return_url:
        yield Group("Or not", [button("Leave without paying", "leave")])
    if charge and intent["status"] == "succeeded":
        yield from _afterwards(world, caller, intent, charge)


def _afterwards(world: World, caller: Caller, intent: Json, charge: Json) -> Iterator[Group]:
    disputes = [row for row in world.rows.of(DISPUTE, caller.scope) if row["charge"] == charge["id"]]
    refunds = [row for row in world.rows.of(REFUND, caller.scope) if row["charge"] == charge["id"]]
    open_ones = [row for row in disputes if row["status"] == "needs_response"]
    if open_ones:
        key = open_ones[0]["id"]
        buttons = [Button("The shop wins", "win", DISPUTE, key), Button("The customer wins", "lose", DISPUTE, key)]
        yield Group("The dispute", buttons, "The bank has taken the money back until it decides.")
    elif not charge["disputed"] and charge["amount_refunded"] < charge["amount"]:
        yield Group("Afterwards", [Button("Dispute the payment", "dispute", INTENT, intent["id"])])
    if not charge["disputed"] and charge["amount_refunded"] < charge["amount"]:
        yield _fates(world, caller, intent)
    for row in refunds:
        buttons = [Button("Let it fail", "fail", REFUND, row["id"])]
        if row["status"] == "pending":
            buttons.insert(0, Button("Let it succeed", "succeed", REFUND, row["id"]))
        title = f"Refund of {shown(row['amount'], row['currency'])}: {row['status']}"
        yield Group(title, buttons if row["status"] != "failed" else ())


def _fates(world: World, caller: Caller, intent: Json) -> Group:
    note = (world.rows.get(NOTES, caller.scope, intent["id"]) or {}).get("refunds", "")
    others = [(verb, fate) for verb, fate in FATE_VERBS.items() if fate != note]
    buttons = [Button(f"Let them {FATES[fate]}", verb, INTENT, intent["id"]) for verb, fate in others]
    return Group("Refunds that the shop makes from now on", buttons, f"They will {FATES.get(note, FATES[''])}.")


def shown(amount: int, currency: str) -> str:
    """Return an amount as a customer reads it: `45.00 EUR`."""
    return currencies.shown(amount, currency).upper()
