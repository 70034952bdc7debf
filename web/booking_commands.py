"""Commands about bookings, for operators: `flask --app web.app bookings …`."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfoNotFoundError

import click
from rich.console import Console
from rich.table import Table

from config.clock import clock
from config.transaction import Session, reading
from domain.bookings.service import moved_clocks
from domain.bookings.service.moved_clocks import Group, MovedClock, Survey
from domain.kernel.errors import NotFound
from web.command_group import UNKNOWN, Commands, Failed
from web.moved_clocks import COLUMNS, line, obstacles, row

LISTED = 1
"""How a check exits that lists something, and one that cannot tell."""

UNBROKEN = {"booking", "shift"}
DATES = {"told": len("2026-03-15"), "clocks show": len("2026-03-15")}

bookings = Commands("bookings", help="Look after the bookings to come.")


@bookings.command("check-timezones")
@click.option("--business", metavar="SLUG_OR_ID", help="Check the bookings of one business only.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Rows of each table.")
@click.option("--json", "as_json", is_flag=True, help="Print each as a line of JSON, and all of them.")
def check_timezones(business: str | None, limit: int, *, as_json: bool) -> None:
    """List what is to come and is, by the installed tz database, not at the wall time that was told.

    Says for each what keeping the wall time would mean; changes nothing. Exits with 0 when nothing is listed, 1 when
    something is, 2 when it could not be found out.
    """
    now = clock()
    try:
        with reading() as session:
            one = moved_clocks.business_to_check(session, business) if business is not None else None
            found = moved_clocks.survey(session, one, now=now)
            counts = _print_lines(session, found, now) if as_json else _print_tables(session, found, limit, now)
    except NotFound:
        raise Failed(f"There is no business {business}.") from None
    except ZoneInfoNotFoundError as error:  # of a business, or of somebody's hours
        raise Failed(f"The installed tz database lacks a zone that hours are in: {error.args[0]}.") from None
    for zone, count in found.unknown.items():
        click.echo(f"The installed tz database has no {zone}: {count:,} to come could not be checked.", err=True)
    if counts or found.unknown:
        click.get_current_context().exit(LISTED if counts else UNKNOWN)


def _print_lines(session: Session, found: Survey, now: datetime) -> Counter[str]:
    counts: Counter[str] = Counter()
    for group in found.groups:
        for each in _counted(session, group, counts, now):
            click.echo(json.dumps(line(each, now=now)))
    return counts


def _print_tables(session: Session, found: Survey, limit: int, now: datetime) -> Counter[str]:
    console = Console()
    counts: Counter[str] = Counter()
    for group in found.groups:
        table, before = _table(), counts["listed"]
        for each in _counted(session, group, counts, now):
            if table.row_count < limit:
                table.add_row(*row(each, now=now))
        if (listed := counts["listed"] - before) == 0:
            continue  # cancelled since the survey
        console.print(f"{group.business.slug}, {group.timezone}: {listed:,}", markup=False, highlight=False)
        console.print(table)
        if listed > limit:
            click.echo(f"and {listed - limit:,} more; --json lists all")
        click.echo()
    click.echo(_summary(found, counts))
    return counts


def _counted(session: Session, group: Group, counts: Counter[str], now: datetime) -> Iterator[MovedClock]:
    for each in moved_clocks.of_group(session, group, now=now):
        counts["listed"] += 1
        counts.update(obstacles(each, now=now).keys())
        yield each


def _table() -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))  # so that eighty columns are enough
    for name in COLUMNS:
        table.add_column(name, overflow="fold", no_wrap=name in UNBROKEN, min_width=DATES.get(name))
    return table


def _summary(found: Survey, counts: Counter[str]) -> str:
    checked = f"Checked: {found.checked:,} to come, written with another tz database than {found.installed}."
    if not counts:
        return f"{checked} All are at the wall time that was told."
    against = ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items()) if name != "listed")
    return (
        f"{checked} Not at the wall time that was told: {counts['listed']:,}.\n"
        f"If all of these were moved to it: {against or 'nothing is in the way'}."
    )
