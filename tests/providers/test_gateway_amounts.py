"""Amounts that go back or are gone, in the units of both providers."""

import pytest

from domain.kernel.money import Money
from domain.payments.gateway import Refused
from domain.payments.rules.states import Provider
from workers.providers.amounts import given_back, gone


@pytest.mark.parametrize(
    ("provider", "currency", "told", "amount"),
    [
        (Provider.STRIPE, "EUR", 45, 45),
        (Provider.STRIPE, "ISK", 4501, 46),
        (Provider.STRIPE, "MGA", 45, 4500),
        (Provider.PAYSTACK, "XOF", 1, 1),
        (Provider.PAYSTACK, "XTS", 45, 45),
    ],
)
def test_what_is_gone_is_rounded_up(provider: Provider, currency: str, told: int, amount: int) -> None:
    assert gone(provider, told, currency) == amount


@pytest.mark.parametrize(
    ("provider", "price", "told"),
    [
        (Provider.STRIPE, Money(1, "EUR"), 1),
        (Provider.STRIPE, Money(1, "ISK"), 100),
        (Provider.STRIPE, Money(4500, "MGA"), 45),
        (Provider.STRIPE, Money(10, "KWD"), 10),
        (Provider.PAYSTACK, Money(1, "NGN"), 1),
        (Provider.PAYSTACK, Money(1, "XOF"), 100),
    ],
)
def test_a_part_may_be_less_than_can_be_charged(provider: Provider, price: Money, told: int) -> None:
    assert given_back(provider, price) == told


@pytest.mark.parametrize(
    ("price", "code"),
    [
        (Money(4501, "MGA"), "amount_not_chargeable"),
        (Money(11, "KWD"), "amount_not_chargeable"),
        (Money(1, "XTS"), "currency_not_taken"),
    ],
)
def test_a_part_that_the_provider_cannot_count_is_refused(price: Money, code: str) -> None:
    with pytest.raises(Refused) as refused:
        given_back(Provider.STRIPE, price)
    assert refused.value.code == code
