"""Beat's ticks: short, safe to repeat, and harmless when two beats run."""

from config.clock import clock
from config.transaction import retried, transaction
from domain.accounts import service as accounts
from domain.bookings import service as bookings
from domain.kernel import heartbeats, idempotency, leases
from workers.relay import sweep


def relay() -> None:
    """Publish lapsed jobs, in case no worker's own relay does."""
    sweep()


def heartbeat() -> None:
    """Show that beat ticks and that a worker answers."""
    with transaction() as session:
        heartbeats.beat(session, "beat", now=clock())


def expire_holds() -> None:
    """End lapsed holds."""
    retried(lambda session: bookings.expire_holds(session, now=clock()))


def purge() -> None:
    """Delete what has outlived its use."""
    now = clock()
    with transaction() as session:
        idempotency.purged(session, now=now)
        leases.purged(session, now=now)
        accounts.purge(session, now=now)
