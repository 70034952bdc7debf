"""Every SQL statement of the availability room: who occupies what, and when a resource is closed."""

from domain.availability.queries.ahead import Ahead, ahead, bookings_ahead, claims_of_service, on_resource
from domain.availability.queries.claims import extend, insert_claims, release
from domain.availability.queries.load import Loads, loads
from domain.availability.queries.seats import mistaken, share, stop_sharing
from domain.availability.queries.taken import (
    Closed,
    Moments,
    Started,
    Taken,
    closures,
    live_claims,
    occupying_claims,
    starts_of_services,
)

__all__ = [
    "Ahead",
    "Closed",
    "Loads",
    "Moments",
    "Started",
    "Taken",
    "ahead",
    "bookings_ahead",
    "claims_of_service",
    "closures",
    "extend",
    "insert_claims",
    "live_claims",
    "loads",
    "mistaken",
    "occupying_claims",
    "on_resource",
    "release",
    "share",
    "starts_of_services",
    "stop_sharing",
]
