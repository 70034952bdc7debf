"""Alternatives to a start that was refused, remembered for as long as nothing has happened in the business.

In a rush nearly everybody is refused the same start and asks for the same alternatives, which cost more than all the
rest of the answer. The memory is this process's own, and short: with the clock, too, what is free changes.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Any

from config.transaction import Session
from domain.bookings import service as booking_service
from domain.bookings.tables import Booking, Reschedule
from domain.kernel import feed
from web.schemas.availability import alternatives

KEPT = 256

_guard = threading.Lock()
_known: OrderedDict[Hashable, Sequence[dict[str, Any]]] = OrderedDict()


def alternatives_to(
    session: Session, booking: Booking, *, now: datetime, wanted: Reschedule | None = None
) -> Sequence[dict[str, Any]]:
    """Return what was free at *now*, by the second, nearest to what a booking, or its reschedule *wanted*, asked for."""
    if wanted is not None:  # its own place counts as free to it, so the answer is good for nobody else
        return _found(session, booking, now, wanted)
    state = feed.last_of(session, booking.business_id)
    if state is None:
        return _found(session, booking, now, None)
    is_fresh = now - booking.updated_at <= booking_service.ASKED_AGAIN
    asked = (
        int(now.timestamp()),
        is_fresh,
        booking.service_id,
        tuple(booking.wanted_resource_ids),
        booking.party,
        booking.starts_at,
    )
    with _guard:
        known = _known.get((state, asked))
    if known is None:
        known = _found(session, booking, now, None)
        with _guard:
            _known[state, asked] = known
            while len(_known) > KEPT:
                _known.popitem(last=False)
    return known


def _found(session: Session, booking: Booking, now: datetime, wanted: Reschedule | None) -> Sequence[dict[str, Any]]:
    free = booking_service.alternatives(session, booking, now=now, wanted=wanted)
    return alternatives(free) if free else []
