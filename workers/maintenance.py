"""Beat's ticks: short, safe to repeat, and harmless when two beats run."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from config.clock import clock
from config.logging import log
from config.settings import settings
from config.transaction import Collision, Session, StatementTooSlow, retried, transaction
from domain.accounts import service as accounts
from domain.bookings import service as bookings
from domain.kernel import audit, backlog, heartbeats, idempotency, leases
from domain.kernel import stock as kept_stock
from domain.kernel.ids import shown
from domain.kernel.stock import Counts
from domain.notifications import service as message_service
from domain.notifications.service import stock as of_messages
from domain.payments import service as payments
from domain.payments.service import stock as of_money
from domain.webhooks import service as webhook_service
from domain.webhooks.service import stock as of_webhooks
from workers import notifications, webhooks
from workers.relay import sweep
from workers.tails import follow, settle


def audit_purged(session: Session, *, now: datetime) -> bool:
    """Delete a batch of entries of the audit log that are older than the setting says; tell whether there may be more."""
    return audit.purged(session, retention=timedelta(days=settings().audit_retention_days), now=now)


PURGES: Sequence[Callable[..., bool]] = (
    *(idempotency.purged, leases.purged, accounts.purged, accounts.keys_purged),
    *(accounts.tokens_purged, payments.purged, payments.comparisons_purged, bookings.feeds_purged),
    *(message_service.purged, webhook_service.purged, audit_purged),
)
STOCKS: Sequence[Callable[[Session], Counts]] = (
    *(backlog.stock, of_money.stock, of_webhooks.stock, of_messages.stock),
)


def relay() -> None:
    """Publish lapsed jobs, in case no worker's own relay does."""
    sweep()


def follow_events() -> None:
    """Follow the events, and have sent what is due, in case no worker's own relay does."""
    follow()
    notifications.nudge()
    webhooks.nudge()


def heartbeat() -> None:
    """Show that beat ticks and that a worker answers."""
    with transaction() as session:
        heartbeats.beat(session, "beat", now=clock())


def expire_holds() -> None:
    """End lapsed holds: a batch in a transaction, until there is no more of it."""
    while retried(lambda session: bookings.expire_holds(session, now=clock())):
        log.info("expired", bookings=bookings.SWEPT)


def look_at_money() -> None:
    """Have payments and refunds looked up at their providers that are due for it."""
    while retried(lambda session: payments.claim_due(session, now=clock())):
        log.info("claimed", money=payments.CLAIMED)


def check_money() -> None:
    """Check that every amount is what it should be; warn of what is not, and keep how much that is for who watches."""
    with transaction() as session:
        found = payments.checked(session)
    with transaction() as session:
        payments.note_checks(session, found, now=clock())
    for each in (each for each in found if each.count):
        ids = [shown(each.of, UUID(example)) if each.of else example for example in each.examples]
        log.warning("money_difference", check=each.name, count=each.count, examples=ids)


def take_stock() -> None:
    """Count what there is of everything that is watched. What takes too long to be counted stays as it was counted last."""
    for counted in STOCKS:
        try:
            with transaction() as session:
                found = counted(session)
            with transaction() as session:
                kept_stock.keep(session, found, now=clock())
        except StatementTooSlow:
            log.warning("stock_not_taken", of=counted.__module__)


def complete_ended() -> None:
    """Complete what ended a day ago: a batch in a transaction, until there is no more of it."""
    while retried(lambda session: bookings.complete_ended(session, now=clock())):
        log.info("completed", bookings=bookings.SWEPT)


def settle_feed() -> None:
    """Make the numbers of events this database's own after a restore, in case no worker's own relay does."""
    settle()


def purge() -> None:
    """Delete what has outlived its use: a batch of each sort in a transaction, in turns, until there is no more of any.

    So however much there is, it gets less; and a sort that takes too long holds up none of the others.
    """
    left = [*PURGES]
    while left:
        left = [purged for purged in left if _purged(purged)]


def _purged(purged: Callable[..., bool]) -> bool:
    """Delete a batch; tell whether there may be more of it, that can be deleted now."""
    try:
        with transaction() as session:
            is_more = purged(session, now=clock())
    except (StatementTooSlow, Collision) as error:
        log.warning("purge_put_off", what=purged.__module__, error=type(error).__name__)
        return False
    if is_more:
        log.info("purged", what=purged.__module__)
    return is_more
