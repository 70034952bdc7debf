"""Deliveries by hand: what was held is released, what was is sent again, and what never was is made up."""

from fnmatch import fnmatchcase
from typing import Any

from pydantic import BaseModel, ConfigDict

from config.local.standins.accounts import Account, Provider
from config.local.standins.outbox import Order
from config.local.standins.paystack.objects import EVENT as PAYSTACK_EVENT
from config.local.standins.rows import Json
from config.local.standins.rules import Rule
from config.local.standins.stripe.objects import EVENT as STRIPE_EVENT
from config.local.standins.world import World, body_of


class Release(BaseModel):
    """Which of the held to send, and in what order; they are sent one after the other before the answer."""

    model_config = ConfigDict(extra="forbid")

    event: str = "*"
    order: Order = "as_made"
    seed: int = 0
    limit: int | None = None


class Replay(BaseModel):
    """Which events to send again, and how; Stripe's keep their ids."""

    model_config = ConfigDict(extra="forbid")

    provider: str = "*"
    event: str = "*"
    rule: Rule = Rule()


class Sending(BaseModel):
    """An event that never was, or only elsewhere: it is signed as the account's own unless the rule says otherwise."""

    model_config = ConfigDict(extra="forbid")

    provider: Provider
    name: str
    event: dict[str, Any]
    account: str | None = None
    rule: Rule = Rule()


def release(world: World, wanted: Release) -> list[Json]:
    """Send what was held."""
    return world.outbox.release(wanted.event, wanted.order, wanted.seed, wanted.limit)


def replay(world: World, wanted: Replay) -> list[Json]:
    """Put past events on their way once more."""
    made: list[Json] = []
    for account, name, event in _past(world):
        if fnmatchcase(account.provider, wanted.provider) and fnmatchcase(name, wanted.event):
            made += world.outbox.add(account, name, body_of(account, event, wanted.rule), wanted.rule)
    return made


def send(world: World, wanted: Sending) -> list[Json]:
    """Put a made-up event on its way."""
    for account in world.accounts:
        if account.provider == wanted.provider and wanted.account in (None, account.id):
            return world.outbox.add(account, wanted.name, body_of(account, wanted.event, wanted.rule), wanted.rule)
    return []


def _past(world: World) -> list[tuple[Account, str, Json]]:
    found = []
    for scope, row in world.rows.scoped(STRIPE_EVENT):
        found.append((world.accounts.by_scope(scope).account, str(row["type"]), row))
    for scope, row in world.rows.scoped(PAYSTACK_EVENT):
        found.append((world.accounts.by_scope(scope).account, str(row["name"]), dict(row["event"])))
    return found
