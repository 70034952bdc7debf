"""The world of the stand-ins: everything that one process of them holds."""

import itertools
import json
import secrets
import string
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from config.local.standins.accounts import Account, Accounts
from config.local.standins.calls import Calls
from config.local.standins.clock import Clock
from config.local.standins.failures import Failures
from config.local.standins.outbox import Outbox
from config.local.standins.rows import Json, Rows
from config.local.standins.rules import Rule, Rules, altered

LETTERS = string.ascii_letters + string.digits
NUMBERS = itertools.count(time.time_ns() // 1000)  # ahead of those that an earlier process gave out


class Knobs(BaseModel):
    """How the providers are disposed, until told otherwise.

    A refund at Stripe is answered as *stripe_refunds*. One at Paystack is answered `pending`, and after *settle_seconds*
    comes to *paystack_refunds*. *paystack_metadata* is how Paystack gives metadata back, *paystack_refund_amounts* how it
    writes those. Its `charge.failed` is rare, and comes only when *paystack_charge_failed* says so.
    """

    model_config = ConfigDict(extra="forbid")

    stripe_refunds: Literal["succeeded", "pending", "requires_action", "failed"] = "succeeded"
    paystack_refunds: Literal["processed", "processing", "pending", "failed", "needs-attention"] = "processed"
    paystack_metadata: Literal["as_sent", "object", "string", "empty", "zero", "null"] = "as_sent"
    paystack_refund_amounts: Literal["number", "string"] = "number"
    paystack_customer_bears_fees: bool = False
    paystack_charge_failed: bool = False
    settle_seconds: float = 1.0


class World:
    """Rows, clock, accounts, and what is to go wrong. Whoever changes a row holds *lock*."""

    def __init__(self, accounts: Sequence[Account] = (), file: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.closing = threading.Event()
        self.base_url = ""
        self.rows = Rows(file)
        self.clock = Clock()
        self.accounts = Accounts(accounts)
        self.calls = Calls()
        self.failures = Failures()
        self.rules = Rules()
        self.knobs = Knobs()
        self.outbox = Outbox(self.rows, self.accounts)

    def send(self, account: Account, name: str, event: Json) -> list[Json]:
        """Put a webhook on its way, as the rules have it."""
        rule = self.rules.take(account.provider, name)
        return self.outbox.add(account, name, body_of(account, event, rule), rule)

    def later(self, seconds: float, work: Callable[[], object]) -> None:
        """Do *work* under the lock after *seconds*; at once when there are none, never once we are closing."""
        if seconds <= 0:
            work()
            return
        threading.Thread(target=self._do_later, args=(seconds, work), name="later", daemon=True).start()

    def pause(self, seconds: float) -> None:
        """Wait, unless we are closing."""
        self.closing.wait(seconds)

    def reset(self) -> None:
        """Forget everything that happened; the accounts stay."""
        with self.lock:
            self.rows.clear()
            self.clock.reset()
            self.calls.clear()
            self.failures.clear()
            self.rules.clear()
            self.knobs = Knobs()

    def _do_later(self, seconds: float, work: Callable[[], object]) -> None:
        if not self.closing.wait(seconds):
            with self.lock:
                work()


def body_of(account: Account, event: Json, rule: Rule) -> str:
    """Return what is sent of *event*: Stripe's bodies are spaced out, and Paystack's are not."""
    said = altered(event, rule.alter)
    return json.dumps(said, indent=2) if account.provider == "stripe" else json.dumps(said, separators=(",", ":"))


def fresh(prefix: str, length: int = 24) -> str:
    """Return an id as the providers make them."""
    return prefix + "".join(secrets.choice(LETTERS) for _ in range(length))


def number() -> int:
    """Return an id as Paystack makes them: a whole number that grows, and needs 64 bits."""
    return next(NUMBERS)
