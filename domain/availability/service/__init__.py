"""The face of availability: the slots to offer, the board to decide on, and the claims that follow."""

from domain.availability.service.claims import Place, keep, occupy, refused, release
from domain.availability.service.explain import Explained, Why, explain
from domain.availability.service.instead import alternatives
from domain.availability.service.offering import (
    Offers,
    asked_again,
    board,
    offers,
    offers_by,
    offers_for_update,
)
from domain.availability.service.seats import apart, reseat, to_reseat
from domain.availability.service.slots import Asked, Dates, Offered, Prepared, prepared
from domain.availability.service.terms import Lengths, terms_of
from domain.availability.service.upcoming import Upcoming

__all__ = [
    "Asked",
    "Dates",
    "Explained",
    "Lengths",
    "Offered",
    "Offers",
    "Place",
    "Prepared",
    "Upcoming",
    "Why",
    "alternatives",
    "apart",
    "asked_again",
    "board",
    "explain",
    "keep",
    "occupy",
    "offers",
    "offers_by",
    "offers_for_update",
    "prepared",
    "refused",
    "release",
    "reseat",
    "terms_of",
    "to_reseat",
]
