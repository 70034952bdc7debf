"""`/metrics`: what is worth being woken for, in Prometheus' text format."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hmac import compare_digest

from flask import Blueprint, Response, request
from prometheus_client.core import GaugeMetricFamily

from config.clock import clock
from config.metrics import CONTENT_TYPE_LATEST, exposition
from config.settings import settings
from config.transaction import Session, reading
from domain.kernel import tails
from domain.notifications import service as notifications
from domain.payments import service as payments
from domain.payments.tables import MoneyCheck
from domain.webhooks import service as webhooks
from web.auth import public
from web.limits import unlimited
from web.problems import Refusal

metrics = Blueprint("metrics", __name__)


@metrics.get("/metrics")
@public
@unlimited
def show_metrics() -> Response:
    """Show the metrics to whoever has METRICS_TOKEN; without that setting, to nobody in production."""
    if not _may_see():
        raise Refusal("not_found")
    with reading() as session:
        found = [*_money(payments.last_checks(session)), _left(payments.left_to_somebody(session)), _waits(session)]
    return Response(exposition(found), content_type=CONTENT_TYPE_LATEST)


def _may_see() -> bool:
    token = settings().metrics_token
    if token is None:
        return settings().environment != "production"
    asked = request.headers.get("Authorization", "").encode()
    return compare_digest(asked, f"Bearer {token.get_secret_value()}".encode())


def _left(counts: Mapping[str, int]) -> GaugeMetricFamily:
    left = GaugeMetricFamily(
        "aionbooking_money_left_to_somebody", "Payments and refunds that a person has to decide about", labels=["state"]
    )
    for state, count in counts.items():
        left.add_metric([state], count)
    return left


def _waits(session: Session) -> GaugeMetricFamily:
    """Return how long what has waited longest has: a message, a webhook of ours, an event for who follows them."""
    now = clock()
    since: dict[str, datetime | None] = {
        "messages": notifications.waiting_since(session, now=now),
        "webhooks": webhooks.waiting_since(session, now=now),
        **dict.fromkeys(("events_for_messages", "events_for_webhooks")),
    }
    names = {"notifications": "events_for_messages", "webhooks": "events_for_webhooks"}
    since |= {names.get(name, name): at for name, at in tails.unfollowed(session).items()}
    waits = GaugeMetricFamily(
        "aionbooking_waiting_seconds", "For how long what waits longest has waited", labels=["what"]
    )
    for what, at in since.items():
        waits.add_metric([what], max((now - at).total_seconds(), 0) if at else 0)
    return waits


def _money(checks: Sequence[MoneyCheck]) -> Iterable[GaugeMetricFamily]:
    differences = GaugeMetricFamily(
        "aionbooking_money_differences", "Rows of money that are not as they should be; must be 0", labels=["check"]
    )
    checked = GaugeMetricFamily(
        "aionbooking_money_checked_timestamp_seconds", "When money was last checked", labels=["check"]
    )
    for each in checks:
        differences.add_metric([each.name], each.differences)
        checked.add_metric([each.name], each.checked_at.timestamp())
    return [differences, checked]
