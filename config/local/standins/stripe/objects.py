"""Objects: finding them, listing them page by page, and putting one into another where `expand` asks for it."""

import copy
from collections.abc import Callable, Mapping

from config.local.standins.accounts import Caller
from config.local.standins.rows import Json
from config.local.standins.stripe.refusals import Malformed, Refused, in_the_other_mode, missing
from config.local.standins.world import World

INTENT, CHARGE, REFUND, DISPUTE = "payment_intent", "charge", "refund", "dispute"
TRANSACTION, EVENT = "balance_transaction", "event"
PATHS = {
    INTENT: "/v1/payment_intents",
    CHARGE: "/v1/charges",
    REFUND: "/v1/refunds",
    DISPUTE: "/v1/disputes",
    TRANSACTION: "/v1/balance_transactions",
    EVENT: "/v1/events",
}
PREFIXES = {"ch_": CHARGE, "re_": REFUND, "du_": DISPUTE}
# What each kind refers to by an id that may be expanded, and the kind of that.
REFERENCES: Mapping[str, Mapping[str, str]] = {
    INTENT: {"latest_charge": CHARGE},
    CHARGE: {"payment_intent": INTENT, "balance_transaction": TRANSACTION, "failure_balance_transaction": TRANSACTION},
    REFUND: {
        "charge": CHARGE,
        "payment_intent": INTENT,
        "balance_transaction": TRANSACTION,
        "failure_balance_transaction": TRANSACTION,
    },
    DISPUTE: {"charge": CHARGE, "payment_intent": INTENT},
    TRANSACTION: {"source": ""},  # its kind is told by the id
    EVENT: {},
}

Test = Callable[[object], bool]

DEPTH = 4
PAGE = 10
COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}


def equal(value: object) -> Test:
    """Take what is *value*."""
    return lambda other: other == value


def found(world: World, caller: Caller, kind: str, key: str, param: str = "id") -> Json:
    """Return an object of the caller's. Raises Refused."""
    row = world.rows.get(kind, caller.scope, key)
    if row is not None:
        return row
    name = "intent" if kind == INTENT and param == "id" else param
    if world.rows.get(kind, caller.other.scope, key) is not None:
        raise in_the_other_mode(kind, key, name, caller.mode)
    raise missing(kind, key, name)


def listed(world: World, caller: Caller, kind: str, params: Json, wanted: Mapping[str, Test]) -> Json:
    """Return a page of the caller's objects, newest first, whose fields stand the tests."""
    rows = [row for row in reversed(world.rows.of(kind, caller.scope)) if _fits(row, params, wanted)]
    size = params.get("limit", PAGE)
    if after := params.get("starting_after"):
        start = 1 + _place(rows, kind, after, "starting_after")
        rows = rows[start:]
    if before := params.get("ending_before"):
        end = _place(rows, kind, before, "ending_before")
        rows = rows[:end]
        return _page(kind, rows[-size:], more=len(rows) > size)
    return _page(kind, rows[:size], more=len(rows) > size)


def check_expansions(kind: str, paths: list[str], *, of_list: bool) -> None:
    """Refuse what cannot be expanded. Raises Malformed."""
    for path in paths:
        names = path.split(".")
        if of_list and names[0] == "data":
            names = names[1:]
        known = kind
        for name in names:
            if not known or name not in REFERENCES[known] or len(names) > DEPTH:
                words = f"This property cannot be expanded ({path})."
                raise Malformed(400, words, param="expand")
            known = REFERENCES[known][name]


def expanded(world: World, caller: Caller, value: Json, paths: list[str]) -> Json:
    """Return a copy of an object or a page with what *paths* name put in place of its id."""
    copied = copy.deepcopy(value)
    for path in paths:
        names = path.removeprefix("data.").split(".")
        for each in copied["data"] if copied["object"] == "list" else [copied]:
            _expand(world, caller, each, names)
    return copied


def _expand(world: World, caller: Caller, value: Json, names: list[str]) -> None:
    for name in names:
        key = value.get(name)
        if isinstance(key, str):
            kind = REFERENCES[value["object"]][name] or PREFIXES.get(key[:3], "")
            value[name] = copy.deepcopy(world.rows.get(kind, caller.scope, key)) or key
        if not isinstance(value[name], dict):
            return
        value = value[name]


def _fits(row: Json, params: Json, wanted: Mapping[str, Test]) -> bool:
    bounds = params.get("created", {})
    in_time = all(COMPARE[name](row["created"], bound) for name, bound in bounds.items())
    return in_time and all(test(row[name]) for name, test in wanted.items())


def _place(rows: list[Json], kind: str, key: str, param: str) -> int:
    for place, row in enumerate(rows):
        if row["id"] == key:
            return place
    raise Refused(400, f"No such {kind}: '{key}'", code="resource_missing", param=param)


def _page(kind: str, rows: list[Json], *, more: bool) -> Json:
    return {"object": "list", "url": PATHS[kind], "has_more": more, "data": rows}
