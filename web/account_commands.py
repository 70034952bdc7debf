"""Commands about accounts and their keys, for operators: `flask --app web.app accounts …` and `keys …`."""

import click

from config.clock import clock
from config.transaction import reading, transaction
from domain.accounts.queries.operators import KeyListed, Owned
from domain.accounts.service import operators
from domain.bookings.service import usage
from domain.kernel.actors import OPERATOR
from domain.kernel.errors import NotFound
from domain.kernel.ids import Kind, parsed, shown
from web.command_group import Commands
from web.printing import Row, as_json, instant, print_one, print_rows

accounts = Commands("accounts", help="See which accounts there are, and what they have and do.")
keys = Commands("keys", help="See which API keys work, and end one that has leaked.")
limited = click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)


@accounts.command("list")
@limited
@as_json
def list_accounts(limit: int, *, as_json: bool) -> None:
    """List accounts, the newest first, with whose they are, their plan, and how many businesses they have."""
    with reading() as session:
        rows = operators.accounts(session, limit=limit)
        counts = usage.businesses(session, [row.id for row in rows])
    print_rows(
        [{**_account(row), "businesses": counts.get(row.id, 0)} for row in rows],
        as_json=as_json,
        none="Nobody has registered.",
    )


@accounts.command("show")
@click.argument("email")
@as_json
def show_account(email: str, *, as_json: bool) -> None:
    """Show the account of a user: its plan, its businesses, its keys, and how much is booked there."""
    now = clock()
    try:
        with reading() as session:
            row = operators.account(session, email)
            used = usage.usage(session, row.id, now=now)
            working = operators.keys(session, email, limit=1000, now=now)
    except NotFound:
        raise _unknown(email) from None
    more = {
        "businesses": [each.slug for each in used.businesses],
        "keys": [shown(Kind.API_KEY, each.id) for each in working],
        "bookings_in_30_days": used.bookings,
    }
    print_one({**_account(row), **more}, as_json=as_json)


@keys.command("list")
@click.option("--email", help="Only those of the account of this user.")
@limited
@as_json
def list_keys(email: str | None, limit: int, *, as_json: bool) -> None:
    """List the API keys that work, the newest first. Keys themselves are not kept: an id is what `revoke` takes."""
    try:
        with reading() as session:
            rows = operators.keys(session, email, limit=limit, now=clock())
    except NotFound:
        raise _unknown(str(email)) from None
    print_rows([_key(row) for row in rows], as_json=as_json, none="There are no API keys that work.")


@keys.command("revoke")
@click.argument("key_id")
@as_json
def revoke_key(key_id: str, *, as_json: bool) -> None:
    """End an API key, whoever has it, and the tokens that were got for it, at once.

    KEY_ID is its id, `key_…`; of a key that was found somewhere, all up to its second underscore.
    """
    named = parsed(Kind.API_KEY, key_id)
    if named is None:
        raise _no_key()
    try:
        with transaction() as session:
            is_ended = operators.end_key(session, named, by=OPERATOR, now=clock())
    except NotFound:
        raise _no_key() from None
    if as_json:
        print_one({"id": key_id, "revoked": is_ended}, as_json=True)
    else:
        click.echo(f"{key_id} is revoked." if is_ended else f"{key_id} had ended before.")


def _account(row: Owned) -> Row:
    return {
        "email": row.email,
        "name": row.name,
        "account": shown(Kind.ACCOUNT, row.id),
        "plan": row.plan,
        "since": instant(row.created_at),
    }


def _key(row: KeyListed) -> Row:
    return {
        "id": shown(Kind.API_KEY, row.id),
        "name": row.name,
        "email": row.email,
        "since": instant(row.created_at),
        "last_used": instant(row.last_used_at),
        "ends": instant(row.expires_at),
    }


def _no_key() -> click.ClickException:
    # What was given is not repeated: it may be the key itself.
    return click.ClickException("There is no API key of that id.")


def _unknown(email: str) -> click.ClickException:
    return click.ClickException(f"Nobody has registered with {email}.")
