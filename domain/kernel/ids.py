"""Identifiers: ULIDs, kept as UUIDs in the database and shown as `bkg_…` at the edge."""

from enum import StrEnum
from uuid import UUID

from ulid import ULID


class Kind(StrEnum):
    """The prefix that tells what an identifier names."""

    USER = "usr"
    ACCOUNT = "acc"
    SESSION = "ses"
    BUSINESS = "biz"
    SERVICE = "svc"
    RESOURCE = "res"
    SCHEDULE = "sch"
    TIME_OFF = "tof"
    API_KEY = "key"
    BOOKING = "bkg"
    RESCHEDULE = "rsc"
    EVENT = "evt"
    JOB = "job"
    REQUEST = "req"


ULID_LENGTH = 26


def new_id() -> UUID:
    """Return a fresh identifier; later ones sort after earlier ones to the millisecond."""
    return ULID().to_uuid()


def shown(kind: Kind, value: UUID) -> str:
    """Return the public form, for example `bkg_01k…`."""
    return f"{kind.value}_{str(ULID.from_uuid(value)).lower()}"


def parsed(kind: Kind, text: str) -> UUID | None:
    """Read a public identifier back, or None when *text* is not one of this *kind*."""
    prefix, _, body = text.partition("_")
    if prefix != kind.value or len(body) != ULID_LENGTH or not body.isascii() or body != body.lower():
        return None
    try:
        return ULID.from_str(body.upper()).to_uuid()
    except ValueError:
        return None
