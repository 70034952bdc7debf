"""What a row says: our figure, the yardstick's of the same run, their ratio, and whether the goal is met."""

import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HEADING = """\
Figures of one run on one machine, which others may be using at the same time: compare the columns, not the days.
Rounds of ours and of the yardstick alternate; shown are medians, with the least and the most in parentheses.
"""
MILLI = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One measured thing; *is_met* is None where there is no goal."""

    what: str
    ours: str
    yardstick: str = ""
    ratio: float | None = None
    goal: str = ""
    is_met: bool | None = None

    def __str__(self) -> str:
        verdict = {True: "met", False: "NOT MET", None: ""}[self.is_met]
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} x"
        return f"{self.what:<44} {self.ours:<30} {self.yardstick:<38} {ratio:>8}  {self.goal:<24} {verdict}".rstrip()


def say(line: object) -> None:
    """Show a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def rounds(
    count: int, ours: Callable[[], float], yardstick: Callable[[], float]
) -> tuple[Sequence[float], Sequence[float]]:
    """Measure both in turn, *count* times; whoever begins changes, so that a drift is shared."""
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(count):
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            found[side].append((ours, yardstick)[side]())
    return found


def median(values: Sequence[float]) -> float:
    """Return the value in the middle."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that *share* (0 to 1) of the values do not pass."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))]


def spread(values: Sequence[float], unit: str) -> str:
    """Show the median, with the least and the most."""
    digits = 0 if median(values) >= 100 else 2 if median(values) < 10 else 1
    return f"{median(values):.{digits}f} {unit} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def milliseconds(seconds: Sequence[float]) -> str:
    """Show p50 and p99 of durations."""
    return f"p50 {percentile(seconds, 0.5) * MILLI:.1f} ms, p99 {percentile(seconds, 0.99) * MILLI:.1f} ms"
