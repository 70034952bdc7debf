"""`/metrics`: what is worth being woken for, and what explains it, in Prometheus' text format."""

from collections.abc import Sequence
from hmac import compare_digest

from flask import Blueprint, Response
from prometheus_client.core import Metric

from config.clock import clock
from config.logging import log
from config.metrics import CONTENT_TYPE_LATEST, exposition
from config.settings import settings
from config.transaction import AWAY, hurried
from web import readings
from web.auth import public
from web.bearers import token_shown
from web.limits import unlimited
from web.problems import Refusal

LONGEST = 2000
"""Milliseconds for a statement: whoever scrapes waits ten seconds at most, and is to learn that the database is slow."""

metrics = Blueprint("metrics", __name__)


@metrics.get("/metrics")
@public
@unlimited
def show_metrics() -> Response:
    """Show the metrics to whoever has METRICS_TOKEN; without that setting, to nobody in production."""
    if not _may_see():
        raise Refusal("not_found")
    return Response(exposition(_read()), content_type=CONTENT_TYPE_LATEST)


def _may_see() -> bool:
    token = settings().metrics_token
    if token is None:
        return not settings().is_production
    return compare_digest((token_shown() or "").encode(), token.get_secret_value().encode())


def _read() -> Sequence[Metric]:
    """Return what can be read, and whether that is all: what is counted here is told even without a database."""
    found: list[Metric] = []
    try:
        with hurried(LONGEST) as session:
            found.extend(readings.taken(session, clock()))
    except AWAY as error:
        log.warning("metrics_unread", error=str(error))
        return [*found, readings.database(is_up=False)]
    return [*found, readings.database(is_up=True)]
