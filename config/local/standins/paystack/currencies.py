"""Currencies: what Paystack takes, how little, and its fees. Every one has a hundred subunits, XOF too."""

from collections.abc import Mapping
from typing import NamedTuple

from config.local.standins.accounts import Account
from config.local.standins.paystack.refusals import Refused


class Terms(NamedTuple):
    """What a currency costs: a share in tenths of a percent, and a sum that is added from *waived* up to a cap."""

    least: int
    tenths: int
    fixed: int = 0
    waived: int = 0
    cap: int = 0


TERMS: Mapping[str, Terms] = {
    "NGN": Terms(least=5_000, tenths=15, fixed=10_000, waived=250_000, cap=200_000),
    "GHS": Terms(least=10, tenths=20),
    "ZAR": Terms(least=100, tenths=29, fixed=100),
    "KES": Terms(least=300, tenths=29),
    "USD": Terms(least=200, tenths=39),
    "XOF": Terms(least=100, tenths=32),
}


def refuse(amount: int, currency: str, account: Account) -> None:
    """Refuse what Paystack would not take. Raises Refused."""
    if currency not in (account.currencies or tuple(TERMS)) or currency not in TERMS:
        step = "Ensure you're passing the currency code for a currency enabled on your integration"
        raise Refused(400, "Currency not supported by merchant", "unsupported_currency", step)
    if amount < TERMS[currency].least:
        step = f"The minimum for {currency} is {TERMS[currency].least} subunits"
        raise Refused(400, "Invalid Amount Sent", "invalid_params", step)


def fee(amount: int, currency: str) -> int:
    """Return Paystack's share of a payment."""
    terms = TERMS.get(currency, TERMS["NGN"])
    share = (amount * terms.tenths + 500) // 1000 + (terms.fixed if amount >= terms.waived else 0)
    return min(share, terms.cap) if terms.cap else share
