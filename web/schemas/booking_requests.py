"""Shapes of what is asked about bookings: one to be made, a status to be changed."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from domain.bookings.rules import Customer, Request
from web.fields import BusinessId, Email, Label, Name, Notes, Phone, ServiceId
from web.parsing import Schema
from web.schemas.starts import StartRequest, Waivable

HAIRCUT: JsonDict = {
    "business_id": "biz_01k5e2v8x3q7m9n4p6r0s2t4w6",
    "service_id": "svc_01k5e2v8x3q7m9n4p6r0s2t4w6",
    "date": "2026-03-16",
    "time": "14:00",
}


Reason = Annotated[Notes, Field(max_length=500)]


class CustomerRequest(Schema):
    """Whom the booking is for, if not for you: a way to reach them."""

    name: Name
    email: Email
    phone: Phone | None = None

    def command(self) -> Customer:
        """Return what bookings are told."""
        return Customer(name=self.name, email=self.email, phone=self.phone)


class BookingRequest(StartRequest):
    """A start to be booked: `date` and `time` local to the business, or the instant `starts_at`."""

    model_config = ConfigDict(json_schema_extra={"examples": [HAIRCUT]})
    business_id: BusinessId
    service_id: ServiceId
    party: Annotated[int, Field(ge=1, le=10_000, description="How many seats")] = 1
    expected_amount: Annotated[
        int | None, Field(ge=0, le=10**16, description="The total you expect to pay; another price is refused")
    ] = None
    customer: CustomerRequest | None = None
    notes: Annotated[Notes | None, Field(description="From whoever books, for the business")] = None
    metadata: Annotated[
        dict[Label, Annotated[str, Field(max_length=500)]],
        Field(default_factory=dict, max_length=50, description="Yours: kept and shown as it is"),
    ]
    override: Annotated[
        list[Waivable],
        Field(default_factory=list, max_length=3, description="Rules to be passed over, by members only"),
    ]

    def command(self) -> Request:
        """Return what bookings are asked for."""
        return Request(
            business_id=self.business_id,
            service_id=self.service_id,
            start=self.start(),
            resource_ids=self.named() or (),
            party=self.party,
            expected_amount=self.expected_amount,
            customer=self.customer.command() if self.customer else None,
            notes=self.notes or None,
            metadata=self.metadata,
            overrides=tuple(self.override),
        )


class StatusRequest(Schema):
    """The status that the booking should have."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "cancelled"}]})

    status: Annotated[
        Literal[
            "confirm",
            "confirmed",
            "approve",
            "approved",
            "decline",
            "declined",
            "cancel",
            "cancelled",
            "complete",
            "completed",
            "no_show",
        ],
        Field(description="As a verb or as the status itself; to approve is to confirm"),
    ]
    reason: Annotated[Reason | None, Field(description="Kept in the history, which the customer sees too")] = None
    quote: Annotated[
        str | None,
        Field(
            max_length=300, description="With `cancel`: `quote` of a cancellation quote, so that no higher fee is kept"
        ),
    ] = None
