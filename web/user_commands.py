"""Commands about users, for operators: `flask --app web.app users …`."""

import click

from config.clock import clock
from config.transaction import transaction
from domain.accounts import service as accounts
from domain.accounts.queries.users import Listed
from domain.accounts.rules import Plan
from domain.kernel.actors import OPERATOR
from domain.kernel.errors import NotFound
from web.command_group import Commands
from web.printing import Row, as_json, instant, print_rows

users = Commands("users", help="See who has registered, make operators, and put accounts on a plan.")


@users.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@as_json
def list_users(limit: int, *, as_json: bool) -> None:
    """List users, the newest first."""
    with transaction() as session:
        rows = accounts.list_users(session, limit=limit)
    print_rows([_row(row) for row in rows], as_json=as_json, none="Nobody has registered.")


@users.command("operator")
@click.argument("email")
@click.option("--revoke", is_flag=True, help="Let them be an operator no more.")
def operator(email: str, *, revoke: bool) -> None:
    """Let a user see the system's pages, /api/system."""
    try:
        with transaction() as session:
            change = accounts.dismiss_operator if revoke else accounts.make_operator
            change(session, email, by=OPERATOR, now=clock())
    except NotFound:
        raise _unknown(email) from None
    click.echo(f"{email} is {'no operator any more' if revoke else 'an operator'}.")


@users.command("plan")
@click.argument("email")
@click.argument("plan", type=click.Choice([plan.value for plan in Plan]))
def plan(email: str, plan: str) -> None:
    """Put the account of a user on another plan."""
    try:
        with transaction() as session:
            accounts.change_plan(session, email, Plan(plan), by=OPERATOR, now=clock())
    except NotFound:
        raise _unknown(email) from None
    click.echo(f"The account of {email} is on the {plan} plan.")


def _row(row: Listed) -> Row:
    return {
        "email": row.email,
        "name": row.name,
        "plan": row.plan,
        "operator": row.is_operator,
        "since": instant(row.created_at),
    }


def _unknown(email: str) -> click.ClickException:
    return click.ClickException(f"Nobody has registered with {email}.")
