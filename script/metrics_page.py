"""The reference page of the metrics, made of the code that counts and reads them."""

from collections.abc import Sequence

from config.metrics import COUNTED
from web.readings import PREFIX, READINGS, UP, UP_MEANS

METRICS_PAGE = """{made}

# Metrics

`GET /metrics` answers in Prometheus' text format to whoever sends `METRICS_TOKEN` as the bearer. Without that
[setting](settings.md) nobody in production may read it, and it is 404; elsewhere everybody may.
[Watch it](../how-to/watch-it.md) says what to be woken for.

## Counted by the web server

By all web processes of the host that is asked, since they started: add up the hosts. No label takes a value that a caller can
make up.

| metric | type | labels | meaning |
|---|---|---|---|
{counted}

A histogram has buckets from 5 ms to 10 s.

## Read from the database

Every web host tells the same of these: take the `max` over the hosts. What the workers do is read here, too: they need no
port of their own, and however many there are, the numbers are of all of them.

A scrape costs no more with a million rows. What is open is counted by an index, up to a bound; of what is over, the worker takes
stock every five minutes, and `aionbooking_stock_taken_timestamp_seconds` says when it last did. Such numbers also fall, when
what is old is purged.
When the database does not answer within two seconds, the scrape is answered all the same, with 200, with what the web server
counts, and with `aionbooking_database_up 0`.

| metric | type | labels | meaning |
|---|---|---|---|
{read}
"""


def metrics_page(made: str) -> str:
    """Return the page of what `/metrics` tells, under the line that says what it is made of."""
    families = [next(iter(metric.collect())) for metric in COUNTED]
    counted = [
        _metric(family.name, family.type, metric._labelnames, family.documentation)  # noqa: SLF001 - told nowhere else
        for metric, family in zip(COUNTED, families, strict=True)
    ]
    read = [_metric(PREFIX + each.name, each.kind("x", "").type, each.labels, each.meaning) for each in READINGS]
    return METRICS_PAGE.format(
        made=made,
        counted="\n".join(counted),
        read="\n".join([*read, _metric(PREFIX + UP, "gauge", (), UP_MEANS)]),
    )


def _metric(name: str, kind: str, labels: Sequence[str], meaning: str) -> str:
    named = name if kind != "counter" or name.endswith("_total") else f"{name}_total"
    return f"| `{named}` | {kind} | {', '.join(f'`{label}`' for label in labels)} | {meaning} |"
