"""When a delivery is tried again, and when an endpoint is given up. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple
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
A_DAY = timedelta(days=1)
INTERRUPTIONS = 10
"""As often in a row a delivery may be in the hands of a worker that dies until it is taken for the reason."""
AFTER_INTERRUPTION = timedelta(seconds=5)
"""What is waited after an interruption, times how many there were in a row; half of it more or less."""
UNREADABLE = 28
"""As often in a row a delivery's secret may be unreadable until it is dead: that takes about three days."""
FIRST_UNREADABLE, LONGEST_UNREADABLE = timedelta(minutes=5), timedelta(hours=3)
GIVEN_UP = 6
"""Days on which an endpoint fails, and never succeeds, until it is given up. Between the first and the last lie five."""


def next_try(tries: int, delivery_id: UUID, *, now: datetime, asked: timedelta | None = None) -> datetime | None:
    """Return when a delivery is tried again that failed *tries* times; None: no more.

    Each has its own part of the ten percent by which waits are shorter or longer, so that what failed together does
    not come again together. *asked* is how long the endpoint asks to be left alone: never less than the schedule says.
    """
    if tries > len(RETRIES):
        return None
    wait = RETRIES[tries - 1] * (1 + SPREAD * _luck(delivery_id, tries))
    return now + max(wait, min(asked or wait, PATIENCE))


def next_look(unreadable: int, delivery_id: UUID, *, now: datetime) -> datetime | None:
    """Return when a delivery is tried again whose secret could not be read, so often in a row by now; None: no more.

    It waits by the square of that, up to three hours: somebody has to give us back the key, or to rotate the secret.
    """
    if unreadable >= UNREADABLE:
        return None
    wait = min(FIRST_UNREADABLE * unreadable**2, LONGEST_UNREADABLE)
    return now + wait * (1 + SPREAD * _luck(delivery_id, unreadable))


class Failing(NamedTuple):
    """Since when an endpoint does nothing but fail, on how many days it was seen to, and when the last of them began.

    A day begins with a failure that comes a day or more after the day before began: what nobody tries does not fail.
    """

    since: datetime
    days: int
    day_at: datetime

    @property
    def is_given_up(self) -> bool:
        """Tell whether it has failed for so long that nothing more is sent there."""
        return self.days >= GIVEN_UP


def failed_once_more(before: Failing | None, *, now: datetime) -> Failing:
    """Return how an endpoint stands after a failure; *before*: None where its last try was a success."""
    if before is None:
        return Failing(now, 1, now)
    return before._replace(days=before.days + 1, day_at=now) if now - before.day_at >= A_DAY else before


def _luck(delivery_id: UUID, tries: int) -> float:
    """Return a number from -1 to 1, always the same of a try. Not of the id itself: those made together are alike."""
    drawn = blake2b(delivery_id.bytes + bytes([tries]), digest_size=4).digest()
    return int.from_bytes(drawn) / (2**31) - 1
