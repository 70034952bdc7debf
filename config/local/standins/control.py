"""The controls: what tests say to the stand-ins, under `/_control`, in JSON."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, ValidationError

from config.local.standins import deliveries
from config.local.standins.accounts import Account
from config.local.standins.deliveries import Release, Replay, Sending
from config.local.standins.failures import Failure
from config.local.standins.guard import refuse_strangers
from config.local.standins.outbox import Patience
from config.local.standins.paystack import customer as paystack_customer
from config.local.standins.paystack.refusals import Refused as PaystackRefused
from config.local.standins.rules import Rule
from config.local.standins.stripe import customer as stripe_customer
from config.local.standins.stripe.refusals import Refused as StripeRefused
from config.local.standins.world import Knobs, World

M = TypeVar("M", bound=BaseModel)

KINDS = {
    "stripe": {"payment_intents": "payment_intent", "refunds": "refund", "disputes": "dispute"},
    "paystack": {"transactions": "transaction", "refunds": "paystack_refund", "disputes": "paystack_dispute"},
}


class Setting(BaseModel):
    """What the clock is set to: an instant, or so many seconds on."""

    model_config = ConfigDict(extra="forbid")

    now: datetime | None = None
    forward: float = 0.0


def control(world: World) -> Blueprint:
    """Return the controls of *world*."""
    blueprint = Blueprint("control", __name__, url_prefix="/_control")
    blueprint.before_request(refuse_strangers)
    for error in (StripeRefused, PaystackRefused):
        blueprint.register_error_handler(error, _refusal)
    blueprint.register_error_handler(ValidationError, _invalid)
    for method, path, act in (*_plans(world), *_clocks(world), *_webhooks(world), *_looks(world)):
        name = f"{method} {path}".replace(".", "_")
        blueprint.add_url_rule(path, name, _said(act), methods=[method])
    blueprint.add_url_rule("/<provider>/<kind>/<key>/<verb>", "act", _act(world), methods=["POST"])
    return blueprint


Act = Callable[[], object]
Route = tuple[str, str, Act]


def _plans(world: World) -> list[Route]:
    def shown() -> object:
        return world.knobs.model_dump()

    def turn() -> object:
        world.knobs = Knobs.model_validate(world.knobs.model_dump() | _json())
        return shown()

    return [
        ("POST", "/failures", lambda: {"number": world.failures.add(_body(Failure))}),
        ("GET", "/failures", lambda: {"data": world.failures.listed()}),
        ("DELETE", "/failures", world.failures.clear),
        ("PATCH", "/knobs", turn),
        ("GET", "/knobs", shown),
        ("PUT", "/accounts", lambda: world.accounts.put(_body(Account))),
        ("POST", "/reset", world.reset),
    ]


def _clocks(world: World) -> list[Route]:
    def set_it() -> object:
        setting = _body(Setting)
        if setting.now is not None:
            world.clock.set(setting.now.timestamp())
        world.clock.forward(setting.forward)
        return {"now": world.clock.now()}

    return [
        ("GET", "/clock", lambda: {"now": world.clock.now()}),
        ("PUT", "/clock", set_it),
        ("DELETE", "/clock", world.clock.reset),
    ]


def _webhooks(world: World) -> list[Route]:
    def patience() -> object:
        world.outbox.patience = _body(Patience)
        return world.outbox.patience.model_dump()

    return [
        ("POST", "/webhooks/rules", lambda: world.rules.add(_body(Rule))),
        ("GET", "/webhooks/rules", lambda: {"data": world.rules.listed()}),
        ("DELETE", "/webhooks/rules", world.rules.clear),
        ("GET", "/webhooks", lambda: {"data": world.outbox.listed()}),
        ("POST", "/webhooks/release", lambda: {"data": deliveries.release(world, _body(Release))}),
        ("POST", "/webhooks/replay", lambda: {"data": deliveries.replay(world, _body(Replay))}),
        ("POST", "/webhooks/send", lambda: {"data": deliveries.send(world, _body(Sending))}),
        ("PUT", "/webhooks/patience", patience),
    ]


def _looks(world: World) -> list[Route]:
    def objects() -> object:
        return {"data": world.rows.of(request.args["kind"])}

    return [
        ("GET", "/calls", lambda: {"data": world.calls.listed()}),
        ("DELETE", "/calls", world.calls.clear),
        ("GET", "/objects", objects),
    ]


def _act(world: World) -> Callable[..., Response]:
    def act(provider: str, kind: str, key: str, verb: str) -> Response:
        known = KINDS.get(provider, {}).get(kind)
        if known is None:
            return _answer({"error": f"There are no {kind} at {provider}."}, 404)
        if provider == "stripe":
            return _answer(stripe_customer.act(world, known, key, verb, _body(stripe_customer.Wish)), 200)
        return _answer(paystack_customer.act(world, known, key, verb, _body(paystack_customer.Wish)), 200)

    return act


def _said(act: Act) -> Callable[[], Response]:
    def view() -> Response:
        answer = act()
        return _answer({} if answer is None else answer, 200)

    return view


def _body(model: type[M]) -> M:
    return model.model_validate(_json())


def _json() -> Any:  # noqa: ANN401 - JSON
    return request.get_json() if request.get_data() else {}


def _answer(body: object, status: int) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response


def _refusal(refused: StripeRefused | PaystackRefused) -> Response:
    return _answer(refused.body, refused.status)


def _invalid(error: ValidationError) -> Response:
    return _answer({"error": str(error)}, 400)
