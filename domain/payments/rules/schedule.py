"""When a payment or a refund is looked up at its provider next, whatever webhooks say. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from domain.payments.rules.states import RefundState, State

FIRST = timedelta(minutes=1)
MOST = timedelta(hours=6)
SENDING = timedelta(seconds=5)
LATER: Mapping[State, Sequence[timedelta]] = {
    # Disputes come for months, and a webhook may have been lost.
    State.SUCCEEDED: [timedelta(days=each) for each in (1, 7, 30, 60, 120)],
    # Whoever has a page open may still pay there.
    State.CANCELED: [timedelta(hours=1), timedelta(days=1)],
}


def next_look(state: State, looks: int, *, now: datetime) -> datetime | None:
    """Return when a payment is looked at next that has been looked at *looks* times in this state; None: no more."""
    if state in LATER:
        later = LATER[state]
        return now + later[looks] if looks < len(later) else None
    if state in {State.FAILED, State.REVIEW}:
        return None
    return now + backoff(looks)


def next_refund_look(state: RefundState, looks: int, *, now: datetime) -> datetime | None:
    """Return when a refund is looked at next; None: no more. One that needs a person may move without us."""
    if state is RefundState.SUCCEEDED:
        later = LATER[State.SUCCEEDED][1:3]  # a bank that sends it back takes days or weeks
        return now + later[looks] if looks < len(later) else None
    return None if state is RefundState.FAILED else now + backoff(looks)


def next_try(tries: int, *, now: datetime) -> datetime:
    """Return when a call is made again whose answer was lost, or that was not let through."""
    return now + min(SENDING * (1 << min(tries, 20)), MOST)


def backoff(looks: int) -> timedelta:
    """Return how long is waited after the *looks*th look without news: twice as long each time."""
    return min(FIRST * (1 << min(looks, 20)), MOST)
