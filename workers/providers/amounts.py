"""Amounts on their way to a provider and back, where the rules for a whole payment do not fit."""

from domain.kernel.errors import DomainError
from domain.kernel.money import Money
from domain.payments.gateway import Refused
from domain.payments.rules.currencies import UNITS, from_provider, iso_exponent, to_provider
from domain.payments.rules.errors import AmountNotChargeable, CurrencyNotTaken
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
        return _part(provider, price.amount, price.currency)
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
    return amount if unit is None else -_scaled(-amount, iso_exponent(currency) - unit.exponent)[0]


def _part(provider: Provider, amount: int, currency: str) -> int:
    unit = UNITS[provider].get(currency)
    if unit is None:
        raise CurrencyNotTaken(provider=provider.value, currency=currency)
    scaled, rest = _scaled(amount, unit.exponent - iso_exponent(currency))
    if rest or scaled % unit.step:
        raise AmountNotChargeable(provider=provider.value, amount=amount, currency=currency)
    return scaled


def _scaled(amount: int, digits: int) -> tuple[int, int]:
    """Return an amount with so many more digits, rounded down, and the rest that is lost where it has fewer."""
    factor: int = 10 ** abs(digits)
    return divmod(amount, factor) if digits < 0 else (amount * factor, 0)
