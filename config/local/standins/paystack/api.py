"""The API: bearer keys, JSON in and out, `{"status", "message", "data"}`."""

import json
from collections.abc import Callable

from flask import Blueprint, Response, request

from config.local.standins.accounts import Caller
from config.local.standins.calls import Call
from config.local.standins.failures import Failure
from config.local.standins.paystack import bodies, disputes, refunds, transactions
from config.local.standins.paystack.objects import (
    DISPUTE,
    REFUND,
    TRANSACTION,
    page,
    shown,
    transaction,
    transaction_by_id,
)
from config.local.standins.paystack.refusals import Refused
from config.local.standins.rows import Json
from config.local.standins.wire import CALL, FAILURE
from config.local.standins.world import World

Apply = Callable[..., tuple[str, object, Json | None]]

METHODS = ("GET", "POST", "PUT", "DELETE")
STATUSES = {"status": bodies.text, "customer": bodies.whole, "amount": bodies.whole}


def api(world: World) -> Blueprint:
    """Return the stand-in's API over *world*."""
    blueprint = Blueprint("paystack", __name__)
    for method, path, apply in ENDPOINTS:
        blueprint.add_url_rule(f"/paystack{path}", apply.__name__, _view(world, apply), methods=[method])
    blueprint.add_url_rule("/paystack/<path:rest>", "unknown", _unknown, methods=METHODS)
    blueprint.register_error_handler(Refused, _refusal)
    return blueprint


def initialize(world: World, caller: Caller) -> tuple[str, object, Json | None]:
    """Begin a transaction."""
    return "Authorization URL created", transactions.initialize(world, caller, _body()), None


def verify(world: World, caller: Caller, reference: str) -> tuple[str, object, Json | None]:
    """Look a transaction up by its reference."""
    return "Verification successful", shown(world, transaction(world, caller, reference)), None


def fetch_transaction(world: World, caller: Caller, key: str) -> tuple[str, object, Json | None]:
    """Look a transaction up by its id."""
    return "Transaction retrieved", shown(world, transaction_by_id(world, caller, key)), None


def list_transactions(world: World, caller: Caller) -> tuple[str, object, Json | None]:
    """List transactions, newest first."""
    rows, meta = page(request, world.rows.of(TRANSACTION, caller.scope), STATUSES, "created_at")
    return "Transactions retrieved", [shown(world, row) for row in rows], meta


def create_refund(world: World, caller: Caller) -> tuple[str, object, Json | None]:
    """Queue a refund."""
    return "Refund has been queued for processing", refunds.create(world, caller, _body()), None


def fetch_refund(world: World, caller: Caller, key: str) -> tuple[str, object, Json | None]:
    """Look a refund up."""
    return "Refund retrieved", refunds.shown(world, refunds.found(world, caller, key)), None


def list_refunds(world: World, caller: Caller) -> tuple[str, object, Json | None]:
    """List refunds, newest first."""
    known = {"transaction": bodies.whole, "currency": bodies.text}
    rows, meta = page(request, world.rows.of(REFUND, caller.scope), known, "createdAt")
    return "Refunds retrieved", [refunds.shown(world, row) for row in rows], meta


def fetch_dispute(world: World, caller: Caller, key: str) -> tuple[str, object, Json | None]:
    """Look a dispute up."""
    return "Dispute retrieved", disputes.whole(world, caller, disputes.found(world, caller, key)), None


def list_disputes(world: World, caller: Caller) -> tuple[str, object, Json | None]:
    """List disputes, newest first."""
    known = {"transaction": bodies.whole, "status": bodies.text}
    rows, meta = page(request, world.rows.of(DISPUTE, caller.scope), known, "createdAt")
    return "Disputes retrieved", [disputes.whole(world, caller, row) for row in rows], meta


ENDPOINTS: tuple[tuple[str, str, Apply], ...] = (
    ("POST", "/transaction/initialize", initialize),
    ("GET", "/transaction/verify/<reference>", verify),
    ("GET", "/transaction", list_transactions),
    ("GET", "/transaction/<key>", fetch_transaction),
    ("POST", "/refund", create_refund),
    ("GET", "/refund", list_refunds),
    ("GET", "/refund/<key>", fetch_refund),
    ("GET", "/dispute", list_disputes),
    ("GET", "/dispute/<key>", fetch_dispute),
)


def _view(world: World, apply: Apply) -> Callable[..., Response]:
    def view(**names: str) -> Response:
        caller = _caller(world)
        call: Call = request.environ[CALL]
        call.account = caller.account.id
        call.params = _params()
        failure: Failure | None = request.environ[FAILURE]
        hang = failure if failure is not None and failure.kind == "hang" else None
        if hang and hang.when == "before":
            world.pause(hang.seconds)
        with world.lock:
            message, data, meta = apply(world, caller, **names)
            body = {"status": True, "message": message, "data": data} | ({} if meta is None else {"meta": meta})
            text = json.dumps(body)
        call.applied = True
        if hang and hang.when == "after":
            world.pause(hang.seconds)
        return Response(text, 200, mimetype="application/json")

    return view


def _caller(world: World) -> Caller:
    header = request.headers.get("Authorization")
    if not header:
        raise Refused(401, "No Authorization Header was found", "missing_authorization", "Provide a valid secret key")
    scheme, _, key = header.partition(" ")
    if scheme != "Bearer" or not key:
        step = "Ensure that the authorization header follows the format: Bearer YOUR_SECRET_KEY"
        raise Refused(401, "Format is Authorization: Bearer [secret key]", "invalid_authorization", step)
    caller = world.accounts.by_secret("paystack", key)
    if caller is None:
        step = "Ensure that you provide the correct authorization key for the request"
        raise Refused(401, "Invalid key", "invalid_Key", step)
    return caller


def _params() -> Json:
    return _body() if request.method == "POST" else dict(request.args.to_dict())


def _body() -> Json:
    return bodies.body_of(request)


def _unknown(rest: str) -> Response:
    raise Refused(404, f"Route /{rest} not found", "not_found", "See the API reference")


def _refusal(refused: Refused) -> Response:
    return Response(json.dumps(refused.body), refused.status, mimetype="application/json")
