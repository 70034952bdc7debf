"""Shapes of bookings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from domain.bookings.rules import PaymentStatus, Request, Status, shown_status
from domain.bookings.tables import Booking, Reschedule
from web.answers import View
from web.fields import BookingId, BusinessId, RescheduleId, ResourceId, ServiceId, UserId, Whole
from web.moments import Instant
from web.parsing import Path, Query, Schema
from web.refusals import sentence
from web.schemas.problems import AlternativeView
from web.schemas.services import MoneyView, PolicyView
from web.schemas.starts import StartRequest

HAIRCUT: JsonDict = {
    "business_id": "biz_01k5e2v8x3q7m9n4p6r0s2t4w6",
    "service_id": "svc_01k5e2v8x3q7m9n4p6r0s2t4w6",
    "date": "2026-03-16",
    "time": "14:00",
}


class BookingRequest(StartRequest):
    """A start to be booked: `date` and `time` local to the business, or the instant `starts_at`."""

    model_config = ConfigDict(json_schema_extra={"examples": [HAIRCUT]})
    not_accepted: ClassVar[dict[str, str]] = dict.fromkeys(
        ("price", "amount", "total", "currency"), "price_not_accepted"
    )

    business_id: BusinessId
    service_id: ServiceId
    party: Annotated[int, Field(ge=1, le=10_000, description="How many seats")] = 1
    expected_amount: Annotated[
        int | None, Field(ge=0, le=10**16, description="The total you expect to pay; another price is refused")
    ] = None

    def command(self) -> Request:
        """Return what bookings are asked for."""
        return Request(
            business_id=self.business_id,
            service_id=self.service_id,
            start=self.start(),
            resource_id=self.resource_id,
            party=self.party,
            expected_amount=self.expected_amount,
        )


class StatusRequest(Schema):
    """The status that the booking should have."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "cancelled"}]})

    status: Literal["confirm", "confirmed", "cancel", "cancelled", "complete", "completed"]


class BookingPath(Path):
    """Which booking."""

    booking_id: BookingId


class BookingQuery(Query):
    """How to look at a booking."""

    wait: Annotated[Whole, Field(ge=0, le=25, description="Seconds to wait while it is pending")] = 0


class RejectionView(View):
    """Why a booking was rejected."""

    code: Annotated[str, Field(description="The rule that refused it", examples=["slot_taken"])]
    reasons: Annotated[list[str], Field(description="Under slot_taken: busy, buffer, capacity")]
    detail: str
    alternatives: Annotated[list[AlternativeView], Field(description="The nearest starts that are free now")]


class RescheduleView(View):
    """The latest move to another place that was asked for, and what became of it."""

    id: RescheduleId
    object: Literal["reschedule"] = "reschedule"
    status: Literal["pending", "moved", "refused", "withdrawn"]
    starts_at: Instant
    ends_at: Instant
    resource_id: Annotated[ResourceId | None, Field(description="The resource asked for; null: any")]
    rejection: RejectionView | None
    created_at: Instant
    decided_at: Instant | None

    @classmethod
    def of(cls, row: Reschedule, alternatives: Sequence[dict[str, Any]] = ()) -> "RescheduleView":
        """Show a row, in the zone that its business had."""
        zone = ZoneInfo(row.timezone)
        own = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls.model_validate(
            own
            | {
                "starts_at": row.starts_at.astimezone(zone),
                "ends_at": row.ends_at.astimezone(zone),
                "resource_id": row.wanted_resource_id,
                "rejection": rejection(row, alternatives),
            }
        )


class BookingView(View):
    """A booking, as its customer and the members of its business see it."""

    id: BookingId
    object: Literal["booking"] = "booking"
    business_id: BusinessId
    service_id: ServiceId
    resource_id: Annotated[ResourceId | None, Field(description="The resource it got")]
    customer_id: UserId | None
    status: Status
    payment_status: PaymentStatus
    starts_at: Instant
    ends_at: Instant
    timezone: str
    party: int
    price: MoneyView
    cancellation_policy: PolicyView
    hold_expires_at: Annotated[Instant | None, Field(description="Until when its place is held, while it is awaiting")]
    rejection: RejectionView | None
    reschedule: Annotated[RescheduleView | None, Field(description="The latest one, whatever became of it")]
    sequence: Annotated[int, Field(description="Rises when it is rescheduled")]
    version: int
    created_at: Instant
    updated_at: Instant

    @property
    def is_open(self) -> bool:
        """Tell whether it, or its reschedule, waits to be decided."""
        return self.status is Status.PENDING or (self.reschedule is not None and self.reschedule.status == "pending")

    @classmethod
    def of(
        cls,
        booking: Booking,
        *,
        now: datetime,
        alternatives: Sequence[dict[str, Any]] = (),
        reschedule: RescheduleView | None = None,
    ) -> "BookingView":
        """Show a row as it reads at *now*, in the zone of its business."""
        zone = ZoneInfo(booking.timezone)
        own = {name: getattr(booking, name) for name in cls.model_fields if hasattr(booking, name)}
        return cls.model_validate(
            own
            | {
                "status": shown_status(booking.status, booking.hold_expires_at, now=now),
                "starts_at": booking.starts_at.astimezone(zone),
                "ends_at": booking.ends_at.astimezone(zone),
                "price": MoneyView(amount=booking.price_amount, currency=booking.currency),
                "rejection": rejection(booking, alternatives),
                "reschedule": reschedule,
            }
        )


def rejection(booking: Booking | Reschedule, alternatives: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Return why a booking, or its reschedule, was refused; None when it was not."""
    if booking.rejection_code is None:
        return None
    return {
        "code": booking.rejection_code,
        "reasons": booking.rejection_reasons,
        "detail": sentence(booking.rejection_code, booking.starts_at.astimezone(ZoneInfo(booking.timezone))),
        "alternatives": list(alternatives),
    }
