"""When a message that could not be delivered is tried again, and for how long. Pure."""

from datetime import datetime, timedelta

FIRST = timedelta(minutes=1)
MOST = timedelta(hours=1)
PATIENCE = timedelta(days=3)
TRIES = 10
"""As often at least: what an outage has kept for longer than that is not given up at the first busy server."""

UNSURE = 3
"""As often a message is sent whose end the server had heard when it said no more: it may have come each time."""

DEATHS = 10
"""As often a message may be in the hands of a worker that dies until it is taken for the reason."""

PAUSE = timedelta(seconds=30)
"""How long nothing is tried after nobody was there to take it."""

LEASE = timedelta(minutes=2)
"""How long a message is left to who claimed it. A turn sends for ten seconds, and the last of it takes a minute at most."""

ANSWERED = timedelta(minutes=10)
"""How long an answer is waited for once a letter was said to its end (RFC 5321, 4.5.3.2.6)."""


def next_try(attempts: int, due_at: datetime, *, now: datetime) -> datetime | None:
    """Return when a message is tried again that was tried *attempts* times; None: never."""
    if attempts >= TRIES and now - due_at >= PATIENCE:
        return None
    return now + min(FIRST * (1 << min(attempts - 1, 10)), MOST)
