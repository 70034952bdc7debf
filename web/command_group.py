"""What the groups of operators' commands have in common."""

from typing import Any

import click
from flask.cli import AppGroup

from config.transaction import AWAY

UNKNOWN = 2
"""How a command exits when it could not ask."""


class Failed(click.ClickException):
    """What was asked for could not be found out."""

    exit_code = UNKNOWN


class Commands(AppGroup):
    """A group of commands, each of which says in a line that the database cannot be asked, and exits with `UNKNOWN`."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click has it
        """Do what a command does."""
        try:
            return super().invoke(ctx)
        except AWAY as error:
            raise Failed(f"The database cannot be asked: {error}") from error
