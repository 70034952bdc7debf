"""Stripe: payment intents, by its own library over our line."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from math import ceil
from typing import Any, cast

import stripe
from stripe.params import (
    DisputeListParams,
    PaymentIntentCreateParams,
    PaymentIntentListParams,
    RefundCreateParams,
    RefundListParams,
)

from domain.kernel.ids import Kind, shown
from domain.payments.gateway import Order, RefundOrder, Seen, SeenRefund, Unknown
from domain.payments.rules.states import Provider
from workers.providers import stripe_shapes
from workers.providers.amounts import charged, given_back
from workers.providers.answers import Json, names, rows, text
from workers.providers.keys import Keys
from workers.providers.line import Line, json_object
from workers.providers.stripe_refusals import CREATE, REFUND, UNEXPECTED_STATE, answered

Asked = Mapping[str, Any]

PAGE = 100
FEE = "latest_charge.balance_transaction"

stripe.enable_telemetry = False  # it would write an id below the home folder
logging.getLogger("stripe").setLevel("WARNING")  # below that it logs e-mail addresses and client secrets


class Stripe:
    """An account at Stripe; see `domain.payments.gateway.Gateway`. It may be shared between threads."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def create(self, order: Order) -> Seen:
        """Make a payment intent. Its key is good for a day at Stripe, and for the same order only."""
        asked: PaymentIntentCreateParams = {
            "amount": charged(Provider.STRIPE, order.price),
            "currency": order.price.currency.lower(),
            "automatic_payment_methods": {"enabled": True},
            "description": order.description,
            "receipt_email": order.email,
            "metadata": names(order.payment_id, order.booking_id),
        }
        with self._client() as client:
            intents, key = client.v1.payment_intents, order.key
            intent = answered(lambda: intents.create(asked, {"idempotency_key": key}), CREATE).to_dict()
        handover = {"client_secret": text(intent, "client_secret"), "publishable_key": self._keys.public_key}
        return replace(stripe_shapes.seen(intent), handover=handover)

    def look(self, ref: str) -> Seen:
        """Return an intent; refunds and disputes are asked for when something came."""
        with self._client() as client:
            return answered(lambda: _look(client, ref))

    def cancel(self, ref: str) -> Seen:
        """Cancel an intent, or return what it is when that is too late."""
        with self._client() as client:
            try:
                return stripe_shapes.seen(answered(lambda: client.v1.payment_intents.cancel(ref)).to_dict())
            except Unknown as error:
                if error.code != UNEXPECTED_STATE:
                    raise
            return answered(lambda: _look(client, ref))

    def refund(self, order: RefundOrder) -> SeenRefund:
        """Refund a part of an intent, or all."""
        asked: RefundCreateParams = {
            "payment_intent": order.ref,
            "amount": given_back(Provider.STRIPE, order.price),
            "metadata": {
                "refund_id": shown(Kind.REFUND, order.refund_id),
                "payment_id": shown(Kind.PAYMENT, order.payment_id),
            },
        }
        with self._client() as client:
            found = answered(lambda: client.v1.refunds.create(asked, {"idempotency_key": order.key}), REFUND)
        return stripe_shapes.refund(found.to_dict())

    def between(self, since: datetime, until: datetime) -> Iterator[Seen]:
        """Yield intents page by page, each page within a deadline of its own. Fees are not asked for.

        Stripe knows seconds only: those that *since* and *until* fall into are yielded whole.
        """
        created = {"gte": int(since.timestamp()), "lt": ceil(until.timestamp())}
        for intent in _all(self._page, {"created": created}):
            yield stripe_shapes.seen(intent)

    def _page(self, asked: Asked) -> Json:
        with self._client() as client:
            found = answered(lambda: client.v1.payment_intents.list(cast("PaymentIntentListParams", asked)))
            return found.to_dict()

    @contextmanager
    def _client(self) -> Iterator[stripe.StripeClient]:
        with Line(self._keys.api_base) as line:
            yield stripe.StripeClient(
                self._keys.secret_key,
                base_addresses={"api": self._keys.api_base.rstrip("/")},
                http_client=_OurLine(line),
                max_network_retries=0,
            )


class _OurLine(stripe.HTTPClient):
    """What Stripe's library asks by: it knows no deadline and no limit to an answer, and hides what failed where."""

    name = "requests"

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,  # noqa: ANN401 - the library's
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Ask once. Errors: Away, Unknown, also for a good answer that is no object."""
        answer = self._line.ask(method, url, headers or {}, data=post_data)
        if answer.is_good and json_object(answer.body) is None:
            raise Unknown("unreadable_answer")
        return answer.body.decode(errors="replace"), answer.status, answer.headers

    def close(self) -> None:
        """Leave the line to who opened it."""


def _look(client: stripe.StripeClient, ref: str) -> Seen:
    intent = client.v1.payment_intents.retrieve(ref, {"expand": [FEE]}).to_dict()
    if not stripe_shapes.received(intent):
        return stripe_shapes.seen(intent)
    wanted = {"payment_intent": ref}
    refunds = _all(lambda asked: client.v1.refunds.list(cast("RefundListParams", asked)).to_dict(), wanted)
    disputes = _all(lambda asked: client.v1.disputes.list(cast("DisputeListParams", asked)).to_dict(), wanted)
    return stripe_shapes.seen(
        intent, [stripe_shapes.refund(each) for each in refunds], [stripe_shapes.dispute(each) for each in disputes]
    )


def _all(page: Callable[[Asked], Json], wanted: Asked) -> Iterator[Json]:
    """Yield what is on all pages."""
    asked = {**wanted, "limit": PAGE}
    while True:
        answer = page(asked)
        found = rows(answer)
        yield from found
        if not found or answer.get("has_more") is not True:
            return
        asked["starting_after"] = text(found[-1], "id")
