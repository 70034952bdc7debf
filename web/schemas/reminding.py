"""Shapes of whether a customer is reminded."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from domain.bookings.tables import Booking
from web.answers import View
from web.fields import BookingId, BusinessId
from web.parsing import Schema

MEANING = "Whether the customer gets reminders and follow-ups of their bookings at this business; other messages come in any case"


class RemindingRequest(Schema):
    """Whether the customer wants to be reminded."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"is_reminded": False}]})

    is_reminded: Annotated[bool, Field(description=MEANING)]


class RemindingView(View):
    """Whether the customer of a booking is reminded."""

    object: Literal["booking_reminders"] = "booking_reminders"
    booking_id: BookingId
    business_id: BusinessId
    address: Annotated[str, Field(description="Whose reminders these are")]
    is_reminded: Annotated[bool, Field(description=MEANING)]

    @classmethod
    def of(cls, booking: Booking, *, is_reminded: bool) -> "RemindingView":
        """Show what is so for a booking's customer."""
        return cls(
            booking_id=booking.id,
            business_id=booking.business_id,
            address=booking.customer_email,
            is_reminded=is_reminded,
        )
