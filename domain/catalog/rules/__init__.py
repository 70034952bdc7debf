"""The catalog's decisions and values: what things start with, and what they may become."""

from domain.catalog.rules.businesses import NINE_TO_FIVE, NewBusiness, another_slug, slug_of
from domain.catalog.rules.services import FREE_UNTIL_START, NewService, needs_payment

__all__ = [
    "FREE_UNTIL_START",
    "NINE_TO_FIVE",
    "NewBusiness",
    "NewService",
    "another_slug",
    "needs_payment",
    "slug_of",
]
