"""The API: every request goes through key, version, parameters and idempotency before anything is done."""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, request

from config.local.standins.accounts import Caller
from config.local.standins.calls import Call
from config.local.standins.failures import Failure, edge_answer
from config.local.standins.rows import Json
from config.local.standins.stripe.callers import caller_of, version_of
from config.local.standins.stripe.endpoints import ENDPOINTS, Endpoint, clash
from config.local.standins.stripe.forms import decoded
from config.local.standins.stripe.keys import Asked, Keys
from config.local.standins.stripe.objects import check_expansions, expanded
from config.local.standins.stripe.refusals import Malformed, Refused
from config.local.standins.wire import CALL, FAILURE
from config.local.standins.world import World, fresh

FORM = "application/x-www-form-urlencoded"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NO_LONGER = (
    "The `payment_method_types` parameter is no longer supported on this API version. Use dynamic payment methods, "
    "`allowed_payment_method_types` or `excluded_payment_method_types` instead."
)


def api(world: World) -> Blueprint:
    """Return the stand-in's API over *world*."""
    blueprint = Blueprint("stripe", __name__)
    keys = Keys(world)
    for endpoint in ENDPOINTS:
        name = f"{endpoint.method} {endpoint.path}".replace(".", "_")
        view = _view(world, keys, endpoint)
        blueprint.add_url_rule(f"/stripe{endpoint.path}", name, view, methods=[endpoint.method])
    blueprint.add_url_rule("/stripe/<path:rest>", "unknown", _unknown, methods=METHODS)
    blueprint.register_error_handler(Refused, _refusal)
    blueprint.after_request(_headed)
    return blueprint


def _view(world: World, keys: Keys, endpoint: Endpoint) -> Callable[..., Response]:
    def view(**names: str) -> Response:
        _begin()
        caller = caller_of(request, world.accounts)
        g.version = version_of(request)
        call: Call = request.environ[CALL]
        call.account = caller.account.id
        tree = decoded(_text())
        call.params = tree
        params = _read(endpoint, tree)
        work = _work(world, caller, endpoint, params, names)
        key = request.headers.get("Idempotency-Key")
        if key is None or endpoint.method == "GET":
            status, body = _executed(world, work)
            return _answer(status, body)
        asked = Asked(caller.scope, key, request.method, request.path, tree)
        return _once(world, keys, asked, work)

    return view


def _once(world: World, keys: Keys, asked: Asked, work: Callable[[], str]) -> Response:
    """Do the work unless the key was used for it before; keep whatever comes of it, also an error."""
    g.cause = {"id": g.request_id, "idempotency_key": asked.key}
    kept = keys.begin(asked)
    if kept is not None:
        request.environ[CALL].replayed = True
        answer = _answer(kept["status"], kept["body"])
        answer.headers |= {"Idempotent-Replayed": "true", "Original-Request": kept["request_id"]}
        return answer
    try:
        status, body = _executed(world, work)
        failure: Failure | None = request.environ[FAILURE]
        if failure is not None and failure.sticky:
            status, said, _ = edge_answer("stripe", failure)
            body = said.decode()
        keys.keep(asked, status, body, g.request_id)
    finally:
        keys.end(asked)
    return _answer(status, body)


def _executed(world: World, work: Callable[[], str]) -> tuple[int, str]:
    """Do the work, before or after the pause that may have been ordered."""
    failure: Failure | None = request.environ[FAILURE]
    hang = failure if failure is not None and failure.kind == "hang" else None
    if hang and hang.when == "before":
        world.pause(hang.seconds)
    try:
        with world.lock:
            status, body = 200, work()
    except Malformed:
        raise
    except Refused as refused:
        status, body = refused.status, json.dumps(refused.body)
    else:
        request.environ[CALL].applied = True
    if hang and hang.when == "after":
        world.pause(hang.seconds)
    return status, body


def _work(world: World, caller: Caller, endpoint: Endpoint, params: Json, names: dict[str, str]) -> Callable[[], str]:
    def work() -> str:
        value = endpoint.apply(world, caller, params, **names)
        return json.dumps(expanded(world, caller, value, params.get("expand", [])), indent=2)

    return work


def _read(endpoint: Endpoint, tree: Json) -> Json:
    if endpoint.method == "POST" and "payment_method_types" in tree:
        code = "payment_method_types_no_longer_supported"
        raise Malformed(400, NO_LONGER, code=code, param="payment_method_types")
    params = endpoint.schema.read(tree)
    if both := clash(params):
        words = f"You may only specify one of these parameters: {both[0]}, {both[1]}."
        raise Malformed(400, words, code="parameters_exclusive", param=both[0])
    check_expansions(endpoint.kind, params.get("expand", []), of_list=endpoint.of_list)
    return params


def _text() -> str:
    if request.method == "GET":
        return request.query_string.decode()
    body = request.get_data(as_text=True)
    if body and request.mimetype != FORM:
        words = f"Invalid request (check that your POST content type is {FORM})."
        raise Malformed(400, words)
    return body


def _begin() -> None:
    g.request_id = fresh("req_", 14)
    g.cause = {"id": g.request_id, "idempotency_key": None}


def _unknown(rest: str) -> Response:
    _begin()
    words = f"Unrecognized request URL ({request.method}: /{rest}). Please see https://stripe.com/docs."
    raise Malformed(404, words)


def _refusal(refused: Refused) -> Response:
    return _answer(refused.status, json.dumps(refused.body, indent=2))


def _answer(status: int, body: str) -> Response:
    return Response(body, status, mimetype="application/json")


def _headed(response: Response) -> Response:
    headers: dict[str, Any] = {"Request-Id": g.get("request_id", fresh("req_", 14))}
    if "version" in g:
        headers["Stripe-Version"] = g.version
    if key := request.headers.get("Idempotency-Key"):
        headers["Idempotency-Key"] = key
    if response.status_code == 409:  # noqa: PLR2004 - a key in use
        headers["Stripe-Should-Retry"] = "true"
    response.headers.update(headers)
    return response
