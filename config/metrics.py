"""What this process counts, for Prometheus.

Several web processes of one host add up what they count in files, in the folder that PROMETHEUS_MULTIPROC_DIR names;
the library reads that variable when it is imported.
"""

import os
from collections.abc import Iterable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

__all__ = ["CONTENT_TYPE_LATEST", "LIMITED", "WEBHOOKS_REFUSED", "exposition"]

OURS = CollectorRegistry()

WEBHOOKS_REFUSED = Counter(
    "aionbooking_webhooks_refused",
    "Webhooks of payment providers whose signature was not the provider's",
    ["provider"],
    registry=OURS,
)

LIMITED = Counter("aionbooking_requests_limited", "Requests that were answered 429", ["limit"], registry=OURS)


class Read(Collector):
    """Metrics that were read elsewhere, and not counted here."""

    def __init__(self, found: Iterable[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        """Return them."""
        return self._found


def exposition(read: Iterable[Metric]) -> bytes:
    """Return what was counted, by all web processes of this host, and what was *read*, in Prometheus' text format."""
    shown = CollectorRegistry()
    shown.register(Read(read))
    counted = OURS
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return generate_latest(counted) + generate_latest(shown)
