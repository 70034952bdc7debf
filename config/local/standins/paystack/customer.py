"""The customer of Paystack, their bank, and chance: what each may do to a transaction, by name."""

from collections.abc import Callable, Mapping
from typing import get_args

from pydantic import BaseModel, ConfigDict

from config.local.standins.accounts import Caller
from config.local.standins.paystack import disputes, refunds, transactions
from config.local.standins.paystack.disputes import Resolution
from config.local.standins.paystack.objects import DISPUTE, NOTES, REFUND, TRANSACTION, notes
from config.local.standins.paystack.refunds import Outcome as RefundOutcome
from config.local.standins.paystack.refusals import not_found
from config.local.standins.paystack.transactions import Outcome
from config.local.standins.rows import Json
from config.local.standins.world import World


class Wish(BaseModel):
    """What may be said with a verb; a payment may take another *amount* than was asked for."""

    model_config = ConfigDict(extra="forbid")

    amount: int | None = None


Verb = Callable[[World, Caller, Json, Wish], Json]


def _attempts(outcome: Outcome) -> Verb:
    return lambda world, caller, row, wish: transactions.attempt(world, caller, row, outcome, wish.amount)


def _notes(outcome: str) -> Verb:
    def verb(world: World, caller: Caller, row: Json, _wish: Wish) -> Json:
        noted = notes(world, caller, row["reference"]) | {"refunds": outcome}
        world.rows.put(NOTES, caller.scope, row["reference"], noted)
        return row

    return verb


def _settles(outcome: RefundOutcome) -> Verb:
    return lambda world, caller, row, _: refunds.settle(world, caller, row["id"], outcome)


def _resolves(resolution: Resolution) -> Verb:
    return lambda world, caller, row, _: disputes.resolved(world, caller, str(row["id"]), resolution)


VERBS: Mapping[str, Mapping[str, Verb]] = {
    TRANSACTION: {
        **{outcome: _attempts(outcome) for outcome in get_args(Outcome)},
        "approve": lambda world, caller, row, _: transactions.finish(world, caller, row, "succeed"),
        "fail_challenge": lambda world, caller, row, _: transactions.finish(world, caller, row, "fail"),
        "succeed": lambda world, caller, row, _: transactions.finish(world, caller, row, "succeed"),
        "fail": lambda world, caller, row, _: transactions.finish(world, caller, row, "fail"),
        "abandon": lambda world, caller, row, _: transactions.abandon(world, caller, row),
        "dispute": lambda world, caller, row, wish: disputes.opened(world, caller, row, wish.amount),
        "let_refunds_succeed": _notes("processed"),
        "let_refunds_wait": _notes("pending"),
        "let_refunds_fail": _notes("failed"),
    },
    REFUND: {outcome: _settles(outcome) for outcome in get_args(RefundOutcome)},
    DISPUTE: {
        "remind": lambda world, caller, row, _: disputes.reminded(world, caller, str(row["id"])),
        **{resolution: _resolves(resolution) for resolution in get_args(Resolution)},
    },
}


def act(world: World, kind: str, key: str, verb: str, wish: Wish) -> Json:
    """Do *verb* to the object of *kind* under *key*, whosever it is; return what it was done to. Raises Refused."""
    with world.lock:
        scopes = world.rows.scopes(kind, key)
        if not scopes or verb not in VERBS.get(kind, {}):
            raise not_found(f"{kind} {key}" if not scopes else f"verb {verb}", "not_found")
        row = world.rows.get(kind, scopes[0], key) or {}
        return VERBS[kind][verb](world, world.accounts.by_scope(scopes[0]), row, wish)
