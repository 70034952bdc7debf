"""Measure what the design promises: ``python -m tests.bench [ROW ...] [--long]``. It measures; it does not judge."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from tests.bench import allocation, engine, growth, latency, limiting, memory, month, posting, reading, rush
from tests.bench.report import HEADING, Line, say
from tests.bench.world import World, world

ROWS: Mapping[str, Callable[[World], Iterator[Line]]] = {
    "engine": engine.measure,
    "allocation": allocation.measure,
    "posting": posting.measure,
    "rush": rush.measure,
    "latency": latency.measure,
    "availability": month.measure,
    "reading": reading.measure,
    "limits": limiting.measure,
    "memory": memory.measure,
    "growth": growth.measure,
}
LONG = 4


def main(words: Sequence[str]) -> None:
    """Print the lines of the rows that were named, or of all. Whatever goes wrong is raised, and ends the run."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument(
        "--long", action="store_const", const=LONG, default=1, dest="size", help="more and longer rounds"
    )
    asked = parser.parse_args(words)
    unknown = set(asked.rows) - ROWS.keys()
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    say(f"{HEADING}{os.cpu_count()} cores, load before the run {os.getloadavg()[0]:.1f}\n")
    begun = time.monotonic()
    with world(asked.size) as found:
        for name in asked.rows or ROWS:
            for line in ROWS[name](found):
                say(line)
    say(f"\nin {time.monotonic() - begun:.0f} s, load after it {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
