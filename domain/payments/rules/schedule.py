"""When a payment or a refund is looked up at its provider next, whatever webhooks say. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from domain.payments.rules.states import RefundState, State

FIRST = timedelta(minutes=1)
MOST = timedelta(hours=6)
SENDING = timedelta(seconds=5)
AWAITED = timedelta(hours=1)
PAGE_OPEN = [timedelta(hours=1), timedelta(days=1), timedelta(days=7)]
"""Whoever has a page open may still pay there."""

LATER: Mapping[State, Sequence[timedelta]] = {
    # Disputes come for months, and a webhook may have been lost.
    State.SUCCEEDED: [timedelta(days=each) for each in (1, 7, 30, 60, 120, 180)],
    State.CANCELED: PAGE_OPEN,
    State.FAILED: PAGE_OPEN,
}
"""When what has ended is looked at once more, from its end on: webhooks and failures in between use none of these up."""

SENT_BACK = [timedelta(days=7), timedelta(days=30)]
"""A bank that sends a refund back takes days or weeks."""


def next_look(state: State, looks: int, *, since: datetime, now: datetime) -> datetime | None:
    """Return when a payment is looked at next; None: no more.

    It is in this state since *since*, and was looked at there *looks* times.
    """
    if state in LATER:
        return _first_after(now, since, LATER[state])
    return None if state is State.REVIEW else now + backoff(looks)


def next_refund_look(state: RefundState, looks: int, *, since: datetime, now: datetime) -> datetime | None:
    """Return when a refund is looked at next; None: no more. One that needs a person may move without us."""
    if state is RefundState.SUCCEEDED:
        return _first_after(now, since, SENT_BACK)
    return None if state is RefundState.FAILED else now + backoff(looks)


def _first_after(now: datetime, since: datetime, later: Sequence[timedelta]) -> datetime | None:
    return next((since + each for each in later if since + each > now), None)


def next_try(tries: int, *, since: datetime, now: datetime) -> datetime:
    """Return when a call is made again whose answer was lost, or that was not let through; wanted *since* then.

    For an hour somebody may be waiting for it.
    """
    most = FIRST if now - since < AWAITED else MOST
    return now + min(SENDING * (1 << min(tries, 20)), most)


def backoff(looks: int) -> timedelta:
    """Return how long is waited after the *looks*th look without news: twice as long each time."""
    return min(FIRST * (1 << min(looks, 20)), MOST)
