"""Commands for operators: `flask --app web.app jobs …` and the demo's data."""

import json
from collections.abc import Sequence

import click
from flask import Flask
from flask.cli import AppGroup
from rich.console import Console
from rich.table import Table

from config.clock import clock
from config.settings import settings
from config.transaction import transaction
from domain.kernel import leases
from domain.kernel.actors import OPERATOR
from domain.kernel.ids import Kind, shown
from domain.kernel.jobs import Job, State
from web.booking_commands import bookings
from web.demo import EMAIL, PASSWORD, made
from web.user_commands import users

jobs = AppGroup("jobs", help="Look after the jobs that accepted requests left to be done.")


def register_commands(app: Flask) -> None:
    """Add the commands to *app*."""
    app.cli.add_command(jobs)
    app.cli.add_command(users)
    app.cli.add_command(bookings)
    app.cli.add_command(demo)


@jobs.command("list")
@click.option(
    "--state", type=click.Choice([state.value for state in State]), default=State.DEAD.value, show_default=True
)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def list_jobs(state: str, limit: int) -> None:
    """List jobs, the newest first."""
    with transaction() as session:
        rows = leases.listed(session, State(state), limit=limit)
    if rows:
        Console().print(_table(rows))
    else:
        click.echo(f"There are no {state} jobs.")


@jobs.command("retry")
@click.argument("job_ids", type=int, nargs=-1, required=True)
def retry_jobs(job_ids: tuple[int, ...]) -> None:
    """Bring dead jobs back to be tried again, with their attempts forgotten."""
    with transaction() as session:
        count = leases.retried(session, job_ids, by=OPERATOR, now=clock())
    click.echo(
        f"{count} of {len(job_ids)} brought back." if count else "None of these jobs is dead; nothing to bring back."
    )


@click.command("demo")
def demo() -> None:
    """Make the demo's user, business and services unless they are there; print their ids as JSON."""
    if settings().is_production:
        raise click.ClickException("The demo's password is known to everybody: not in production (see ENVIRONMENT).")
    click.echo(json.dumps({"email": EMAIL, "password": PASSWORD, **made()._asdict()}))


def _table(rows: Sequence[Job]) -> Table:
    table = Table(box=None)
    for name in ("id", "kind", "attempts", "about", "since"):
        table.add_column(name, no_wrap=True)
    table.add_column("last error", overflow="fold")
    for row in rows:
        table.add_row(
            str(row.id),
            row.kind,
            str(row.attempts),
            shown(Kind.BOOKING, row.ref_id) if row.kind.startswith("bookings.") else str(row.ref_id),
            f"{row.created_at:%Y-%m-%d %H:%M:%S}",
            row.last_error or "",
        )
    return table
