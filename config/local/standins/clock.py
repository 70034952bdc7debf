"""The stand-ins' clock, which may be set: it goes on from there."""

import time
from datetime import UTC, datetime


class Clock:
    """Says what time the providers have. Signatures carry the true time, or nobody would take them."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> int:
        """Return seconds since the epoch."""
        return int(time.time() + self._ahead)

    def iso(self) -> str:
        """Return the time as Paystack writes it."""
        return datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def set(self, now: float) -> None:
        """Let it be *now*."""
        self._ahead = now - time.time()

    def forward(self, seconds: float) -> None:
        """Let *seconds* pass."""
        self._ahead += seconds

    def reset(self) -> None:
        """Go by the machine's clock again."""
        self._ahead = 0.0
