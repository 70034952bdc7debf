"""Printing: what a command has found, as a table for people or a line of JSON for each row, for programs."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.table import Table

Row = Mapping[str, object]
"""A row by its columns' names, as JSON has them; the table writes spaces for their underscores."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print each as a line of JSON.")


def instant(at: datetime | None) -> str | None:
    """Return an instant as RFC 3339 has it, in UTC and whole seconds."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def print_rows(rows: Sequence[Row], *, as_json: bool, none: str) -> None:
    """Print what was found, or that there is *none*: that as a sentence, and as no line of JSON."""
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
    elif rows:
        Console().print(_table(rows))
    else:
        click.echo(none)


def print_one(row: Row, *, as_json: bool) -> None:
    """Print one thing, a line for each of what is known of it."""
    if as_json:
        click.echo(json.dumps(row, ensure_ascii=False))
        return
    width = max(map(len, row))
    for name, value in row.items():
        click.echo(f"{_spaced(name):<{width}}  {_plain(value)}".rstrip())


def _table(rows: Sequence[Row]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))
    first, *others = rows[0]
    table.add_column(_spaced(first), no_wrap=True)
    for name in others:
        table.add_column(_spaced(name), overflow="fold")
    for row in rows:
        table.add_row(*(_plain(value) for value in row.values()))
    return table


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
