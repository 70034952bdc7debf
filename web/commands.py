"""Commands for operators, `flask --app web.app …`: all of them, and the one that makes the demo's data."""

import json
from collections.abc import Sequence

import click
from flask import Flask

from config.settings import settings
from web.account_commands import accounts, keys
from web.booking_commands import bookings
from web.demo import EMAIL, PASSWORD, made
from web.invariant_commands import invariants
from web.job_commands import jobs
from web.secret_commands import secrets
from web.user_commands import users
from web.webhook_commands import webhooks

COMMANDS: Sequence[click.Command] = (jobs, users, accounts, keys, bookings, webhooks, secrets, invariants)


def register_commands(app: Flask) -> None:
    """Add the commands to *app*."""
    for command in (*COMMANDS, demo):
        app.cli.add_command(command)


@click.command("demo")
def demo() -> None:
    """Make the demo's user, business and services unless they are there; print their ids as JSON."""
    if settings().is_production:
        raise click.ClickException("The demo's password is known to everybody: not in production (see ENVIRONMENT).")
    click.echo(json.dumps({"email": EMAIL, "password": PASSWORD, **made()._asdict()}))
