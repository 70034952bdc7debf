"""The payment providers, each behind the same face; the only home of their libraries."""

from domain.payments.gateway import Gateway
from domain.payments.rules.states import Provider
from workers.providers.keys import Keys

__all__ = ["Keys", "gateway"]


def gateway(account: Keys) -> Gateway:
    """Return the way to an account. It keeps no connection, and may be kept and shared.

    The libraries are loaded where somebody is called, for they are large, and most processes call nobody.
    """
    if account.provider is Provider.STRIPE:
        from workers.providers.stripe import Stripe  # noqa: PLC0415

        return Stripe(account)
    from workers.providers.paystack import Paystack  # noqa: PLC0415

    return Paystack(account)
