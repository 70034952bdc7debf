"""The command that checks what must hold: `flask --app web.app invariants`."""

import json
from collections.abc import Sequence

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from config.transaction import AWAY, transaction
from domain.bookings.service import Finding
from domain.payments import service as payments
from web.printing import print_rows
from web.schemas.system import CheckView

BROKEN, UNKNOWN = 1, 2
"""How it exits when something does not hold, and when that could not be found out."""


@click.command("invariants")
@click.option("--json", "as_json", is_flag=True, help="Print each check as a line of JSON.")
def invariants(*, as_json: bool) -> None:
    """Check on the live data that what must hold does; it locks nothing, but reads every booking and every payment.

    Exits with 0 when all holds, 1 when something does not, 2 when it could not be found out.
    """
    try:
        findings = _found()
    except AWAY as error:
        click.echo(f"Error: The database cannot be asked: {error}", err=True)
        click.get_current_context().exit(UNKNOWN)
    broken = [each for each in findings if each.count]
    if as_json:
        for each in findings:
            click.echo(json.dumps(CheckView.of(each).dump()))
    else:
        print_rows([_row(each) for each in findings], as_json=False, none="")
        click.echo(f"{len(broken)} of {len(findings)} do not hold." if broken else f"All {len(findings)} hold.")
    if broken:
        click.get_current_context().exit(BROKEN)


def _found() -> Sequence[Finding]:
    """Check one after the other, on one snapshot, and show on a terminal how far that is."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with transaction() as session, bar as progress:
        checks = payments.checks(session)
        task = progress.add_task("checking", total=len(checks))
        findings = []
        for name, check in checks.items():
            progress.update(task, description=name)
            findings.append(check())
            progress.advance(task)
    return findings


def _row(finding: Finding) -> dict[str, object]:
    told = CheckView.of(finding)
    return {
        "check": told.name,
        "holds": "yes" if told.count == 0 else "NO",
        "broken_by": told.count,
        "for_example": told.examples,
    }
