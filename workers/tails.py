"""Who follows the events, and with what work: every tail of the installation, on one page."""

from collections.abc import Mapping

from config.clock import clock
from config.logging import log
from config.transaction import Collision, DatabaseAway, StatementTooSlow, retried, transaction
from domain.kernel import epochs, tails
from domain.kernel.tails import Work
from domain.notifications import service as notifications
from domain.webhooks import service as webhooks

TAILS: Mapping[str, Work] = {
    "notifications": notifications.plan,
    "webhooks": webhooks.fan_out,
}
STRETCH = 500
"""Events in one transaction."""
STRETCHES = 100
"""Transactions in one go: whoever follows has other things to do."""


def settle() -> None:
    """Make the numbers of events this database's own after a restore: a batch in a transaction, until all are."""
    with transaction() as session:
        if epochs.standing(session):
            return
    log.info("feed_unsettled")
    after: int | None = 0
    while after is not None:
        with transaction() as session:
            after = epochs.renumber(session, after, now=clock())
    log.info("feed_settled")


def follow() -> None:
    """Bring every tail to the end of the feed, settled if need be. What somebody else is at is left to them."""
    settle()
    for name, work in TAILS.items():
        _follow(name, work)


def _follow(name: str, work: Work) -> None:
    try:
        any(not _advanced(name, work) for _ in range(STRETCHES))
    except (StatementTooSlow, Collision):  # of this tail alone: the others are to go on
        log.exception("tail_held_up", tail=name)
    except DatabaseAway:
        raise
    except Exception:  # noqa: BLE001 - what one kind of work stumbles over must not hold up the others
        log.exception("tail_failed", tail=name)


def _advanced(name: str, work: Work) -> bool:
    return retried(lambda session: tails.advance(session, name, work, limit=STRETCH, now=clock()))
