"""Periods: what was made from some moment until before another, found by an index of ids, since these rise with time."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement

from domain.kernel.ids import first_id

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
APART = timedelta(hours=1)
"""How far what a row's id tells of its time may be from its `created_at`: who makes it may wait, and by another clock."""


class Period(NamedTuple):
    """From *since* until before *until*; None: there is no such end."""

    since: datetime | None = None
    until: datetime | None = None


ALWAYS = Period()


def within(period: Period, at: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 - a column
    """Say of instants *at* that they lie in a period."""
    said = [] if period.since is None else [at >= period.since]
    return said if period.until is None else [*said, at < period.until]


def identified_within(period: Period, ids: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 - a column
    """Say of *ids* that they were made in a period, or not long before or after it."""
    said = [] if period.since is None else [ids >= first_id(max(period.since - APART, EPOCH))]
    return said if period.until is None else [*said, ids < first_id(period.until + APART)]


def made_within(period: Period, at: Any, ids: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 - columns
    """Say of rows that they were made *at* an instant in a period; an index of their *ids* leads to them."""
    return [*within(period, at), *identified_within(period, ids)]
