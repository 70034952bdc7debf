"""The log of messages: what was said to whom, and saying it again."""

from flask import Response

from config.clock import clock
from config.transaction import Session, reading
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from domain.notifications import service as messages
from web.answers import Answer, shown
from web.auth import caller
from web.describing import IDEMPOTENCY_KEY
from web.idempotency import write
from web.openapi import noun, operation
from web.pagination import after, listed
from web.schemas.notifications import NotificationList, NotificationPath, NotificationsQuery, NotificationView

notifications = noun("notifications", "Messages about bookings: to whom, when, and what became of them.")


@operation(notifications.get, "", success={200: NotificationList}, problems=("not_found", "invalid_cursor"))
def list_notifications(query: NotificationsQuery) -> Response:
    """List messages, the newest first: to customers about bookings that you made or are the customer of, and all of your businesses."""
    with reading() as session:
        rows = messages.found(
            session, query.filters(), query.made(), caller=caller(), after=after(query), limit=query.limit + 1
        )
    return listed(query, rows, view=lambda row: NotificationView.of(row, caller()), key=lambda row: [str(row.id)])


@operation(notifications.get, "/<notification_id>", success={200: NotificationView}, problems=("not_found",))
def get_notification(path: NotificationPath) -> Response:
    """Show one message."""
    with reading() as session:
        row = messages.seen(session, path.notification_id, caller=caller())
    return shown(NotificationView.of(row, caller())).response()


@operation(
    notifications.post,
    "/<notification_id>/resend",
    success={201: NotificationView},
    problems=("not_found", "members_only", "own_resources_only", "on_its_way", "resent_lately"),
    takes=(IDEMPOTENCY_KEY,),
)
def resend_notification(path: NotificationPath) -> Response:
    """Send a message once more. For who serves the booking.

    It says what is so by then; what is not so any more is skipped, with the reason.
    """

    def work(session: Session) -> Answer:
        made = messages.resend(session, path.notification_id, caller=caller(), now=clock())
        place = f"/api/notifications/{public_id(Kind.NOTIFICATION, made.id)}"
        return shown(NotificationView.of(made, caller()), status=201, headers={"Location": place})

    return write(work)
