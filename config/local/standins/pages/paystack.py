"""Paystack's page, to which its `authorization_url` leads."""

from collections.abc import Iterator, Mapping

from config.local.standins.accounts import Caller
from config.local.standins.pages.screens import Button, Group, Screen, Tone, with_query
from config.local.standins.paystack.objects import DISPUTE, REFUND, TRANSACTION, notes
from config.local.standins.rows import Json
from config.local.standins.stripe.currencies import shown
from config.local.standins.world import World

WORDS: Mapping[str, tuple[str, Tone]] = {
    "abandoned": ("To be paid", "open"),
    "failed": ("To be paid; the last attempt failed", "open"),
    "ongoing": ("The bank asks who you are", "open"),
    "pending": ("Being processed", "open"),
    "success": ("Paid", "good"),
    "reversed": ("Paid, and given back", "bad"),
}
LEAVING = ("pay", "approve", "succeed", "slow", "leave")
METHODS = (("Decline the card", "decline"), ("Need 3-D Secure", "challenge"), ("Pay slowly", "slow"))
FATES = {"processed": "go through", "pending": "stay pending", "failed": "fail"}
FATE_VERBS = {"let_refunds_succeed": "processed", "let_refunds_wait": "pending", "let_refunds_fail": "failed"}


def back_to(world: World, caller: Caller, row: Json, verb: str) -> str:
    """Return where a customer goes after *verb*, as Paystack would send them; nothing when they stay."""
    url = notes(world, caller, row["reference"]).get("callback_url") or ""
    metadata = row["metadata"] if isinstance(row["metadata"], dict) else {}
    if verb == "leave" and isinstance(metadata.get("cancel_action"), str):
        return str(metadata["cancel_action"])
    if not url or verb not in LEAVING:
        return ""
    return with_query(url, {"trxref": row["reference"], "reference": row["reference"]})


def screen(world: World, caller: Caller, row: Json) -> Screen:
    """Return the page of a transaction."""
    status, tone = WORDS[row["status"]]
    if _open_disputes(world, caller, row):
        status, tone = "Paid, and disputed", "bad"
    return Screen(
        provider="Paystack",
        title=f"A payment by {row['customer']['email']}",
        amount=_shown(row["amount"], row),
        status=status,
        tone=tone,
        error=row["message"] or "" if row["status"] == "failed" else "",
        facts={"Reference": row["reference"]},
        groups=[*_groups(world, caller, row)],
        back=back_to(world, caller, row, "succeed") if row["status"] in ("success", "reversed", "pending") else "",
    )


def _groups(world: World, caller: Caller, row: Json) -> Iterator[Group]:
    def button(label: str, verb: str) -> Button:
        return Button(label, verb, TRANSACTION, row["reference"])

    if row["status"] in ("abandoned", "failed"):
        pay = button(f"Pay {_shown(row['requested_amount'], row)}", "pay")._replace(style="main")
        yield Group("Play the customer", [pay, *(button(*method) for method in METHODS)])
    if row["status"] == "ongoing":
        buttons = [button("Approve", "approve")._replace(style="main"), button("Fail", "fail_challenge")]
        yield Group("Your bank: 3-D Secure", buttons, "Here your bank would ask for a code.")
    if row["status"] == "pending":
        buttons = [button("Let it succeed", "succeed")._replace(style="main"), button("Let it fail", "fail")]
        yield Group("Some time later", buttons, "The shop is told of a success only.")
    if row["status"] in ("abandoned", "failed", "ongoing"):
        yield Group("Or not", [button("Leave without paying", "leave")])
    if row["status"] == "success":
        yield from _afterwards(world, caller, row)
    yield from _refunds(world, caller, row)


def _afterwards(world: World, caller: Caller, row: Json) -> Iterator[Group]:
    found = _open_disputes(world, caller, row)
    if found:
        key = str(found[0]["id"])
        buttons = [
            Button("Remind the shop", "remind", DISPUTE, key),
            Button("The shop accepts", "merchant-accepted", DISPUTE, key),
            Button("The shop declines", "declined", DISPUTE, key),
        ]
        yield Group("The dispute", buttons, "The shop is asked what it says to it.")
    else:
        yield Group("Afterwards", [Button("Dispute the payment", "dispute", TRANSACTION, row["reference"])])
    note = notes(world, caller, row["reference"]).get("refunds", "processed")
    fates = [
        Button(f"Let them {FATES[fate]}", verb, TRANSACTION, row["reference"])
        for verb, fate in FATE_VERBS.items()
        if fate != note
    ]
    yield Group("Refunds that the shop makes from now on", fates, f"They will {FATES[note]}.")


def _refunds(world: World, caller: Caller, row: Json) -> Iterator[Group]:
    for refund in world.rows.of(REFUND, caller.scope):
        if refund["transaction"] != row["id"]:
            continue
        key = str(refund["id"])
        buttons = [
            Button("Let it go through", "processed", REFUND, key),
            Button("Let it fail", "failed", REFUND, key),
            Button("Let it need attention", "needs-attention", REFUND, key),
        ]
        title = f"Refund of {_shown(refund['amount'], row)}: {refund['status']}"
        yield Group(title, buttons if refund["status"] in ("pending", "processing", "needs-attention") else ())


def _open_disputes(world: World, caller: Caller, row: Json) -> list[Json]:
    rows = world.rows.of(DISPUTE, caller.scope)
    return [each for each in rows if each["transaction"] == row["id"] and each["status"] != "resolved"]


def _shown(amount: int, row: Json) -> str:
    """Return an amount in major units; Paystack's have two decimals, also where Stripe's have none."""
    return shown(amount, "usd").replace("usd", row["currency"])
