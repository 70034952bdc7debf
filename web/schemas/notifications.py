"""Shapes of the log of messages."""

from typing import Annotated, Any, Literal

from pydantic import Field

from domain.accounts.rules import Principal
from domain.notifications.rules.notices import Audience, Channel, MessageState, Notice, Skip
from domain.notifications.tables import Notification
from web.answers import View
from web.fields import BookingId, BusinessId, NotificationId
from web.moments import Instant
from web.pagination import DatedQuery, Listing
from web.parsing import Path


class NotificationPath(Path):
    """Which message."""

    notification_id: NotificationId


class NotificationsQuery(DatedQuery):
    """Which messages, of those that you may see."""

    booking_id: BookingId | None = None
    business_id: BusinessId | None = None
    kind: Annotated[Notice | None, Field(description="What it tells")] = None
    state: MessageState | None = None

    def filters(self) -> dict[str, Any]:
        """Return what is asked for."""
        return {name: getattr(self, name) for name in ("booking_id", "business_id", "kind", "state")}


class NotificationView(View):
    """A message to one recipient, and what became of it."""

    id: NotificationId
    object: Literal["notification"] = "notification"
    business_id: BusinessId
    booking_id: BookingId
    kind: Notice
    channel: Channel
    audience: Annotated[Audience, Field(description="Whether it is for the customer or for staff")]
    address: str
    name: str
    state: MessageState
    due_at: Annotated[Instant, Field(description="When it is meant to be sent")]
    next_try_at: Annotated[Instant | None, Field(description="When it is tried next; None: it has come to an end")]
    attempts: int
    last_error: Annotated[
        str | None, Field(description="What was said the last time that it could not be sent; to members only")
    ]
    skip_reason: Annotated[Skip | None, Field(description="Why it was not sent after all")]
    sent_at: Instant | None
    subject: Annotated[str | None, Field(description="As it was sent")]
    locale: Annotated[str | None, Field(description="As it was sent")]
    again_of: Annotated[NotificationId | None, Field(description="The message that was asked for again")]
    created_at: Instant

    @classmethod
    def of(cls, row: Notification, caller: Principal) -> "NotificationView":
        """Show a row; to others than members without what mail servers say to their business."""
        found = cls.model_validate(row, from_attributes=True)
        is_inside = row.business_id is not None and caller.is_member(row.business_id)
        return found if is_inside else found.model_copy(update={"last_error": None})


NotificationList = Listing[NotificationView]
