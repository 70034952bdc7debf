"""Commands for operators, `flask --app web.app …`: all of them, and the one that makes the demo's data."""

import json
from collections.abc import Sequence
from datetime import datetime

import click
from flask import Flask

from config.clock import clock
from config.settings import settings
from config.transaction import Session, transaction
from domain.accounts import service as account_service
from domain.accounts.rules import Registration, password_hash
from domain.catalog import service as catalog
from domain.catalog.rules import NewBusiness, NewService
from domain.catalog.tables import Business, Service
from domain.kernel.ids import Kind, shown
from domain.kernel.money import Money
from web.account_commands import accounts, keys
from web.booking_commands import bookings
from web.invariant_commands import invariants
from web.job_commands import jobs
from web.user_commands import users
from web.webhook_commands import webhooks

DEMO_EMAIL = "demo@example.com"
DEMO_PASSWORD = "demo-password"  # noqa: S105 - printed at every start, and only ever made outside of production
DEMO_SLUG = "demo-salon"

COMMANDS: Sequence[click.Command] = (jobs, users, accounts, keys, bookings, webhooks, invariants)


def register_commands(app: Flask) -> None:
    """Add the commands to *app*."""
    for command in (*COMMANDS, demo):
        app.cli.add_command(command)


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
    if account_service.credentials(session, DEMO_EMAIL) is None:
        return None
    business = catalog.business_of(session, DEMO_SLUG)
    services = catalog.list_services(session, business.id, after=None, limit=1)
    return business, services[0].service


def _new_demo(hashed: str, now: datetime) -> tuple[Business, Service]:
    cut = NewService(name="Haircut", duration_minutes=30, price=Money(450_000, "NGN"), payment_required=False)
    yoga = NewService(name="Yoga class", duration_minutes=60, capacity=12)
    new = NewBusiness(name="Demo Salon", slug=DEMO_SLUG, timezone="Africa/Lagos", currency="NGN", city="Lagos")
    with transaction() as session:
        grant = account_service.register(
            session, Registration(email=DEMO_EMAIL, password_hash=hashed, name="Demo"), now=now
        )
        owner = account_service.principal(session, grant.claims, now=now)
        business = catalog.create_business(session, new, caller=owner, now=now)
        owner = account_service.principal(session, grant.claims, now=now)  # who has become a member
        service = catalog.create_service(session, business.id, cut, caller=owner, now=now).service
    with transaction() as session:  # each takes the lane, and a transaction takes it once
        catalog.create_service(session, business.id, yoga, caller=owner, now=now)
    return business, service
