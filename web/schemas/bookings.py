"""Shapes of bookings, as they are looked at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from domain.bookings.rules import PaymentStatus, Status, shown_status
from domain.bookings.tables import Booking, Reschedule
from web.answers import View
from web.fields import DIGITS, BookingId, BusinessId, RescheduleId, ResourceId, ServiceId, UserId
from web.moments import Instant
from web.parsing import Path, Query
from web.refusals import sentence
from web.schemas.problems import AlternativeView
from web.schemas.roles import RoleView
from web.schemas.services import MoneyView, PolicyView
from web.schemas.starts import Waivable


class BookingPath(Path):
    """Which booking."""

    booking_id: BookingId


class BookingQuery(Query):
    """How to look at a booking."""

    wait: Annotated[int, Field(ge=0, le=25, description="Seconds to wait while it is pending"), DIGITS] = 0


class RejectionView(View):
    """Why a booking was rejected."""

    code: Annotated[str, Field(description="The rule that refused it", examples=["slot_taken"])]
    reasons: Annotated[list[str], Field(description="Under slot_taken: busy, buffer, capacity")]
    detail: str
    alternatives: Annotated[list[AlternativeView], Field(description="The nearest starts that are free now")]


class CustomerView(View):
    """Whom a booking is for."""

    name: str
    email: str
    phone: str | None


class RescheduleView(View):
    """The latest move to another place that was asked for, and what became of it."""

    id: RescheduleId
    object: Literal["reschedule"] = "reschedule"
    status: Literal["pending", "moved", "refused", "withdrawn"]
    starts_at: Instant
    ends_at: Instant
    resource_id: Annotated[ResourceId | None, Field(description="The resource asked for; null: any, or several")]
    resource_ids: Annotated[list[ResourceId], Field(description="All that were asked for; none: any")]
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
                "resource_id": row.wanted_resource_ids[0] if len(row.wanted_resource_ids) == 1 else None,
                "resource_ids": row.wanted_resource_ids,
                "rejection": rejection(row, alternatives),
            }
        )


class BookingView(View):
    """A booking, as its customer and the members of its business see it."""

    id: BookingId
    object: Literal["booking"] = "booking"
    business_id: BusinessId
    service_id: ServiceId
    resource_id: Annotated[ResourceId | None, Field(description="The resource it got, the first of `resources`")]
    resources: Annotated[list[RoleView], Field(description="The resources it got, one for each role of its service")]
    customer_id: Annotated[UserId | None, Field(description="None when somebody was named as the customer")]
    customer: CustomerView
    booked_by: Annotated[
        UserId,
        Field(
            description="Who made it, and has a customer's rights; a member who named somebody else, while they are one"
        ),
    ]
    notes: str | None
    metadata: dict[str, str]
    override: Annotated[list[Waivable], Field(description="Rules that a member has passed over")]
    status: Status
    payment_status: PaymentStatus
    starts_at: Instant
    ends_at: Instant
    timezone: str
    party: int
    price: MoneyView
    deposit: Annotated[MoneyView | None, Field(description="What has to be paid at first; None: all of it")]
    cancellation_policy: PolicyView
    cancellation_fee: Annotated[
        MoneyView | None, Field(description="What is kept of the money paid; None unless it is cancelled")
    ]
    paid: Annotated[MoneyView, Field(description="What has come of the price")]
    refunded: Annotated[MoneyView, Field(description="What has been given back of it")]
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
                "customer": CustomerView(
                    name=booking.customer_name, email=booking.customer_email, phone=booking.customer_phone
                ),
                "metadata": booking.attributes,  # the name that SQLAlchemy leaves free
                "resources": [RoleView.of(each) for each in booking.resources],
                "override": booking.overrides,
                "price": money(booking, booking.price_amount),
                "deposit": money(booking, booking.deposit_amount),
                "cancellation_fee": money(booking, booking.cancellation_fee_amount),
                "paid": money(booking, booking.paid_amount),
                "refunded": money(booking, booking.refunded_amount),
                "rejection": rejection(booking, alternatives),
                "reschedule": reschedule,
            }
        )


def money(booking: Booking, amount: int | None) -> MoneyView | None:
    """Return an amount in the currency of a booking."""
    return None if amount is None else MoneyView(amount=amount, currency=booking.currency)


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
