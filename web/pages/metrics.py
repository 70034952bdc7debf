"""`/metrics`: what is worth being woken for, in Prometheus' text format."""

from collections.abc import Iterable, Mapping, Sequence
from hmac import compare_digest

from flask import Blueprint, Response, request
from prometheus_client.core import GaugeMetricFamily

from config.metrics import CONTENT_TYPE_LATEST, exposition
from config.settings import settings
from config.transaction import reading
from domain.payments import service as payments
from domain.payments.tables import MoneyCheck
from web.auth import public
from web.problems import Refusal

metrics = Blueprint("metrics", __name__)


@metrics.get("/metrics")
@public
def show_metrics() -> Response:
    """Show the metrics to whoever has METRICS_TOKEN; without that setting, to nobody in production."""
    if not _may_see():
        raise Refusal("not_found")
    with reading() as session:
        found = [*_money(payments.last_checks(session)), _left(payments.left_to_somebody(session))]
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
