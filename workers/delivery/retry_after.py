"""`Retry-After`, as RFC 9110 has it: seconds, or a date."""

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime

from config.clock import clock

SECONDS = re.compile(r"[0-9]+")
DIGITS = 9
"""More are longer than anybody waits, and than a `timedelta` holds."""
MOST = timedelta(seconds=10**DIGITS - 1)


def asked_for(header: str | None) -> timedelta | None:
    """Return how long a receiver asks to be left alone, MOST at most; None where it says nothing that can be read."""
    if header is None:
        return None
    seconds = header.strip()
    if SECONDS.fullmatch(seconds):
        digits = seconds.lstrip("0")
        return MOST if len(digits) > DIGITS else timedelta(seconds=int(digits or "0"))
    try:
        return max(parsedate_to_datetime(header) - clock(), timedelta(0))
    except (ValueError, TypeError, OverflowError):  # no date, or one without a zone
        return None
