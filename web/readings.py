"""Readings: what `/metrics` tells of the database, and so of what the workers do, each with what it means.

Every one takes no longer for a million rows: what is open is counted by an index, and of what is over a worker has taken
stock. A reading's values are by those of its labels.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from math import inf
from typing import NamedTuple

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from config.celery import QUEUES, queue_of
from config.transaction import Session
from domain.kernel import backlog, heartbeats, stock, tails
from domain.kernel.jobs import State
from domain.notifications import service as notifications
from domain.payments import service as payments
from domain.payments.tables import MoneyCheck
from domain.webhooks import service as webhooks

Values = dict[tuple[str, ...], float]
PREFIX = "aionbooking_"
PROCESSES = ("beat", "relay")
FOLLOWERS = {"notifications": "events_for_messages", "webhooks": "events_for_webhooks"}


class Sight:
    """What is seen in one go; what several readings tell of is read once."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session = session
        self.now = now

    @cached_property
    def open_jobs(self) -> Sequence[backlog.Open]:
        """What is ready or dead."""
        return backlog.open_jobs(self.session)

    @cached_property
    def stock(self) -> Sequence[stock.Stock]:
        """What a worker has counted last."""
        return stock.last(self.session)

    @cached_property
    def checks(self) -> Sequence[MoneyCheck]:
        """What the check of money has found last."""
        return payments.last_checks(self.session)

    def age(self, at: datetime | None) -> float:
        """Return the seconds since then; none if it never was."""
        return max((self.now - at).total_seconds(), 0) if at else 0


class Reading(NamedTuple):
    """One metric that is read: what it is called, what it means, and by what it is told apart."""

    name: str
    meaning: str
    labels: tuple[str, ...]
    read: Callable[[Sight], Values]
    kind: type[GaugeMetricFamily] | type[CounterMetricFamily] = GaugeMetricFamily

    def taken(self, sight: Sight) -> Metric:
        """Return the metric as it is now."""
        family = self.kind(PREFIX + self.name, self.meaning, labels=self.labels)
        for labels, value in self.read(sight).items():
            family.add_metric(labels, value)
        return family


def _jobs(sight: Sight) -> Values:
    return {(each.state, each.kind): each.how_many for each in sight.open_jobs}


def _jobs_made(sight: Sight) -> Values:
    return {(): backlog.made(sight.session)}


def _oldest(sight: Sight) -> Values:
    ages: Values = {(queue,): 0 for queue in QUEUES}
    for each in sight.open_jobs:
        if each.state == State.READY:
            queue = (queue_of(each.kind),)
            ages[queue] = max(ages.get(queue, 0), sight.age(each.since))
    return ages


def _waiting(sight: Sight) -> Values:
    since = {
        "messages": notifications.waiting_since(sight.session, now=sight.now),
        "webhooks": webhooks.waiting_since(sight.session, now=sight.now),
        **dict.fromkeys(FOLLOWERS.values()),
    }
    since |= {FOLLOWERS.get(name, name): at for name, at in tails.unfollowed(sight.session).items()}
    return {(what,): sight.age(at) for what, at in since.items()}


def _heartbeats(sight: Sight) -> Values:
    seen = heartbeats.all_last(sight.session)
    return {(name,): sight.age(seen[name]) if name in seen else inf for name in PROCESSES}


def _differences(sight: Sight) -> Values:
    return {(each.name,): each.differences for each in sight.checks}


def _checked(sight: Sight) -> Values:
    return {(each.name,): each.checked_at.timestamp() for each in sight.checks}


def _left(sight: Sight) -> Values:
    return {(state,): count for state, count in payments.left_to_somebody(sight.session).items()}


def _stock_taken(sight: Sight) -> Values:
    return {(each.name,): each.counted_at.timestamp() for each in sight.stock}


def _stock_of(name: str) -> Callable[[Sight], Values]:
    return lambda sight: {(each.sort,): each.count for each in sight.stock if each.name == name}


READINGS = (
    Reading("jobs", f"Jobs that are `ready` or `dead`, at most {backlog.MOST} of a kind", ("state", "kind"), _jobs),
    Reading("jobs_made", "Jobs that were ever made", (), _jobs_made, CounterMetricFamily),
    Reading(
        "oldest_due_job_seconds",
        "For how long the oldest job of a queue could have been done; `unknown`: it is of a kind that another version had",
        ("queue",),
        _oldest,
    ),
    Reading("waiting_seconds", "For how long what waits longest has waited", ("what",), _waiting),
    Reading("heartbeat_age_seconds", "When a process was last seen alive; `+Inf` if never", ("process",), _heartbeats),
    Reading("money_differences", "Rows of money that are not as they should be; must be 0", ("check",), _differences),
    Reading("money_checked_timestamp_seconds", "When money was last checked", ("check",), _checked),
    Reading("money_left_to_somebody", "Payments and refunds that a person has to decide about", ("state",), _left),
    Reading("stock_taken_timestamp_seconds", "When a worker last counted what is below", ("of",), _stock_taken),
    Reading(
        "money_difference_minor_units",
        "By how much the ledger differs from the payments, all differences added up; must be 0",
        ("currency",),
        _stock_of("money_difference"),
    ),
    Reading("payments", "Payments", ("state",), _stock_of("payments")),
    Reading("refunds", "Refunds", ("state",), _stock_of("refunds")),
    Reading("webhook_deliveries", "Deliveries of webhooks that are kept", ("state",), _stock_of("webhook_deliveries")),
    Reading("webhook_endpoints", "Endpoints; `failing` ones are enabled", ("state",), _stock_of("webhook_endpoints")),
    Reading("webhook_attempts", "Tries that are kept, by outcome", ("outcome",), _stock_of("webhook_attempts")),
    Reading("messages", "Messages that are kept", ("state",), _stock_of("messages")),
    Reading("jobs_kept", "Jobs that are kept though they are done", ("state",), _stock_of("jobs_kept")),
)
UP = "database_up"
UP_MEANS = "Whether all of these could be read; 0: some of them are missing"


def database(*, is_up: bool) -> Metric:
    """Return the metric that tells whether the others are all there."""
    return GaugeMetricFamily(PREFIX + UP, UP_MEANS, value=int(is_up))


def taken(session: Session, now: datetime) -> Iterator[Metric]:
    """Take one reading after the other."""
    sight = Sight(session, now)
    for reading in READINGS:
        yield reading.taken(sight)
