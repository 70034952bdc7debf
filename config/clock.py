"""The clock: the one place that reads the time, so that everything else is told it."""

from datetime import UTC, datetime


def clock() -> datetime:
    """Return the present instant, in UTC."""
    return datetime.now(UTC)
