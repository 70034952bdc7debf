"""Commands about webhooks' endpoints, for operators: `flask --app web.app webhooks …`."""

import click
from flask.cli import AppGroup

from config.transaction import reading
from domain.kernel.ids import Kind, shown
from domain.webhooks.rules.urls import host_of
from domain.webhooks.service import operators
from domain.webhooks.tables import WebhookEndpoint
from web.printing import Row, as_json, instant, print_rows

webhooks = AppGroup("webhooks", help="See which endpoints do not take what is sent to them.")


@webhooks.command("list")
@click.option("--state", type=click.Choice(["failing", "disabled"]), help="Only those; else all that are not deleted.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@as_json
def list_endpoints(state: str | None, limit: int, *, as_json: bool) -> None:
    """List endpoints, the newest first. Only the host of a URL is shown: the rest may hold a secret."""
    with reading() as session:
        rows = operators.endpoints(session, state, limit=limit)
    print_rows([_row(each) for each in rows], as_json=as_json, none="There are no such endpoints.")


def _row(endpoint: WebhookEndpoint) -> Row:
    return {
        "id": shown(Kind.WEBHOOK_ENDPOINT, endpoint.id),
        "business": shown(Kind.BUSINESS, endpoint.business_id),
        "host": host_of(endpoint.url),
        "state": endpoint.state,
        "why": endpoint.disabled_reason,
        "failing_since": instant(endpoint.failing_since),
    }
