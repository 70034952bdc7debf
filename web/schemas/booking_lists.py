"""Shapes of lists of bookings, and of what happened to one."""

from typing import Annotated, Any, Literal

from pydantic import Field

from domain.bookings.rules import Sought, Status
from domain.bookings.tables import Move
from domain.kernel.outside import outside
from web.answers import View
from web.fields import BusinessId, ResourceId, ServiceId, UserId
from web.moments import Instant
from web.pagination import Listing, PageQuery
from web.schemas.bookings import BookingView


class BookingsQuery(PageQuery):
    """Which bookings, of those that you may see."""

    status: Annotated[tuple[Status, ...], Field(description="Any of these, as they read now")] = ()
    business_id: BusinessId | None = None
    service_id: ServiceId | None = None
    resource_id: Annotated[ResourceId | None, Field(description="The resource it got")] = None
    customer_id: UserId | None = None
    starts_from: Annotated[Instant | None, Field(description="Starts then or later")] = None
    starts_to: Annotated[Instant | None, Field(description="Starts before then")] = None
    updated_since: Annotated[Instant | None, Field(description="Changed then or later")] = None
    updated_until: Annotated[Instant | None, Field(description="Changed before then")] = None

    def sought(self) -> Sought:
        """Return what bookings are asked for."""
        filters = {name: getattr(self, name) for name in Sought.__slots__ if name != "statuses"}
        return Sought(**filters, statuses=frozenset(self.status))


class HistoryQuery(PageQuery):
    """Which part of a booking's history."""


class MoveView(View):
    """One line of a booking's history: what it became, when, and by whom."""

    object: Literal["move"] = "move"
    version: Annotated[int, Field(description="Of the booking, as it was from then on")]
    from_status: Annotated[Status | None, Field(description="None: it was asked for")]
    status: Status
    by: Annotated[UserId | None, Field(description="None: the clock, or the worker that decides")]
    reason: Annotated[
        str | None, Field(description="Why: a rejection's code, `hold_expired`, `ended`, `rescheduled` and the like")
    ]
    note: Annotated[str | None, Field(description="What whoever did it had to say")]
    changes: Annotated[dict[str, list[Any]], Field(description="What else changed: [before, after]")]
    at: Instant

    @classmethod
    def of(cls, line: Move) -> "MoveView":
        """Show a row."""
        own = {name: getattr(line, name) for name in ("version", "from_status", "reason", "note", "at")}
        changes = {name: outside(name, values) for name, values in line.changes.items()}
        return cls.model_validate(own | {"status": line.to_status, "by": line.actor_id, "changes": changes})


BookingList = Listing[BookingView]
MoveList = Listing[MoveView]
