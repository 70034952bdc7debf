"""What script/server says, and the one sentence with which it gives up."""

import os
import sys
from pathlib import Path

TAIL_BYTES = 64 * 1024


class Refused(Exception):
    """We cannot go on; the message is the whole sentence that a person needs."""


def say(line: str) -> None:
    """Print *line* at once, also into a pipe. Once nobody reads it, go on in silence."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(sentence: str) -> None:
    """Print *sentence* on stderr, under the name that a person typed."""
    print(f"script/server: {sentence}", file=sys.stderr, flush=True)


def tail(log: Path, lines: int = 15) -> str:
    """Return the last *lines* of *log*, indented; empty when there is none."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL_BYTES))
        text = file.read().decode(errors="replace")
    return "\n".join(f"  {line}" for line in text.splitlines()[-lines:])
