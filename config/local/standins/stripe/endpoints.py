"""Endpoints: which path does what, with which parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from config.local.standins.accounts import Caller
from config.local.standins.rows import Json
from config.local.standins.stripe import intents, refunds, schemas
from config.local.standins.stripe.objects import (
    CHARGE,
    DISPUTE,
    EVENT,
    INTENT,
    REFUND,
    TRANSACTION,
    Test,
    equal,
    found,
    listed,
)
from config.local.standins.stripe.parameters import Schema
from config.local.standins.world import World

Apply = Callable[..., Json]


@dataclass(frozen=True)
class Endpoint:
    """One call. *apply* takes world, caller and parameters, and the path's id when there is one."""

    method: str
    path: str
    kind: str
    schema: Schema
    apply: Apply
    of_list: bool = False


def _getter(kind: str) -> Apply:
    def get(world: World, caller: Caller, _params: Json, key: str) -> Json:
        return found(world, caller, kind, key)

    return get


def _lister(kind: str, *names: str) -> Apply:
    def list_them(world: World, caller: Caller, params: Json) -> Json:
        wanted = {name: equal(params[name]) for name in names if name in params}
        return listed(world, caller, kind, params, wanted)

    return list_them


def _list_events(world: World, caller: Caller, params: Json) -> Json:
    kinds = [*params.get("types", ()), *([params["type"]] if "type" in params else ())]
    return listed(world, caller, EVENT, params, {"type": _like(kinds)} if kinds else {})


def _like(words: list[str]) -> Test:
    """Take what is one of *words*, of which a last `*` stands for anything."""
    return lambda value: any(str(value) == word or _begins(str(value), word) for word in words)


def _begins(value: str, word: str) -> bool:
    return word.endswith("*") and value.startswith(word[:-1])


def _pair(path: str, kind: str, schema: Schema, list_them: Apply) -> tuple[Endpoint, Endpoint]:
    return (
        Endpoint("GET", path, kind, schema, list_them, of_list=True),
        Endpoint("GET", f"{path}/<key>", kind, schemas.RETRIEVE, _getter(kind)),
    )


INTENTS = "/v1/payment_intents"
ENDPOINTS = (
    Endpoint("POST", INTENTS, INTENT, schemas.CREATE_INTENT, intents.create),
    Endpoint("GET", INTENTS, INTENT, schemas.LIST_INTENTS, _lister(INTENT), of_list=True),
    Endpoint("GET", f"{INTENTS}/<key>", INTENT, schemas.RETRIEVE_INTENT, intents.retrieve),
    Endpoint("POST", f"{INTENTS}/<key>/confirm", INTENT, schemas.CONFIRM_INTENT, intents.confirm),
    Endpoint("POST", f"{INTENTS}/<key>/cancel", INTENT, schemas.CANCEL_INTENT, intents.cancel),
    Endpoint("POST", "/v1/refunds", REFUND, schemas.CREATE_REFUND, refunds.create),
    *_pair("/v1/refunds", REFUND, schemas.LIST_REFUNDS, _lister(REFUND, "charge", "payment_intent")),
    *_pair("/v1/charges", CHARGE, schemas.LIST_CHARGES, _lister(CHARGE, "payment_intent")),
    *_pair("/v1/disputes", DISPUTE, schemas.LIST_DISPUTES, _lister(DISPUTE, "charge", "payment_intent")),
    *_pair(
        "/v1/balance_transactions",
        TRANSACTION,
        schemas.LIST_TRANSACTIONS,
        _lister(TRANSACTION, "currency", "source", "type"),
    ),
    *_pair("/v1/events", EVENT, schemas.LIST_EVENTS, _list_events),
)

NOT_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "allowed_payment_method_types": ("automatic_payment_methods",),
}


def clash(params: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return two parameters that may not stand together, if there are such."""
    for name, others in NOT_TOGETHER.items():
        for other in others:
            if name in params and other in params:
                return name, other
    return None
