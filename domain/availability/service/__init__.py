"""The face of availability: the slots to offer, the board to decide on, and the claims that follow."""

from domain.availability.service.claims import Place, keep, occupy, refused, release
from domain.availability.service.offering import (
    Lengths,
    Offers,
    asked_again,
    board,
    offers,
    offers_by,
    offers_for_update,
    terms_of,
)
from domain.availability.service.seats import apart, reseat, to_reseat
from domain.availability.service.slots import NEAREST, Asked, Offered, nearest, prepared, slots

__all__ = [
    "NEAREST",
    "Asked",
    "Lengths",
    "Offered",
    "Offers",
    "Place",
    "apart",
    "asked_again",
    "board",
    "keep",
    "nearest",
    "occupy",
    "offers",
    "offers_by",
    "offers_for_update",
    "prepared",
    "refused",
    "release",
    "reseat",
    "slots",
    "terms_of",
    "to_reseat",
]
