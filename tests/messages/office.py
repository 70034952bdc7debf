"""A post office: a shop with its customer on a database of their own, what is to be said, and whom it is handed to."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar
from pydantic import SecretStr
from sqlalchemy import select

from config import mail
from config.clock import clock
from config.settings import settings
from config.transaction import transaction
from domain.accounts.rules import Principal
from domain.bookings import service as bookings
from domain.bookings.tables import Booking
from domain.notifications.tables import Notification
from tests.builders import Shop, a_booking, a_shop, a_user, decide, prove, weekday
from tests.databases import databases
from tests.messages.sink import Sink, sink
from tests.settled import until_told
from workers import notifications
from workers.maintenance import settle_feed
from workers.tails import follow


@dataclass
class Office:
    """Everything at hand. *later* is how far the workers' clock is ahead."""

    shop: Shop
    customer: Principal
    server: Sink
    patch: pytest.MonkeyPatch

    def booked(self, start: datetime | None = None, **more: Any) -> Booking:  # noqa: ANN401 - a request's fields
        """Book, and have it decided."""
        made = a_booking(self.shop, start or weekday(), by=self.customer, **more)
        decide(self.shop)
        return made

    def cancel(self, booking: Booking, *, by: Principal, note: str | None = None) -> None:
        """Cancel a booking."""
        with transaction() as session:
            bookings.cancel(session, booking.id, caller=by, now=clock(), note=note)

    def follow(self) -> None:
        """Plan what follows from all that has happened."""
        until_told()
        follow()

    def send(self, *, at: datetime | None = None) -> None:
        """Send what is due, now or as if it were another time."""
        with self.patch.context() as patch:
            if at is not None:
                patch.setattr(notifications, "clock", lambda: at)
            notifications.send()

    def post(self) -> None:
        """Plan and send."""
        self.follow()
        self.send()

    def log(self, **such: Any) -> Sequence[Notification]:  # noqa: ANN401 - columns
        """Return the messages that there are, first things first."""
        with transaction() as session:
            rows = select(Notification).filter_by(**such).order_by(Notification.due_at, Notification.id)
            return session.scalars(rows).all()

    def told(self, **such: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - columns
        """Return the kinds of messages and what became of them."""
        return [(each.kind, each.state) for each in self.log(**such)]

    def row(self, notification_id: UUID) -> Notification:
        """Read one message."""
        with transaction() as session:
            return session.get_one(Notification, notification_id)

    def mails(self) -> list[EmailMessage]:
        """Return what the customer got."""
        return self.server.to(self.customer.email)


@contextmanager
def an_office(patch: pytest.MonkeyPatch, **service: Any) -> Iterator[Office]:  # noqa: ANN401 - a service's fields
    """Open one, with a mail server that takes everything."""
    with databases(patch), sink() as server:
        settle_feed()
        handed_to(patch, server)
        patch.setattr(notifications, "REST", notifications.Rest())
        patch.setattr(notifications, "TURN", 120.0)  # what is due is sent, however busy the machine is
        shop = a_shop(**({"max_advance_days": 400} | service))
        prove(shop.owner.email, ago=30 * DAY)
        yield Office(shop, a_user("Ada Obi"), server, patch)


def entry(mail: EmailMessage) -> tuple[str, Calendar]:
    """Return the calendar's part of a mail, and what its header says that it asks for."""
    part = next(each for each in mail.walk() if each.get_content_type() == "text/calendar")
    return str(part.get_param("method")), Calendar.from_ical(part.get_content())


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    """Return what a mail says, `plain` or as `html`."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def handed_to(patch: pytest.MonkeyPatch, server: Sink | None, url: str | None = None) -> None:
    """Let mail be handed to a server, by its plain address unless *url* says otherwise; None: to nobody."""
    plain = f"smtp://127.0.0.1:{server.port}?starttls=never" if server else None
    given = url or plain
    smtp = SecretStr(given) if given else None
    patch.setattr(
        mail, "settings", partial(settings().model_copy, update={"smtp_url": smtp, "mail_from": "post@example.com"})
    )


DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
