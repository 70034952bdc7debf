"""Languages: the words that come with the program, a folder for each language, and how a place writes dates and money.

A language is added by adding its folder: `words.toml`, and a template for each notice and for the staff. A template's
file holds its subject, its text and its HTML, with a line of three dashes in between.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta, get_timezone_name
from babel.numbers import format_currency

from domain.kernel.money import Money
from domain.notifications.rules.notices import TO_STAFF_ALONE, Notice
from domain.payments.rules.currencies import iso_exponent

FOLDER = Path(__file__).resolve().parents[1] / "templates"
LANGUAGES = tuple(sorted(each.name for each in FOLDER.iterdir() if (each / "words.toml").exists()))
STAFF = "staff"
KINDS = (*(each.value for each in Notice if each not in TO_STAFF_ALONE), STAFF)
"""What there are templates for: each notice to customers, and one for all that staff are told."""

PARTS = 3
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A template: the sources of a message's subject, text and HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Speech:
    """How a place speaks, `ar-EG` say: its language's words, and its own way to write dates and money."""

    locale: Locale
    language: str
    words: Mapping[str, Mapping[str, str]]

    @property
    def direction(self) -> str:
        """Return where its lines run to: `ltr` or `rtl`."""
        return self.locale.text_direction

    def set_apart(self, text: str) -> str:
        """Keep what people have written from mixing with lines that run the other way (Unicode's isolates, which end with a line)."""
        if self.direction != "rtl":
            return text
        return "\n".join(f"\u2068{line}\u2069" if line else line for line in text.split("\n"))

    def date(self, moment: datetime) -> str:
        """Write the day of a moment, which is in the zone it is told in."""
        return format_date(moment, "full", self.locale)

    def time(self, moment: datetime) -> str:
        """Write the time of day of a moment."""
        return format_time(moment, "short", locale=self.locale)

    def whole(self, moment: datetime) -> str:
        """Write the day and the time of a moment."""
        return f"{self.date(moment)}{self.words['marks']['comma']}{self.time(moment)}"

    def zone(self, moment: datetime) -> str:
        """Name the zone of a moment."""
        return get_timezone_name(moment, "long", locale=self.locale)

    def lasting(self, left: timedelta) -> str:
        """Write how long something lasts, to the minute, and from two hours or days on in whole ones of these."""
        whole = max(round(left / MINUTE), 1) * MINUTE
        unit = next((each for each in (DAY, HOUR) if whole >= 2 * each), MINUTE)
        return format_timedelta(whole // unit * unit, granularity="minute", threshold=2, locale=self.locale)

    def money(self, price: Money) -> str:
        """Write an amount, with as many decimals as its currency has."""
        amount = Decimal(price.amount).scaleb(-iso_exponent(price.currency))
        return format_currency(amount, price.currency, locale=self.locale, decimal_quantization=False)


@lru_cache(maxsize=200)  # not all that could be asked for: anybody may ask
def speech(tag: str) -> Speech | None:
    """Return how a place speaks by its tag, `en` or `ar-EG`; None where there is no such place, or no words for it."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
    if locale.language not in LANGUAGES:
        return None
    words = tomllib.loads((FOLDER / locale.language / "words.toml").read_text(encoding="utf-8"))
    return Speech(locale, locale.language, words)


@cache
def wording(kind: str, language: str) -> Wording:
    """Return the template for a kind that comes with the program."""
    source = (FOLDER / language / f"{kind}.jinja").read_text(encoding="utf-8")
    subject, text, html = source.split("---\n", PARTS - 1)
    return Wording(subject=subject.strip(), text=text, html=html)


@cache
def frame(name: str) -> str:
    """Return the HTML that every message stands in, `frame.html`, or its styles, `frame.css`."""
    return (FOLDER / name).read_text(encoding="utf-8")
