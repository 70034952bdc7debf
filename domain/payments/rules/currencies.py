"""What each provider takes: its currencies, how it counts them, and the least that it takes.

Amounts are kept in the minor unit of ISO 4217. Providers count some currencies in another unit: Stripe takes Icelandic
crowns in hundredths though there are none, and Malagasy ariary as whole ones. Where that leaves a rest, or where the
provider wants a last digit of zero, an amount cannot be charged.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from domain.payments.rules.errors import AmountNotChargeable, AmountTooSmall, CurrencyNotTaken
from domain.payments.rules.states import Provider

ISO_EXPONENT: Mapping[str, int] = dict.fromkeys(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ],
    0,
) | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)
"""How many decimals a currency has, where that is not two."""


class Unit(NamedTuple):
    """How a provider counts a currency: its decimals, the least (in the provider's unit), and what amounts come in."""

    exponent: int = 2
    least: int = 1
    step: int = 1


TWO = Unit()
_STRIPE_LEAST = {
    "USD": 50, "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250, "EUR": 50,
    "GBP": 30, "HKD": 400, "HUF": 17500, "INR": 50, "MXN": 1000, "MYR": 200, "NOK": 300, "NZD": 50, "PLN": 200,
    "RON": 200, "SEK": 300, "SGD": 50, "THB": 1000,
}  # fmt: skip
_STRIPE_WHOLE = ["BIF", "CLP", "DJF", "GNF", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
_STRIPE_TWO = [
    "AFN",
    "ALL",
    "AMD",
    "AOA",
    "ARS",
    "AWG",
    "AZN",
    "BAM",
    "BBD",
    "BDT",
    "BMD",
    "BND",
    "BOB",
    "BSD",
    "BWP",
    "BYN",
    "BZD",
    "CDF",
    "CNY",
    "COP",
    "CRC",
    "CVE",
    "DOP",
    "DZD",
    "EGP",
    "ETB",
    "FJD",
    "FKP",
    "GEL",
    "GIP",
    "GMD",
    "GTQ",
    "GYD",
    "HNL",
    "HTG",
    "IDR",
    "ILS",
    "JMD",
    "KES",
    "KGS",
    "KHR",
    "KYD",
    "KZT",
    "LAK",
    "LBP",
    "LKR",
    "LRD",
    "LSL",
    "MAD",
    "MDL",
    "MKD",
    "MMK",
    "MNT",
    "MOP",
    "MUR",
    "MVR",
    "MWK",
    "MZN",
    "NAD",
    "NGN",
    "NIO",
    "NPR",
    "PAB",
    "PEN",
    "PGK",
    "PHP",
    "PKR",
    "QAR",
    "RSD",
    "RUB",
    "SAR",
    "SBD",
    "SCR",
    "SHP",
    "SLE",
    "SOS",
    "SRD",
    "STD",
    "SZL",
    "TJS",
    "TOP",
    "TRY",
    "TTD",
    "TWD",
    "TZS",
    "UAH",
    "UYU",
    "UZS",
    "WST",
    "XCD",
    "YER",
    "ZAR",
    "ZMW",
]

UNITS: Mapping[Provider, Mapping[str, Unit]] = {
    Provider.STRIPE: {
        **dict.fromkeys(_STRIPE_TWO, TWO),
        **{currency: Unit(least=least) for currency, least in _STRIPE_LEAST.items()},
        **dict.fromkeys(_STRIPE_WHOLE, Unit(exponent=0)),
        "JPY": Unit(exponent=0, least=50),
        **dict.fromkeys(("ISK", "UGX"), Unit(exponent=2, least=100, step=100)),
        **dict.fromkeys(["BHD", "JOD", "KWD", "OMR", "TND"], Unit(exponent=3, least=10, step=10)),
    },
    Provider.PAYSTACK: {
        "NGN": Unit(least=5000),
        "GHS": Unit(least=10),
        "ZAR": Unit(least=100),
        "KES": Unit(least=300),
        "USD": Unit(least=200),
        "XOF": Unit(exponent=2, least=100, step=100),
    },
}
"""By provider and currency; what is missing is not taken."""


def takes(provider: Provider, currency: str) -> bool:
    """Tell whether a provider can be asked for money in a currency."""
    return currency in UNITS[provider]


def to_provider(provider: Provider, amount: int, currency: str) -> int:
    """Return an amount in the provider's unit. Errors: CurrencyNotTaken, AmountNotChargeable, AmountTooSmall."""
    found = part_to_provider(provider, amount, currency)
    if found < UNITS[provider][currency].least:
        raise AmountTooSmall(provider=provider.value, least=least(provider, currency), currency=currency)
    return found


def part_to_provider(provider: Provider, amount: int, currency: str) -> int:
    """Return a part of a payment in the provider's unit: it may be less than the least that can be charged.

    Errors: CurrencyNotTaken, AmountNotChargeable.
    """
    unit = UNITS[provider].get(currency)
    if unit is None:
        raise CurrencyNotTaken(provider=provider.value, currency=currency)
    found, rest = scaled(amount, unit.exponent - iso_exponent(currency))
    if rest or found % unit.step:
        raise AmountNotChargeable(provider=provider.value, amount=amount, currency=currency)
    return found


def countable_from(provider: Provider, amount: int, currency: str) -> int:
    """Return the least amount from *amount* on that a provider can count, in the minor unit of ISO 4217."""
    unit = UNITS[provider].get(currency)
    if unit is None:
        return amount
    step = Fraction(unit.step) / Fraction(10) ** (unit.exponent - iso_exponent(currency))
    whole = max(step, Fraction(1))
    return int(-(-amount // whole) * whole)


def from_provider(provider: Provider, amount: int, currency: str) -> int | None:
    """Return an amount that the provider told, in the minor unit of ISO 4217; None when it cannot be one of ours."""
    unit = UNITS[provider].get(currency)
    if unit is None:
        return None
    found, rest = scaled(amount, iso_exponent(currency) - unit.exponent)
    return None if rest else found


def least(provider: Provider, currency: str) -> int:
    """Return the least that a provider takes of a currency that it takes, in the minor unit of ISO 4217."""
    unit = UNITS[provider][currency]
    found, rest = scaled(unit.least, iso_exponent(currency) - unit.exponent)
    return found + bool(rest)


def iso_exponent(currency: str) -> int:
    """Return how many decimals a currency has by ISO 4217."""
    return ISO_EXPONENT.get(currency, 2)


def scaled(amount: int, digits: int) -> tuple[int, int]:
    """Return an amount with so many more digits, rounded down, and the rest that is lost where it has fewer."""
    factor: int = 10 ** abs(digits)
    return divmod(amount, factor) if digits < 0 else (amount * factor, 0)
