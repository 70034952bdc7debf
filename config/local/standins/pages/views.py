"""The pages' addresses: one for each payment, and a list of all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import Blueprint, current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from config.local.standins.accounts import Caller
from config.local.standins.guard import refuse_strangers
from config.local.standins.pages import paystack, stripe
from config.local.standins.paystack import customer as paystack_customer
from config.local.standins.paystack.objects import TRANSACTION, notes
from config.local.standins.paystack.refusals import Refused as PaystackRefused
from config.local.standins.paystack.transactions import abandon, by_access_code
from config.local.standins.stripe import attempts
from config.local.standins.stripe import customer as stripe_customer
from config.local.standins.stripe.objects import INTENT
from config.local.standins.stripe.refusals import Refused as StripeRefused
from config.local.standins.world import World

HEADERS = {
    # Where a form's answer leads is the shop's to say, so form-action stays open.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
SEE_OTHER = 303
LATEST = 50


class Line(NamedTuple):
    """One payment in the list."""

    provider: str
    title: str
    amount: str
    status: str
    url: str
    created: float


def pages(world: World) -> Blueprint:
    """Return the pages over *world*."""
    blueprint = Blueprint("pages", __name__)
    blueprint.before_request(refuse_strangers)
    blueprint.after_request(_harden)
    for error in (StripeRefused, PaystackRefused):
        blueprint.register_error_handler(error, _refusal)
    blueprint.add_url_rule("/", "home", lambda: _home(world))
    blueprint.add_url_rule("/pay/<secret>", "pay", _to_stripe)
    blueprint.add_url_rule("/stripe/stripe.js", "script", lambda: current_app.send_static_file("stripe.js"))
    for path, name, show, act in (
        ("/stripe/pay/<key>", "stripe", _show_stripe, _act_at_stripe),
        ("/paystack/checkout/<key>", "paystack", _show_paystack, _act_at_paystack),
    ):
        blueprint.add_url_rule(path, name, show, defaults={"world": world})
        blueprint.add_url_rule(path, f"act at {name}", act, defaults={"world": world}, methods=["POST"])
    return blueprint


def _home(world: World) -> str:
    with world.lock:
        found = [*_stripe_lines(world), *_paystack_lines(world)]
        lines = sorted(found, key=lambda line: line.created, reverse=True)
        sent = [_delivery(row) for row in reversed(world.outbox.listed()[-LATEST:])]
    return render_template("home.html", lines=lines, sent=sent)


def _to_stripe(secret: str) -> Response:
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    return redirect(f"/stripe/pay/{secret}{query}")


def _show_stripe(world: World, key: str) -> tuple[str, int]:
    with world.lock:
        found = stripe.by_secret(world, key)
        if found is None:
            return _nothing()
        return render_template("payment.html", screen=stripe.screen(world, *found, _return_url())), 200


def _act_at_stripe(world: World, key: str) -> Response | tuple[str, int]:
    with world.lock:
        found = stripe.by_secret(world, key)
        if found is None:
            return _nothing()
        caller, intent = found
        verb = request.form["verb"]
        if verb == "leave":
            _leave_stripe(world, caller, intent)
        else:
            wish = stripe_customer.Wish(return_url=_return_url())
            stripe_customer.act(world, request.form["kind"], request.form["key"], verb, wish)
        back = stripe.back_to(_return_url(), intent, verb) if request.form["kind"] == INTENT else ""
    return redirect(back or request.full_path, SEE_OTHER)


def _show_paystack(world: World, key: str) -> tuple[str, int]:
    with world.lock:
        found = by_access_code(world, key)
        if found is None:
            return _nothing()
        return render_template("payment.html", screen=paystack.screen(world, *found)), 200


def _act_at_paystack(world: World, key: str) -> Response | tuple[str, int]:
    with world.lock:
        found = by_access_code(world, key)
        if found is None:
            return _nothing()
        caller, row = found
        verb = request.form["verb"]
        if verb == "leave":
            abandon(world, caller, row)
        else:
            wish = paystack_customer.Wish()
            paystack_customer.act(world, request.form["kind"], request.form["key"], verb, wish)
        back = paystack.back_to(world, caller, row, verb) if request.form["kind"] == TRANSACTION else ""
    return redirect(back or request.path, SEE_OTHER)


def _leave_stripe(world: World, caller: Caller, intent: dict[str, Any]) -> None:
    if intent["status"] == "requires_action":
        attempts.fail_challenge(world, caller, intent)


def _stripe_lines(world: World) -> list[Line]:
    found = []
    for scope, intent in reversed(world.rows.scoped(INTENT)[-LATEST:]):
        shown = stripe.screen(world, world.accounts.by_scope(scope), intent, "")
        url = f"/stripe/pay/{intent['client_secret']}"
        found.append(Line("Stripe", shown.title, shown.amount, shown.status, url, intent["created"]))
    return found


def _paystack_lines(world: World) -> list[Line]:
    found = []
    for scope, row in reversed(world.rows.scoped(TRANSACTION)[-LATEST:]):
        caller = world.accounts.by_scope(scope)
        shown = paystack.screen(world, caller, row)
        url = f"/paystack/checkout/{notes(world, caller, row['reference'])['access_code']}"
        created = datetime.fromisoformat(row["created_at"]).timestamp()
        found.append(Line("Paystack", shown.title, shown.amount, shown.status, url, created))
    return found


def _delivery(row: Mapping[str, Any]) -> Mapping[str, Any]:
    last = row["attempts"][-1]["outcome"] if row["attempts"] else ""
    return {**row, "tries": len(row["attempts"]), "last": last}


def _return_url() -> str:
    url = request.args.get("return_url", "")
    return url if url.startswith(("http://", "https://")) else ""


def _nothing() -> tuple[str, int]:
    return render_template("nothing.html", words="There is no such payment here."), 404


def _refusal(refused: StripeRefused | PaystackRefused) -> tuple[str, int]:
    return render_template("nothing.html", words=str(refused)), refused.status


def _harden(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response
