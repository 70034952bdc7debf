"""Currencies: what Stripe charges in, with what exponent, and how little."""

from collections.abc import Mapping
from decimal import Decimal

from config.local.standins.stripe.refusals import Refused

MOST = 99_999_999
TWO = """
usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop crc
cve czk dkk dop dzd egp etb eur fjd fkp gbp gel ghs gip gmd gtq gyd hkd hnl htg huf idr ils inr isk jmd kes kgs
khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen
pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx
uyu uzs wst xcd yer zar zmw
"""
NONE = ("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf")
THREE = ("bhd", "jod", "kwd", "omr", "tnd")
EXPONENTS: Mapping[str, int] = dict.fromkeys(TWO.split(), 2) | dict.fromkeys(NONE, 0) | dict.fromkeys(THREE, 3)
# What Stripe's page of currencies lists, in minor units.
LISTED = {
    **dict.fromkeys(("usd", "aud", "brl", "cad", "chf", "eur", "inr", "nzd", "sgd"), 50),
    **dict.fromkeys(("aed", "myr", "pln", "ron"), 200),
    **dict.fromkeys(("nok", "sek"), 300),
    **dict.fromkeys(("mxn", "thb"), 1000),
    "gbp": 30,
    "jpy": 50,
    "dkk": 250,
    "hkd": 400,
    "czk": 1500,
    "huf": 17500,
}
# Elsewhere it is half a dollar, at the day's rate; here at one of 2026 that does not move. Minor units a dollar.
RATES = {"ngn": 150_000, "kes": 13_000, "ghs": 1_100, "zar": 1_800, "xof": 570, "xaf": 570, "rwf": 1_450, "egp": 4_800}
HALF = 2


def refuse(amount: int, currency: str) -> None:
    """Refuse what Stripe would not charge. Raises Refused."""
    if currency not in EXPONENTS:
        known = ", ".join(EXPONENTS)
        words = f"Invalid currency: {currency}. Stripe currently supports these currencies: {known}"
        raise Refused(400, words, param="currency")
    least = LISTED.get(currency, RATES.get(currency, 100) // HALF)
    if amount < least:
        words = f"Amount must be at least {shown(least, currency)}"
        raise Refused(400, words, code="amount_too_small", param="amount")
    if amount > MOST:
        words = f"Amount must be no more than {shown(MOST, currency)}"
        raise Refused(400, words, code="amount_too_large", param="amount")
    if currency in THREE and amount % 10:
        words = f"Invalid amount: in {currency} the last digit must be 0, for it is rounded to two decimals."
        raise Refused(400, words, param="amount")


def shown(amount: int, currency: str) -> str:
    """Return the amount in major units, with its currency: `4.50 usd`."""
    exponent = EXPONENTS.get(currency, 2)
    return f"{Decimal(amount).scaleb(-exponent):,.{exponent}f} {currency}"
