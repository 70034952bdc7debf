"""Stand-ins for both providers, whose webhooks a receiver of ours writes down; and the providers' own client."""

from collections.abc import Iterator

import pytest
import stripe

from domain.payments.rules.states import Provider
from tests.providers.shop import Shop
from tests.providers.tills import STAND_INS, Till, stood_in
from tests.receivers import Receiver
from tests.standins import PAYSTACK, STRIPE, Providers, standing_in


@pytest.fixture
def web() -> Iterator[Receiver]:
    """Yield what listens where the web server would."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def providers(web: Receiver) -> Iterator[Providers]:
    """Yield the stand-ins."""
    with standing_in(web.url) as providers:
        yield providers
        providers.heal()


@pytest.fixture
def client(providers: Providers) -> Iterator[stripe.StripeClient]:
    """Yield Stripe's own client, with nothing changed but its address and its patience."""
    http = stripe.RequestsClient(timeout=(3, 5))
    yield stripe.StripeClient(
        STRIPE.secret_keys[0], base_addresses={"api": providers.stripe_base}, http_client=http, max_network_retries=0
    )
    http.close()


@pytest.fixture
def paystack(providers: Providers) -> Shop:
    """Return who asks Paystack."""
    return Shop(providers.paystack_base, PAYSTACK.secret_keys[0])


@pytest.fixture
def raw(providers: Providers) -> Shop:
    """Return who asks Stripe without its client."""
    return Shop(f"{providers.stripe_base}/v1", STRIPE.secret_keys[0])


@pytest.fixture(params=STAND_INS, ids=str)
def till(request: pytest.FixtureRequest, providers: Providers) -> Till:
    """Return an account at each stand-in in turn."""
    return stood_in(Provider(request.param), providers)
