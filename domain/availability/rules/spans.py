"""Arithmetic of half-open spans of instants."""

from collections.abc import Iterable, Sequence

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
