"""How a service is booked, as the rules take it."""

from typing import NamedTuple, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.availability.rules.model import Terms
from domain.availability.rules.zones import MINUTE


class Lengths(NamedTuple):
    """How long a booking takes, and what it keeps free before and after, in seconds."""

    duration: int
    buffer_before: int
    buffer_after: int


class Bookable(Protocol):
    """What says how a service is booked: its row, or what was read of it."""

    @property
    def id(self) -> UUID: ...  # noqa: D102 - these are columns
    @property
    def duration_minutes(self) -> int: ...  # noqa: D102
    @property
    def slot_interval_minutes(self) -> int | None: ...  # noqa: D102
    @property
    def buffer_before_minutes(self) -> int: ...  # noqa: D102
    @property
    def buffer_after_minutes(self) -> int: ...  # noqa: D102
    @property
    def min_notice_minutes(self) -> int: ...  # noqa: D102
    @property
    def max_advance_days(self) -> int: ...  # noqa: D102
    @property
    def capacity(self) -> int: ...  # noqa: D102
    @property
    def daily_limit(self) -> int | None: ...  # noqa: D102
    @property
    def holds_at_first(self) -> bool: ...  # noqa: D102


def terms_of(service: Bookable, zone: ZoneInfo, lengths: Lengths | None = None) -> Terms:
    """Return how a service is booked today; a booking keeps the *lengths* that it was made with."""
    taken = lengths or Lengths(
        service.duration_minutes * MINUTE, service.buffer_before_minutes * MINUTE, service.buffer_after_minutes * MINUTE
    )
    return Terms(
        service_id=service.id,
        duration=taken.duration,
        interval=(service.slot_interval_minutes or service.duration_minutes) * MINUTE,
        zone=zone,
        buffer_before=taken.buffer_before,
        buffer_after=taken.buffer_after,
        notice=service.min_notice_minutes * MINUTE,
        ahead=int(service.holds_at_first),
        window_days=service.max_advance_days,
        capacity=service.capacity,
        daily_limit=service.daily_limit,
    )
