"""What a program and all its children have used so far: CPU seconds and memory, as the kernel counts them (Linux)."""

import os
from collections.abc import Iterable, Sequence

from config.local.processes import PROC, living

TICKS = os.sysconf("SC_CLK_TCK")
UTIME, STIME = 11, 12  # fields after the closing parenthesis of the name
KILO = 1024


def group(leader: int) -> Sequence[int]:
    """Return the living processes of a group."""
    return [each.pid for each in living() if each.group == leader]


def cpu_seconds(leader: int) -> float:
    """Return the CPU that the living processes of a group have used, to the clock's tick."""
    return sum(_ticks(pid) for pid in group(leader)) / TICKS


def megabytes(leaders: Iterable[int]) -> float:
    """Return the proportional set size of groups: what they share is counted once among those who share it."""
    return sum(_pss(pid) for leader in leaders for pid in group(leader)) / KILO


def _ticks(pid: int) -> int:
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return int(fields[UTIME]) + int(fields[STIME])


def _pss(pid: int) -> int:
    lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
