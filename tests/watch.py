"""A watch: what the application's clock shows, set by hand; the machine's own goes on, and tokens last by that."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest import mock


class Watch:
    """Stands for `datetime` where the clock is read, and shows what it is set to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self, _: object) -> datetime:
        """Return the time."""
        return self.at


@contextmanager
def watch(at: datetime) -> Iterator[Watch]:
    """Let the application's clock show *at*, until it is set to something else."""
    shown = Watch(at)
    with mock.patch("config.clock.datetime", shown):
        yield shown
