"""Tills: an account at a provider behind our gateway, with orders to make; at a stand-in, with customers too."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from domain.kernel.money import Money
from domain.payments.gateway import Gateway, Order, RefundOrder, Seen, SeenRefund
from domain.payments.rules.states import Provider
from tests.standins import PAYSTACK, STRIPE, Providers
from workers.providers import Keys, gateway

BASES = {Provider.STRIPE: "https://api.stripe.com", Provider.PAYSTACK: "https://api.paystack.co"}
TEST_KEYS = {
    Provider.STRIPE: os.environ.get("STRIPE_TEST_SECRET_KEY", ""),
    Provider.PAYSTACK: os.environ.get("PAYSTACK_TEST_SECRET_KEY", ""),
}
STAND_INS = (Provider.STRIPE, Provider.PAYSTACK)
TEST_MODES = tuple(provider for provider, key in TEST_KEYS.items() if key)
"""Those that can be asked for real: the customer's part has nobody to play it there."""

PRICES = {Provider.STRIPE: Money(450_000, "EUR"), Provider.PAYSTACK: Money(450_000, "NGN")}
WHOLE = {Provider.STRIPE: Money(4500, "JPY"), Provider.PAYSTACK: Money(4500, "XOF")}
"""In currencies without decimals: yen are counted so at Stripe as well, francs in hundredths at Paystack."""


@dataclass(frozen=True)
class Till:
    """An account. *providers* are the stand-ins, if it is with one of those."""

    keys: Keys
    providers: Providers | None = None

    @property
    def gateway(self) -> Gateway:
        """Return the way to the account."""
        return gateway(self.keys)

    @property
    def provider(self) -> Provider:
        """Return whose account it is."""
        return self.keys.provider

    @property
    def customer(self) -> Providers:
        """Return who plays the customer and the bank."""
        assert self.providers is not None
        return self.providers

    def order(self, price: Money | None = None, **changes: Any) -> Order:  # noqa: ANN401 - any field of an order
        """Return an order under a fresh key."""
        order = Order(
            payment_id=uuid4(),
            booking_id=uuid4(),
            key=f"pay-{uuid4().hex}",
            price=price or PRICES[self.provider],
            email="ada@example.com",
            description="Haircut",
            return_url="https://example.com/back",
        )
        return replace(order, **changes)

    def paid(self, price: Money | None = None, **wish: Any) -> Seen:  # noqa: ANN401 - JSON
        """Return a payment that the customer made."""
        ref = self.gateway.create(self.order(price)).ref
        self.customer.customer_pays(ref, **wish)
        return self.gateway.look(ref)

    def give_back(self, seen: Seen, amount: int, refund_id: UUID | None = None) -> SeenRefund:
        """Refund a part of a payment."""
        return self.gateway.refund(refund_of(seen, amount, refund_id=refund_id or uuid4()))


def refund_of(seen: Seen, amount: int, refund_id: UUID) -> RefundOrder:
    """Return the order to give a part of a payment back."""
    assert seen.payment_id is not None
    return RefundOrder(
        refund_id=refund_id,
        payment_id=seen.payment_id,
        key=f"refund-{refund_id.hex}",
        ref=seen.ref,
        price=Money(amount, seen.currency),
    )


def stood_in(provider: Provider, providers: Providers, **changes: str) -> Till:
    """Return a till with a stand-in."""
    account, base = {
        Provider.STRIPE: (STRIPE, providers.stripe_base),
        Provider.PAYSTACK: (PAYSTACK, providers.paystack_base),
    }[provider]
    keys = Keys(provider=provider, secret_key=account.secret_keys[0], public_key=account.public_key, api_base=base)
    return Till(replace(keys, **changes), providers)


def in_test_mode(provider: Provider) -> Till:
    """Return a till with the provider itself, where no money is real."""
    keys = Keys(
        provider=provider, secret_key=TEST_KEYS[provider], public_key="pk_test_unused", api_base=BASES[provider]
    )
    return Till(keys)


PATHS: Mapping[Provider, Mapping[str, str]] = {
    Provider.STRIPE: {
        "create": "/v1/payment_intents",
        "look": "/v1/payment_intents/*",
        "refund": "/v1/refunds",
    },
    Provider.PAYSTACK: {
        "create": "/transaction/initialize",
        "look": "/transaction/verify/*",
        "refund": "/refund",
    },
}
"""Where the calls of a gateway end up, for failures to be ordered there."""

KINDS = {Provider.STRIPE: "payment_intent", Provider.PAYSTACK: "transaction"}
REFUNDS = {Provider.STRIPE: "refund", Provider.PAYSTACK: "paystack_refund"}
