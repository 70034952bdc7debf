"""One run at a time on one data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.local.terminal import Refused


@contextmanager
def only_run(run: Path) -> Iterator[Path]:
    """Hold the folder *run* for this process alone, and yield the file in which to say where we answer.

    The system lets go when we end, however we end. Raises Refused when another process holds it.
    """
    file = run / "lock"
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            where = file.read_text().strip() or "it is still starting"
            raise Refused(f"it is running already on {run.parent} ({where}): stop that one first.") from error
        os.ftruncate(descriptor, 0)  # what a killed run said
        yield file
    finally:
        os.close(descriptor)
