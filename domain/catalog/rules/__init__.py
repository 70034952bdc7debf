"""The catalog's decisions and values: what things start with, and what they may become."""

from domain.catalog.rules.businesses import (
    NINE_TO_FIVE,
    BusinessFilters,
    NewBusiness,
    another_slug,
    moves_currency,
    slug_of,
)
from domain.catalog.rules.errors import (
    Archived,
    CurrencyInUse,
    DefaultResourceNeeded,
    DepositAbovePrice,
    NotAMember,
    TimeOffLength,
)
from domain.catalog.rules.hours import NewHours, NewTimeOff, TimeOffFilters, is_possible
from domain.catalog.rules.resources import NewResource
from domain.catalog.rules.services import FREE, Deposit, NewService, Pricing, plain, repriced

__all__ = [
    "FREE",
    "NINE_TO_FIVE",
    "Archived",
    "BusinessFilters",
    "CurrencyInUse",
    "DefaultResourceNeeded",
    "Deposit",
    "DepositAbovePrice",
    "NewBusiness",
    "NewHours",
    "NewResource",
    "NewService",
    "NewTimeOff",
    "NotAMember",
    "Pricing",
    "TimeOffFilters",
    "TimeOffLength",
    "another_slug",
    "is_possible",
    "moves_currency",
    "plain",
    "repriced",
    "slug_of",
]
