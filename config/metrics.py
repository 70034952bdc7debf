"""What the web processes count, for Prometheus.

Several web processes of one host add up what they count in files, in the folder that PROMETHEUS_MULTIPROC_DIR names;
the library reads that variable when it is imported. A label never takes a value that a caller makes up.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import Metric
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

__all__ = ["CONTENT_TYPE_LATEST", "COUNTED", "LIMITED", "WAITING", "WAITS_REFUSED", "WEBHOOKS_REFUSED", "exposition"]

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""The method, or the route, of a request for what there is not."""
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

OURS = CollectorRegistry()

REQUESTS = Counter(
    "aionbooking_http_requests",
    "Requests that were answered, by route (as `/api/bookings/<booking_id>`; `other` is none of ours) and status (as `4xx`)",
    ["method", "route", "status"],
    registry=OURS,
)
SECONDS = Histogram(
    "aionbooking_http_request_duration_seconds",
    "How long answers took, without the time for which a caller asked to wait",
    ["method", "route"],
    buckets=BUCKETS,
    registry=OURS,
)
WAITING = Gauge(
    "aionbooking_http_requests_waiting",
    "Requests that wait for a decision just now, as their callers prefer; at most half of WEB_THREADS in each process",
    multiprocess_mode="livesum",
    registry=OURS,
)
WAITS_REFUSED = Counter(
    "aionbooking_http_waits_refused",
    "Requests that preferred to wait, and were answered at once because as many waited as may",
    registry=OURS,
)
LIMITED = Counter("aionbooking_requests_limited", "Requests that were answered 429", ["limit"], registry=OURS)
WEBHOOKS_REFUSED = Counter(
    "aionbooking_webhooks_refused",
    "Webhooks of payment providers whose signature was not the provider's",
    ["provider"],
    registry=OURS,
)
COUNTED: tuple[MetricWrapperBase, ...] = (REQUESTS, SECONDS, WAITING, WAITS_REFUSED, LIMITED, WEBHOOKS_REFUSED)


class Read(Collector):
    """Metrics that were read elsewhere, and not counted here."""

    def __init__(self, found: Iterable[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        """Return them."""
        return self._found


def answered(method: str, route: str | None, status: int, seconds: float) -> None:
    """Count an answer to a request for *route*, None if there is no such one."""
    method, route = (method if method in METHODS else OTHER), route or OTHER
    REQUESTS.labels(method, route, f"{status // 100}xx").inc()
    SECONDS.labels(method, route).observe(max(seconds, 0))


def exposition(read: Iterable[Metric]) -> bytes:
    """Return what was counted, by all web processes of this host, and what was *read*, in Prometheus' text format."""
    shown = CollectorRegistry()
    shown.register(Read(read))
    counted = OURS
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        _forget_the_dead(Path(folder))
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return generate_latest(counted) + generate_latest(shown)


def _forget_the_dead(folder: Path) -> None:
    """Drop what processes that have ended were in the midst of; what they counted stays."""
    for file in folder.glob("gauge_live*.db"):
        pid = int(file.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]
