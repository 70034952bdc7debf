"""Rules for webhooks: what is done to the next events of a kind on their way."""

import copy
import threading
from fnmatch import fnmatchcase
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from config.local.standins.rows import Json


class Rule(BaseModel):
    """What happens to the next *times* events that match; without *times*, to all.

    *drop* them, *hold* them until they are released, send *copies*, *delay* by seconds, send to another *url*, with a
    *signature* that is wrong or none at all, with a timestamp *age* seconds old (below zero: from the future), or
    *alter* what they say: `{"data.object.metadata.booking_id": "…"}`. An altered event is signed as it is sent.
    """

    model_config = ConfigDict(extra="forbid")

    provider: str = "*"
    event: str = "*"
    times: int | None = Field(default=None, ge=1)
    drop: bool = False
    hold: bool = False
    copies: int = Field(default=1, ge=1)
    delay: float = Field(default=0.0, ge=0)
    url: str | None = None
    signature: Literal["right", "wrong", "none"] = "right"
    age: int = 0
    alter: dict[str, Any] = Field(default_factory=dict)


STRAIGHT = Rule()


class Rules:
    """The rules in force; the first that fits is taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []

    def add(self, rule: Rule) -> None:
        """Let *rule* be in force from now on."""
        with self._lock:
            self._rules.append(rule)

    def take(self, provider: str, event: str) -> Rule:
        """Return what happens to this event."""
        with self._lock:
            for rule in self._rules:
                if fnmatchcase(provider, rule.provider) and fnmatchcase(event, rule.event):
                    self._count(rule)
                    return rule
        return STRAIGHT

    def listed(self) -> list[Json]:
        """Return the rules in force."""
        with self._lock:
            return [rule.model_dump() for rule in self._rules]

    def clear(self) -> None:
        """Let all go straight."""
        with self._lock:
            self._rules.clear()

    def _count(self, rule: Rule) -> None:
        if rule.times is None:
            return
        rule.times -= 1
        if not rule.times:
            self._rules.remove(rule)


def altered(event: Json, changes: dict[str, Any]) -> Json:
    """Return a copy of *event* with each dotted path in *changes* set to its value."""
    changed = copy.deepcopy(event)
    for path, value in changes.items():
        *parents, last = path.split(".")
        place = changed
        for name in parents:
            inner = place.get(name)
            place[name] = inner if isinstance(inner, dict) else {}
            place = place[name]
        place[last] = value
    return changed
