"""The face of availability: the slots to offer, the board to decide on, and the claims that follow."""

from domain.availability.service.claims import Place, keep, occupy, release
from domain.availability.service.offering import Lengths, Offers, board, offers, offers_by, offers_for_update, terms_of
from domain.availability.service.seats import reseat, to_reseat
from domain.availability.service.slots import NEAREST, Asked, Offered, nearest, prepared, slots

__all__ = [
    "NEAREST",
    "Asked",
    "Lengths",
    "Offered",
    "Offers",
    "Place",
    "board",
    "keep",
    "nearest",
    "occupy",
    "offers",
    "offers_by",
    "offers_for_update",
    "prepared",
    "release",
    "reseat",
    "slots",
    "terms_of",
    "to_reseat",
]
