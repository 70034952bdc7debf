"""Money: integer minor units and an ISO 4217 code, never a float."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the minor unit of its currency (4500 NGN is forty-five naira)."""

    amount: int
    currency: str

    def times(self, count: int) -> "Money":
        """Return this price for *count* seats."""
        return Money(self.amount * count, self.currency)

    def share(self, percent: int) -> "Money":
        """Return a percentage of this, rounded half up to the minor unit."""
        return Money((self.amount * percent + 50) // 100, self.currency)

    def share_up(self, percent: int) -> "Money":
        """Return a percentage of this, rounded up to the minor unit."""
        return Money(-(-self.amount * percent // 100), self.currency)
