"""What a service starts with, what it needs, and what its price entails."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.kernel.money import Money

FREE_UNTIL_START = {"free_until_hours": 0, "fee_percent": 0}
PRICING = frozenset({"price", "deposit", "payment_required"})
ELSEWHERE = PRICING | {"requirements"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """What has to be paid at first: an amount for each seat, or a percentage of the price."""

    amount: Money | None = None
    percent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequirement:
    """A role that one of these resources fills; none named: nobody is said to."""

    role: str
    resource_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewService:
    """What it takes to offer a service. Durations as their names say; the price is for one seat."""

    name: str
    description: str | None = None
    requirements: tuple[NewRequirement, ...] | None = None
    duration_minutes: int
    slot_interval_minutes: int | None = None
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    min_notice_minutes: int = 0
    max_advance_days: int = 60
    capacity: int = 1
    daily_limit: int | None = None
    price: Money | None = None
    deposit: Deposit | None = None
    requires_approval: bool = False
    payment_required: bool | None = None
    hold_minutes: int = 15
    approval_hours: int = 24
    cancellation_policy: dict[str, Any] | None = None

    def given(self) -> Mapping[str, Any]:
        """Return every field by its name, as a change of a service has those that it changes."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    """What a service costs, as its row has it."""

    price_amount: int
    deposit_amount: int | None
    deposit_percent: int | None
    payment_required: bool

    @property
    def is_sound(self) -> bool:
        """Tell whether the deposit is at most the price."""
        return self.deposit_amount is None or self.deposit_amount <= self.price_amount


FREE = Pricing(price_amount=0, deposit_amount=None, deposit_percent=None, payment_required=False)


def repriced(before: Pricing, given: Mapping[str, Any]) -> Pricing:
    """Return what a service costs once *given* is applied; what is not given stays, and None takes it back.

    A price that comes or goes decides anew whether bookings await payment, unless *given* says so itself.
    """
    amount = _amount(given["price"]) if "price" in given else before.price_amount
    deposit = given["deposit"] or Deposit() if "deposit" in given else None
    return Pricing(
        price_amount=amount,
        deposit_amount=_amount(deposit.amount) or None if deposit else before.deposit_amount,
        deposit_percent=deposit.percent if deposit else before.deposit_percent,
        payment_required=_needs_payment(before, given, amount),
    )


def _amount(price: Money | None) -> int:
    return price.amount if price else 0


def _needs_payment(before: Pricing, given: Mapping[str, Any], amount: int) -> bool:
    said: bool | None = given.get("payment_required")
    if said is not None:
        return said
    asked = "payment_required" in given
    return amount > 0 if asked or (amount > 0) != (before.price_amount > 0) else before.payment_required


def plain(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that are kept as they are given, under the names of their columns."""
    kept = {name: value for name, value in given.items() if name not in ELSEWHERE}
    if "cancellation_policy" in kept:
        kept["cancellation_policy"] = kept["cancellation_policy"] or dict(FREE_UNTIL_START)
    return kept
