"""Amounts on their way to a provider and back, where the rules for a whole payment do not fit."""

from domain.kernel.errors import DomainError
from domain.kernel.money import Money
from domain.payments.gateway import Refused
from domain.payments.rules.currencies import (
    UNITS,
    from_provider,
    iso_exponent,
    part_to_provider,
    scaled,
    to_provider,
)
from domain.payments.rules.states import Provider


def charged(provider: Provider, price: Money) -> int:
    """Return a price in the provider's unit. Refused, before anybody is asked, where it cannot be charged."""
    try:
        return to_provider(provider, price.amount, price.currency)
    except DomainError as error:
        raise Refused(error.code, str(error)) from error


def given_back(provider: Provider, price: Money) -> int:
    """Return a part of a payment in the provider's unit: it may be less than the least that can be charged."""
    try:
        return part_to_provider(provider, price.amount, price.currency)
    except DomainError as error:
        raise Refused(error.code, str(error)) from error


def gone(provider: Provider, amount: int, currency: str) -> int:
    """Return what a provider says it took away, in the minor unit, rounded up: no more may seem to be left than is.

    Of a currency that we do not know no payment is ours, and an amount stays as it was told.
    """
    exact = from_provider(provider, amount, currency)
    if exact is not None:
        return exact
    unit = UNITS[provider].get(currency)
    return amount if unit is None else -scaled(-amount, iso_exponent(currency) - unit.exponent)[0]
