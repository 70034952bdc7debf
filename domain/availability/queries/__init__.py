"""Every SQL statement of the availability room: who occupies what, and when a resource is closed."""

from domain.availability.queries.claims import extend, insert_claims, release
from domain.availability.queries.taken import (
    Moments,
    Taken,
    closures,
    live_claims,
    occupying_claims,
    starts_of_services,
)

__all__ = [
    "Moments",
    "Taken",
    "closures",
    "extend",
    "insert_claims",
    "live_claims",
    "occupying_claims",
    "release",
    "starts_of_services",
]
