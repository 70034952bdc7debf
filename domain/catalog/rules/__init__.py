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
    BookedElsewhere,
    CurrencyInUse,
    CurrencyMismatch,
    DefaultResourceNeeded,
    DepositAbovePrice,
    NotAMember,
    OneResourceEach,
    ResourceInTwoRoles,
    RoleNeeded,
    TimeOffLength,
)
from domain.catalog.rules.hours import NewHours, NewTimeOff, TimeOffFilters, is_possible
from domain.catalog.rules.resources import NewResource
from domain.catalog.rules.services import FREE, Deposit, NewRequirement, NewService, Pricing, plain, repriced

__all__ = [
    "FREE",
    "NINE_TO_FIVE",
    "Archived",
    "BookedElsewhere",
    "BusinessFilters",
    "CurrencyInUse",
    "CurrencyMismatch",
    "DefaultResourceNeeded",
    "Deposit",
    "DepositAbovePrice",
    "NewBusiness",
    "NewHours",
    "NewRequirement",
    "NewResource",
    "NewService",
    "NewTimeOff",
    "NotAMember",
    "OneResourceEach",
    "Pricing",
    "ResourceInTwoRoles",
    "RoleNeeded",
    "TimeOffFilters",
    "TimeOffLength",
    "another_slug",
    "is_possible",
    "moves_currency",
    "plain",
    "repriced",
    "slug_of",
]
