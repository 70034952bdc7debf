"""Private calendar feeds, for calendars that subscribe: whoever has the address reads it, and nobody else."""

import re
from hashlib import sha256

from flask import Blueprint, Response

from config.clock import clock
from config.links import host
from config.transaction import reading
from domain.bookings import service as bookings
from web.auth import public
from web.calendars import calendar
from web.limits import FEEDS, take
from web.problems import Refusal

feeds = Blueprint("feeds", __name__)

TOKEN = re.compile("[A-Za-z0-9_-]{43}")


@feeds.get("/feeds/<token>.ics")
@public
def feed(token: str) -> Response:
    """Return what is read at a feed's address."""
    if not TOKEN.fullmatch(token):
        raise Refusal("not_found")
    take(FEEDS, sha256(token.encode()).hexdigest())
    with reading() as session:
        found = bookings.read_feed(session, token, host=host(), now=clock())
    return calendar(found.appointments, file_name="bookings.ics", name=found.name)
