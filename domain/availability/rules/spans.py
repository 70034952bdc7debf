"""Arithmetic of half-open spans of instants."""

from collections.abc import Iterable, Sequence
from operator import itemgetter

Span = tuple[int, int]


def overlap(one: Span, other: Span) -> bool:
    """Say whether two non-empty spans share an instant; touching is free."""
    return one[0] < other[1] and other[0] < one[1]


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join spans that overlap or touch, drop the empty ones, ascending."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


def intersection(some: Sequence[Span], others: Sequence[Span]) -> tuple[Span, ...]:
    """Keep what lies in both of two merged sequences."""
    kept: list[Span] = []
    left, right = 0, 0
    while left < len(some) and right < len(others):
        start, end = max(some[left][0], others[right][0]), min(some[left][1], others[right][1])
        if start < end:
            kept.append((start, end))
        if some[left][1] < others[right][1]:
            left += 1
        else:
            right += 1
    return tuple(kept)


def outside(some: Sequence[Span], others: Sequence[Span]) -> tuple[Span, ...]:
    """Keep what lies in the first of two merged sequences, but not in the other."""
    if not some:
        return ()
    begins, ends = map(itemgetter(0), others), map(itemgetter(1), others)
    gaps = zip([some[0][0], *ends], [*begins, some[-1][1]], strict=True)
    return intersection(some, merged(gaps))
