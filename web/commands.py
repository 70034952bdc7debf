"""Commands for operators: `flask --app web.app jobs …` and the demo's data."""

import json
from collections.abc import Sequence
from datetime import datetime

import click
from flask import Flask
from flask.cli import AppGroup
from rich.console import Console
from rich.table import Table

from config.clock import clock
from config.settings import settings
from config.transaction import Session, transaction
from domain.accounts import service as accounts
from domain.accounts.rules import Registration, password_hash
from domain.catalog import service as catalog
from domain.catalog.rules import NewBusiness, NewService
from domain.catalog.tables import Business, Service
from domain.kernel import leases
from domain.kernel.actors import OPERATOR
from domain.kernel.ids import Kind, shown
from domain.kernel.jobs import Job, State
from domain.kernel.money import Money
from web.booking_commands import bookings
from web.user_commands import users

DEMO_EMAIL = "demo@example.com"
DEMO_PASSWORD = "demo-password"  # noqa: S105 - printed at every start, and only ever made outside of production
DEMO_SLUG = "demo-salon"

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
    if settings().environment == "production":
        raise click.ClickException("The demo's password is known to everybody: not in production (see ENVIRONMENT).")
    hashed = password_hash(DEMO_PASSWORD)
    with transaction() as session:
        known = _known_demo(session)
    business, service = known or _new_demo(hashed, clock())
    found = {
        "email": DEMO_EMAIL,
        "password": DEMO_PASSWORD,
        "business_id": shown(Kind.BUSINESS, business.id),
        "service_id": shown(Kind.SERVICE, service.id),
    }
    click.echo(json.dumps(found))


def _known_demo(session: Session) -> tuple[Business, Service] | None:
    if accounts.credentials(session, DEMO_EMAIL) is None:
        return None
    business = catalog.business_of(session, DEMO_SLUG)
    services = catalog.list_services(session, business.id, after=None, limit=1)
    return business, services[0].service


def _new_demo(hashed: str, now: datetime) -> tuple[Business, Service]:
    cut = NewService(name="Haircut", duration_minutes=30, price=Money(450_000, "NGN"), payment_required=False)
    yoga = NewService(name="Yoga class", duration_minutes=60, capacity=12)
    new = NewBusiness(name="Demo Salon", slug=DEMO_SLUG, timezone="Africa/Lagos", currency="NGN", city="Lagos")
    with transaction() as session:
        grant = accounts.register(session, Registration(email=DEMO_EMAIL, password_hash=hashed, name="Demo"), now=now)
        owner = accounts.principal(session, grant.claims, now=now)
        business = catalog.create_business(session, new, caller=owner, now=now)
        owner = accounts.principal(session, grant.claims, now=now)  # who has become a member
        service = catalog.create_service(session, business.id, cut, caller=owner, now=now).service
    with transaction() as session:  # each takes the lane, and a transaction takes it once
        catalog.create_service(session, business.id, yoga, caller=owner, now=now)
    return business, service


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
