"""Who follows the events, and with what work: every tail of the installation, on one page."""

from collections.abc import Mapping

from config.clock import clock
from config.transaction import retried
from domain.kernel import tails
from domain.kernel.tails import Work
from domain.notifications import service as notifications
from domain.webhooks import service as webhooks

TAILS: Mapping[str, Work] = {
    "notifications": notifications.plan,
    "webhooks": webhooks.fan_out,
}
STRETCH = 500
"""Events in one transaction."""


def follow() -> None:
    """Bring every tail to the end of the feed. What somebody else is at is left to them."""
    for name, work in TAILS.items():
        while _advanced(name, work):
            continue


def _advanced(name: str, work: Work) -> bool:
    return retried(lambda session: tails.advance(session, name, work, limit=STRETCH, now=clock()))
