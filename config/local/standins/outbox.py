"""The outbox: webhooks on their way, tried again until their receiver says 2xx."""

import heapq
import http.client
import itertools
import random
import threading
import time
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from config.local.standins.accounts import Account, Accounts, Provider
from config.local.standins.rows import Json, Rows
from config.local.standins.rules import Rule
from config.local.standins.signing import headers

KIND = "delivery"
SENDERS = 4  # so that one receiver who hangs does not hold up the rest; and events overtake each other, as in life
SUCCESSES = range(200, 300)
MOMENT = 2.0  # for a sender to hang up; one that is left ends with the process

Order = Literal["as_made", "reversed", "shuffled"]


class Patience(BaseModel):
    """How often a receiver is tried: after *first* seconds, then twice as long each time up to *longest*."""

    model_config = ConfigDict(extra="forbid")

    first: float = 1.0
    longest: float = 300.0
    tries: int = 900  # three days of them, as the providers
    timeout: float = 20.0


class Outbox:
    """Deliveries, each a row: waiting, held, sent or given up."""

    def __init__(self, rows: Rows, accounts: Accounts) -> None:
        self.patience = Patience()
        self._rows = rows
        self._accounts = accounts
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Json]] = []
        self._numbers = itertools.count(1 + max((row["number"] for row in rows.of(KIND)), default=0))
        self._closed = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to send, and go on with what an earlier process left."""
        for row in self._rows.of(KIND):
            if row["state"] == "waiting":
                self._push(row, time.time())
        self._threads = [threading.Thread(target=self._run, name=f"webhooks-{n}", daemon=True) for n in range(SENDERS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Send no more; what is left stays waiting."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(MOMENT)

    def add(self, account: Account, event: str, body: str, rule: Rule) -> list[Json]:
        """Put *event* on its way as *rule* says, and return its deliveries; none when nobody listens."""
        url = rule.url or account.webhook_url
        if rule.drop or not url:
            return []
        made = [self._made(account, event, body, rule, url) for _ in range(rule.copies)]
        for row in made:
            if row["state"] == "waiting":
                self._push(row, time.time() + rule.delay)
        return made

    def release(self, events: str, order: Order, seed: int, limit: int | None) -> list[Json]:
        """Send those held whose event fits, one after the other, here and now; return them."""
        with self._changed:
            held = [row for row in self._rows.of(KIND) if row["state"] == "held" and fnmatchcase(row["event"], events)]
            if order == "reversed":
                held.reverse()
            if order == "shuffled":
                random.Random(seed).shuffle(held)  # noqa: S311 - an order, no secret
            chosen = held[:limit]
            for row in chosen:
                row["state"] = "sending"
        for row in chosen:
            self._attempt(row)
        return chosen

    def listed(self) -> list[Json]:
        """Return every delivery, oldest first."""
        return self._rows.of(KIND)

    def _made(self, account: Account, event: str, body: str, rule: Rule, url: str) -> Json:
        number = next(self._numbers)
        row: Json = {
            "number": number,
            "provider": account.provider,
            "account": account.id,
            "event": event,
            "url": url,
            "body": body,
            "signature": rule.signature,
            "age": rule.age,
            "state": "held" if rule.hold else "waiting",
            "attempts": [],
        }
        return self._rows.put(KIND, account.provider, str(number), row)

    def _push(self, row: Json, due: float) -> None:
        with self._changed:
            heapq.heappush(self._due, (due, row["number"], row))
            self._changed.notify()

    def _run(self) -> None:
        while (row := self._next()) is not None:
            self._attempt(row)

    def _next(self) -> Json | None:
        with self._changed:
            while not self._closed:
                wait = self._due[0][0] - time.time() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait)
        return None

    def _attempt(self, row: Json) -> None:
        account = self._accounts.named(_provider(row), row["account"])
        began = time.time()
        outcome: int | str = "the account is gone"
        if account is not None:
            outcome = _send(row, account, self.patience.timeout)
        row["attempts"].append({"at": began, "seconds": round(time.time() - began, 3), "outcome": outcome})
        if outcome in SUCCESSES:
            row["state"] = "sent"
        elif len(row["attempts"]) >= self.patience.tries:
            row["state"] = "given up"
        else:
            row["state"] = "waiting"
        self._rows.put(KIND, row["provider"], str(row["number"]), row)
        if row["state"] == "waiting":
            self._push(row, time.time() + self._delay(row["attempts"]))

    def _delay(self, attempts: Sequence[Json]) -> float:
        doublings = min(len(attempts) - 1, 30)
        return min(self.patience.first * 2.0**doublings, self.patience.longest)


def _provider(row: Json) -> Provider:
    return "stripe" if row["provider"] == "stripe" else "paystack"


def _send(row: Json, account: Account, timeout: float) -> int | str:
    """Post a delivery once; return the status, or what went wrong. Redirects are not followed, by them or by us."""
    body = row["body"].encode()
    signed = headers(account, body, signature=row["signature"], at=int(time.time()) - row["age"])
    url = urlsplit(row["url"])
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.netloc, timeout=timeout)
    try:
        connection.request("POST", url.path or "/", body, {"Content-Type": "application/json; charset=utf-8", **signed})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()
