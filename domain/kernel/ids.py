"""Identifiers: ULIDs, kept as UUIDs in the database and shown as `bkg_…` at the edge."""

import re
from datetime import datetime
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
    ACCOUNT_TOKEN = "act"  # noqa: S105 - a prefix, not a secret
    INVITATION = "inv"
    BOOKING = "bkg"
    RESCHEDULE = "rsc"
    CALENDAR_FEED = "cal"
    PAYMENT = "pay"
    REFUND = "rfd"
    DISPUTE = "dsp"
    LEDGER_ENTRY = "led"
    PROVIDER_ACCOUNT = "pac"
    PROVIDER_EVENT = "pev"
    RECONCILIATION = "rcl"
    NOTIFICATION = "ntf"
    WEBHOOK_ENDPOINT = "whe"
    WEBHOOK_DELIVERY = "whd"
    EVENT = "evt"
    AUDIT_ENTRY = "aud"
    JOB = "job"
    REQUEST = "req"


# Crockford's digits. An answer shows many ids, so they are written ten bits at a time.
DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
PAIRS = [first + second for first in DIGITS for second in DIGITS]
WRITTEN = re.compile(f"[0-7][{DIGITS}]{{25}}")
RANDOM = 80  # bits of an identifier that do not tell the time
AS_PYTHON_WRITES = str.maketrans(DIGITS, "0123456789abcdefghijklmnopqrstuv")


def new_id() -> UUID:
    """Return a fresh identifier; later ones sort after earlier ones to the millisecond."""
    return ULID().to_uuid()


def id_at(at: datetime) -> UUID:
    """Return a fresh identifier that sorts by *at* to the millisecond, whenever it is made."""
    return ULID.from_datetime(at).to_uuid()


def first_id(at: datetime) -> UUID:
    """Return what no identifier of a millisecond sorts before, and every one of earlier ones."""
    return UUID(int=int(ULID.from_datetime(at)) >> RANDOM << RANDOM)


def shown(kind: Kind, value: UUID) -> str:
    """Return the public form, for example `bkg_01k…`."""
    number = value.int
    return f"{kind.value}_{''.join([PAIRS[number >> bits & 1023] for bits in range(120, -1, -10)])}"


def parsed(kind: Kind, text: str) -> UUID | None:
    """Read a public identifier back, or None when *text* is not one of this *kind*."""
    prefix, _, body = text.partition("_")
    if prefix != kind.value or not WRITTEN.fullmatch(body):
        return None
    return UUID(int=int(body.translate(AS_PYTHON_WRITES), 32))
