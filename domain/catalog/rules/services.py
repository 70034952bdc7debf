"""What a service starts with, and what its price entails."""

from dataclasses import dataclass, field
from typing import Any

from domain.kernel.money import Money

FREE_UNTIL_START = {"free_until_hours": 0, "fee_percent": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewService:
    """What it takes to offer a service. Durations in minutes; the price is for one seat."""

    name: str
    description: str | None = None
    duration_minutes: int
    slot_interval_minutes: int | None = None
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    min_notice_minutes: int = 0
    max_advance_days: int = 60
    capacity: int = 1
    daily_limit: int | None = None
    price: Money | None = None
    requires_approval: bool = False
    payment_required: bool | None = None
    cancellation_policy: dict[str, Any] = field(default_factory=FREE_UNTIL_START.copy)

    @property
    def price_amount(self) -> int:
        """Return the price of one seat in minor units; nothing said is free."""
        return self.price.amount if self.price else 0


def needs_payment(service: NewService) -> bool:
    """Tell whether bookings of *service* await payment: as said, else when it has a price."""
    return service.price_amount > 0 if service.payment_required is None else service.payment_required
