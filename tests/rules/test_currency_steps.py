"""Amounts that a provider counts in steps: what goes back by the rules is never less than they say."""

import pytest

from domain.payments.rules.currencies import countable_from, part_to_provider
from domain.payments.rules.states import Provider


@pytest.mark.parametrize(
    ("provider", "amount", "currency", "wanted"),
    [
        (Provider.STRIPE, 8_268, "KWD", 8_270),
        (Provider.STRIPE, 8_270, "KWD", 8_270),
        (Provider.STRIPE, 4_501, "MGA", 4_600),
        (Provider.STRIPE, 3_333, "ISK", 3_333),
        (Provider.STRIPE, 3_333, "EUR", 3_333),
        (Provider.STRIPE, 7, "JPY", 7),
        (Provider.PAYSTACK, 3_333, "NGN", 3_333),
        (Provider.PAYSTACK, 7, "XOF", 7),
    ],
)
def test_the_next_amount_that_can_be_counted(provider: Provider, amount: int, currency: str, wanted: int) -> None:
    assert countable_from(provider, amount, currency) == wanted
    assert part_to_provider(provider, wanted, currency) > 0


def test_of_a_currency_that_is_not_known_an_amount_stays_as_it_is() -> None:
    assert countable_from(Provider.PAYSTACK, 7, "CHF") == 7
