"""Objects: rows of the account that calls, and pages of them."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Request

from config.local.standins.accounts import Account, Caller
from config.local.standins.paystack import bodies
from config.local.standins.paystack.refusals import Refused, not_found
from config.local.standins.rows import Json
from config.local.standins.world import World, number

TRANSACTION, REFUND, DISPUTE, EVENT = "transaction", "paystack_refund", "paystack_dispute", "paystack_event"
NOTES = "paystack_notes"  # by the transaction's reference: access code, callback, and what its refunds come to
PAGES = {"perPage": bodies.whole, "page": bodies.whole, "from": bodies.moment, "to": bodies.moment}
PER_PAGE = 50


def transaction(world: World, caller: Caller, reference: str) -> Json:
    """Return the transaction with that reference. Raises Refused."""
    row = world.rows.get(TRANSACTION, caller.scope, reference)
    if row is None:
        step = "Ensure that you're passing the reference of a transaction that exists on this integration"
        raise Refused(400, "Transaction reference not found.", "transaction_not_found", step)
    return row


def transaction_by_id(world: World, caller: Caller, key: str) -> Json:
    """Return the transaction with that id. Raises Refused."""
    if not key.isdecimal():
        raise Refused(400, "Transaction ID should be numeric.", "invalid_params", "Pass the ID, not the reference")
    found = (row for row in world.rows.of(TRANSACTION, caller.scope) if row["id"] == int(key))
    row = next(found, None)
    if row is None:
        raise not_found("Transaction", "transaction_not_found")
    return row


def notes(world: World, caller: Caller, reference: str) -> Json:
    """Return what the stand-in remembers of a transaction beside what Paystack would."""
    return world.rows.get(NOTES, caller.scope, reference) or {}


def page(
    request: Request, rows: list[Json], known: Mapping[str, bodies.Reader], created: str
) -> tuple[list[Json], Json]:
    """Return the rows that a query asks for, newest first, and what it says about its pages. Raises Refused."""
    asked = bodies.read(request.args.to_dict(), {**PAGES, **known}, ("use_cursor", "next", "previous"))
    since, until = asked.get("from", ""), asked.get("to", "~")
    wanted = {name: value for name, value in asked.items() if name not in PAGES}
    fitting = [row for row in reversed(rows) if since <= row[created] <= until and _fits(row, wanted)]
    size, number = asked.get("perPage") or PER_PAGE, asked.get("page") or 1
    skipped = (number - 1) * size
    meta = {
        "total": len(fitting),
        "total_volume": sum(row["amount"] for row in fitting if "amount" in row),
        "skipped": skipped,
        "perPage": size,
        "page": number,
        "pageCount": -(-len(fitting) // size),
    }
    return fitting[skipped : skipped + size], meta


def shown(world: World, row: Json) -> Json:
    """Return a transaction with its metadata as the knob has it."""
    return row | {"metadata": _metadata(world.knobs.paystack_metadata, row["metadata"])}


def happened(world: World, caller: Caller, event: str, data: Json) -> None:
    """Send a webhook. Paystack's have no id and no time, and are nowhere to be looked up."""
    said = json.loads(json.dumps({"event": event, "data": data}))
    world.rows.put(EVENT, caller.scope, str(number()), {"name": event, "event": said})
    world.send(caller.account, event, said)


def integration(account: Account) -> int:
    """Return the account's number."""
    return int(account.id)


def _fits(row: Json, wanted: Json) -> bool:
    return all(str(_value(row, name)) == str(value) for name, value in wanted.items())


def _value(row: Json, name: str) -> object:
    value = row.get(name)
    return value["id"] if isinstance(value, dict) else value


def _metadata(shape: str, sent: Any) -> Any:  # noqa: ANN401 - whatever JSON can say
    if shape == "string":
        return sent if isinstance(sent, str) else json.dumps(sent)
    fixed: Mapping[str, Any] = {"empty": "", "zero": 0, "null": None, "object": sent if isinstance(sent, dict) else {}}
    return fixed.get(shape, sent)
