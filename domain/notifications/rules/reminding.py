"""Rules by which a business reminds its customers, and asks them afterwards: how many minutes before or after. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.notifications.rules.notices import Channel, Notice

LONGEST = 60 * 24 * 60
"""Minutes: two months."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRule:
    """Send a notice so many *minutes* before the start (a reminder) or after the end (a follow-up)."""

    notice: Notice = Notice.REMINDER
    minutes: int
    channel: Channel = Channel.EMAIL

    def packed(self) -> dict[str, Any]:
        """Return this as it is kept."""
        return {"notice": self.notice.value, "minutes": self.minutes, "channel": self.channel.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRules:
    """A business's rules, and those of the services that have rules of their own: instead of, not beside them."""

    rules: Sequence[ReminderRule]
    services: Mapping[UUID, Sequence[ReminderRule]] = field(default_factory=dict)

    def of(self, service_id: UUID) -> Sequence[ReminderRule]:
        """Return the rules for bookings of a service."""
        return self.services.get(service_id, self.rules)

    def packed(self) -> dict[str, Any]:
        """Return these as they are kept."""
        return {
            "rules": [each.packed() for each in self.rules],
            "services": {str(key): [each.packed() for each in rules] for key, rules in self.services.items()},
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "ReminderRules":
        """Read what was kept."""
        return cls(
            rules=[_read(each) for each in kept["rules"]],
            services={UUID(key): [_read(each) for each in rules] for key, rules in kept["services"].items()},
        )


DEFAULT = ReminderRules(rules=[ReminderRule(minutes=24 * 60), ReminderRule(minutes=60)])
"""What holds for a business that has said nothing."""


def _read(kept: Mapping[str, Any]) -> ReminderRule:
    return ReminderRule(notice=Notice(kept["notice"]), minutes=kept["minutes"], channel=Channel(kept["channel"]))
