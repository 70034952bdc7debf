"""Commands about webhooks' endpoints, for operators: `flask --app web.app webhooks …`."""

import click

from config.clock import clock
from config.transaction import reading, retried
from domain.kernel.actors import OPERATOR
from domain.kernel.errors import NotFound
from domain.kernel.ids import Kind, parsed, shown
from domain.webhooks.rules.errors import EndpointClearing
from domain.webhooks.rules.urls import host_of
from domain.webhooks.service import operators
from domain.webhooks.tables import WebhookEndpoint
from web.command_group import Commands
from web.printing import Row, as_json, instant, print_one, print_rows

webhooks = Commands("webhooks", help="See which endpoints do not take what is sent to them, and have them tried again.")


@webhooks.command("list")
@click.option("--state", type=click.Choice(["failing", "disabled"]), help="Only those; else all that are not deleted.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@as_json
def list_endpoints(state: str | None, limit: int, *, as_json: bool) -> None:
    """List endpoints, the newest first. Only the host of a URL is shown: the rest may hold a secret."""
    with reading() as session:
        rows = operators.endpoints(session, state, limit=limit)
    print_rows([_row(each) for each in rows], as_json=as_json, none="There are no such endpoints.")


@webhooks.command("enable")
@click.argument("endpoint")
@as_json
def enable_endpoint(endpoint: str, *, as_json: bool) -> None:
    """Send to a disabled endpoint again, from now on: for an owner whose server was away and is there again.

    ENDPOINT is its id, `whe_…`. What happened meanwhile its owner can have replayed.
    """
    named = parsed(Kind.WEBHOOK_ENDPOINT, endpoint)
    if named is None:
        raise _no_endpoint()
    try:
        is_enabled = retried(lambda session: operators.enable(session, named, by=OPERATOR, now=clock()))
    except NotFound:
        raise _no_endpoint() from None
    except EndpointClearing as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        print_one({"id": endpoint, "enabled": is_enabled}, as_json=True)
    elif is_enabled:
        click.echo(f"{endpoint} is enabled: what happens from now on is sent there.")
    else:
        click.echo(f"{endpoint} was enabled already.")


def _no_endpoint() -> click.ClickException:
    return click.ClickException("There is no such webhook endpoint.")


def _row(endpoint: WebhookEndpoint) -> Row:
    return {
        "id": shown(Kind.WEBHOOK_ENDPOINT, endpoint.id),
        "business": shown(Kind.BUSINESS, endpoint.business_id),
        "host": host_of(endpoint.url),
        "state": endpoint.state,
        "why": endpoint.disabled_reason,
        "failing_since": instant(endpoint.failing_since),
    }
