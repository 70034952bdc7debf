"""Messages that somebody has caused by a booking's manage link, who need not be anybody that the business knows."""

from datetime import timedelta

from sqlalchemy import ColumnElement, DateTime, ScalarSelect, bindparam, exists, func, literal, select
from sqlalchemy.orm import aliased

from domain.kernel.addresses import folded_column
from domain.notifications.tables import Notification

# Who asked for a move is told by the line of the asking; the line of the move itself is the system's. *line* is the one
# by which the booking reached what is told of.
IS_BY_LINK = """
    coalesce('manage_link' = CASE
        WHEN {line}.reason IN ('rescheduled', 'reschedule_refused') THEN (
             SELECT asked.through FROM booking_history AS asked
              WHERE asked.booking_id = {line}.booking_id AND asked.version < {line}.version
                AND asked.reason = 'reschedule_requested'
              ORDER BY asked.version DESC LIMIT 1)
        ELSE {line}.through END, false) AS is_by_link
"""


def is_on_link() -> ColumnElement[bool]:
    """Return whether a message counts against its booking's link: somebody caused it by that, and its reader was told before.

    Whoever was not is as much a stranger as ever: a business can be shown its bookings' links.
    """
    other = aliased(Notification)
    was_told = exists().where(
        other.booking_id == Notification.booking_id,
        folded_column(other.address) == folded_column(Notification.address),
        other.sent_at.is_not(None),
        ~other.is_by_link,
    )
    return Notification.is_by_link & was_told.correlate(Notification)


def told_by_link() -> ScalarSelect[int]:
    """Return how many messages about the same booking its link has had sent to the same address within the day."""
    other = aliased(Notification)
    since = bindparam("now", type_=DateTime(timezone=True)) - literal(timedelta(days=1))
    sent = select(func.count()).where(
        other.booking_id == Notification.booking_id,
        folded_column(other.address) == folded_column(Notification.address),
        other.sent_at > since,
        other.is_by_link,
    )
    return sent.correlate(Notification).scalar_subquery()
