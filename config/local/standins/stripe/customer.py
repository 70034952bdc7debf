"""The customer of Stripe, their bank, and chance: what each may do to a payment, by name."""

from collections.abc import Callable, Mapping
from typing import get_args

from pydantic import BaseModel, ConfigDict

from config.local.standins.accounts import Caller
from config.local.standins.rows import Json
from config.local.standins.stripe import attempts, disputes, refunds
from config.local.standins.stripe.attempts import Outcome, Terms
from config.local.standins.stripe.intents import NOTES
from config.local.standins.stripe.objects import DISPUTE, INTENT, REFUND
from config.local.standins.stripe.refusals import missing
from config.local.standins.world import World


class Wish(BaseModel):
    """What may be said with a verb. Other than in life, a payment may take another *amount* or *currency*."""

    model_config = ConfigDict(extra="forbid")

    amount: int | None = None
    currency: str | None = None
    reason: str = ""
    return_url: str = ""


Verb = Callable[[World, Caller, Json, Wish], Json]


def _attempts(outcome: Outcome) -> Verb:
    def verb(world: World, caller: Caller, intent: Json, wish: Wish) -> Json:
        terms = Terms.of(intent, wish.amount, wish.currency)
        return attempts.attempt(world, caller, intent, outcome, terms=terms, return_url=wish.return_url)

    return verb


def _notes(outcome: str) -> Verb:
    def verb(world: World, caller: Caller, intent: Json, _wish: Wish) -> Json:
        world.rows.put(NOTES, caller.scope, intent["id"], {"refunds": outcome})
        return intent

    return verb


VERBS: Mapping[str, Mapping[str, Verb]] = {
    INTENT: {
        **{outcome: _attempts(outcome) for outcome in get_args(Outcome)},
        "approve": lambda world, caller, intent, _: attempts.approve(world, caller, intent),
        "fail_challenge": lambda world, caller, intent, _: attempts.fail_challenge(world, caller, intent),
        "succeed": lambda world, caller, intent, _: attempts.finish(world, caller, intent, "succeed"),
        "fail": lambda world, caller, intent, _: attempts.finish(world, caller, intent, "fail"),
        "dispute": lambda world, caller, intent, wish: disputes.opened(
            world, caller, intent["latest_charge"] or "", reason=wish.reason, amount=wish.amount
        ),
        "let_refunds_succeed": _notes(""),
        "let_refunds_wait": _notes("waiting"),
        "let_refunds_fail": _notes("failing"),
    },
    REFUND: {
        "succeed": lambda world, caller, refund, _: refunds.settle(world, caller, refund["id"], "succeed"),
        "fail": lambda world, caller, refund, _: refunds.settle(world, caller, refund["id"], "fail"),
    },
    DISPUTE: {
        "win": lambda world, caller, dispute, _: disputes.closed(world, caller, dispute["id"], "won"),
        "lose": lambda world, caller, dispute, _: disputes.closed(world, caller, dispute["id"], "lost"),
    },
}


def act(world: World, kind: str, key: str, verb: str, wish: Wish) -> Json:
    """Do *verb* to the object of *kind* under *key*, whosever it is; return what it was done to. Raises Refused."""
    with world.lock:
        scopes = world.rows.scopes(kind, key)
        if not scopes or verb not in VERBS.get(kind, {}):
            raise missing(kind if not scopes else "verb", verb if scopes else key, "id")
        row = world.rows.get(kind, scopes[0], key) or {}
        return VERBS[kind][verb](world, world.accounts.by_scope(scopes[0]), row, wish)
