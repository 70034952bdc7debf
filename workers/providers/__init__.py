"""The payment providers, each behind the same face; the only home of their libraries."""

from collections.abc import Callable, Mapping

from domain.payments.gateway import Gateway
from domain.payments.rules.states import Provider
from workers.providers.keys import Keys
from workers.providers.paystack import Paystack
from workers.providers.stripe import Stripe

__all__ = ["GATEWAYS", "Keys", "gateway"]

GATEWAYS: Mapping[Provider, Callable[[Keys], Gateway]] = {Provider.STRIPE: Stripe, Provider.PAYSTACK: Paystack}


def gateway(account: Keys) -> Gateway:
    """Return the way to an account. It keeps no connection, and may be kept and shared."""
    return GATEWAYS[account.provider](account)
