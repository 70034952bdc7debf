"""What is asked of whoever carries a webhook out, and what comes back: the phases between claiming and recording.

Claimed ─── signed, by whoever knows the secrets ──> Call ─── sent, with no transaction open ──> Heard | Unheard
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from domain.webhooks.rules.states import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery to be tried once, by who holds its lease. Secrets are sealed for the endpoint; the newest comes first."""

    delivery_id: UUID
    endpoint_id: UUID
    event_id: UUID
    attempt: int
    lease: str
    lease_until: datetime
    url: str
    secrets: tuple[bytes, ...] = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that is ready to be sent."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An answer: its status, the beginning of its body, how long it took, and how long it asks to be left alone."""

    status: int
    body: bytes
    milliseconds: int
    retry_after: timedelta | None = None

    @property
    def is_good(self) -> bool:
        """Whether the webhook has arrived."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """No answer, and why. It may have arrived all the same."""

    failure: Failure
    detail: str
    milliseconds: int


Outcome = Heard | Unheard


class Carrier(Protocol):
    """Sends one request, in bounded time."""

    def __call__(self, call: Call) -> Outcome:
        """Send it; whatever goes wrong is told, and not raised."""
