"""When a delivery is tried again, and when an endpoint is given up. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

RETRIES: Sequence[timedelta] = [
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=each) for each in (2, 5, 10, 10)),
]
"""What is waited after each try that failed; after the last one there is no other."""

SPREAD = 0.1
PATIENCE = timedelta(hours=12)
"""However much later an endpoint asks to be tried again, it is after that."""
GIVEN_UP = timedelta(days=5)


def next_try(tries: int, delivery_id: UUID, *, now: datetime, asked: timedelta | None = None) -> datetime | None:
    """Return when a delivery is tried again that failed *tries* times; None: no more.

    Each has its own part of the ten percent by which waits are shorter or longer, so that what failed together does
    not come again together. *asked* is how long the endpoint asks to be left alone: never less than the schedule says.
    """
    if tries > len(RETRIES):
        return None
    wait = RETRIES[tries - 1] * (1 + SPREAD * _luck(delivery_id, tries))
    return now + max(wait, min(asked or wait, PATIENCE))


def is_given_up(failing_since: datetime | None, *, now: datetime) -> bool:
    """Tell whether an endpoint has failed for so long, and done nothing else, that nothing more is sent there."""
    return failing_since is not None and now - failing_since >= GIVEN_UP


def _luck(delivery_id: UUID, tries: int) -> float:
    """Return a number from -1 to 1, always the same of a try. Not of the id itself: those made together are alike."""
    drawn = blake2b(delivery_id.bytes + bytes([tries]), digest_size=4).digest()
    return int.from_bytes(drawn) / (2**31) - 1
