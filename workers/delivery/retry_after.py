"""`Retry-After`, as RFC 9110 has it: seconds, or a date."""

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime

from config.clock import clock

SECONDS = re.compile(r"[0-9]{1,9}")


def asked_for(header: str | None) -> timedelta | None:
    """Return how long a receiver asks to be left alone; None where it says nothing that can be read."""
    if header is None:
        return None
    if SECONDS.fullmatch(header.strip()):
        return timedelta(seconds=int(header))
    try:
        return max(parsedate_to_datetime(header) - clock(), timedelta(0))
    except (ValueError, TypeError, OverflowError):  # no date, or one without a zone
        return None
