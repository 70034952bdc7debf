"""What a business starts with, what its address looks like, and by what it is found."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slugify import slugify

NINE_TO_FIVE = [[weekday, 9 * 60, 17 * 60] for weekday in range(5)]
SLUG_LENGTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBusiness:
    """What it takes to open a business; the rest has defaults that need no thought."""

    name: str
    slug: str | None = None
    timezone: str
    currency: str
    category: str | None = None
    city: str | None = None
    country: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessFilters:
    """Which businesses to list: *q* is part of the name, the others are one of the values given, whatever the case."""

    q: str | None = None
    category: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    currency: tuple[str, ...] = ()


def slug_of(name: str) -> str:
    """Return a readable slug for *name*; never empty, and never an id, since those have an underscore."""
    return slugify(name, max_length=SLUG_LENGTH, word_boundary=True) or "business"


def moves_currency(before: str, given: Mapping[str, Any]) -> bool:
    """Tell whether a change to *given* fields takes a business to another currency than *before*."""
    return bool(given.get("currency", before) != before)


def another_slug(slug: str) -> str:
    """Return *slug* with a short random ending, for when the plain one is taken."""
    return f"{slug[: SLUG_LENGTH - 6]}-{secrets.token_hex(2)}"
