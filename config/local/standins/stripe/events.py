"""Events: what happened, kept for `/v1/events`, and sent to the account's webhook."""

import copy

from flask import g, has_request_context

from config.local.standins.accounts import Caller
from config.local.standins.rows import Json
from config.local.standins.stripe.objects import EVENT
from config.local.standins.world import World, fresh

VERSION = "2026-10-28.endive"


def happened(world: World, caller: Caller, kind: str, subject: Json, before: Json | None = None) -> Json:
    """Record that *kind* happened to *subject*, as it is now; *before* tells how its changed fields were."""
    cause = g.get("cause") if has_request_context() else None
    data: Json = {"object": copy.deepcopy(subject)}
    if before is not None:
        data["previous_attributes"] = before
    event: Json = {
        "id": fresh("evt_"),
        "object": "event",
        "api_version": VERSION,
        "created": world.clock.now(),
        "data": data,
        "livemode": caller.livemode,
        "pending_webhooks": int(bool(caller.account.webhook_url)),
        "request": cause or {"id": None, "idempotency_key": None},
        "type": kind,
    }
    world.rows.put(EVENT, caller.scope, event["id"], event)
    world.send(caller.account, kind, event)
    return event
