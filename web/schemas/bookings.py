"""Shapes of bookings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from domain.bookings.rules import Customer, LocalStart, Override, PaymentStatus, Request, Status, shown_status
from domain.bookings.tables import Booking
from web.answers import View
from web.fields import BookingId, BusinessId, Email, Label, Name, Notes, Phone, ResourceId, ServiceId, UserId, Whole
from web.moments import Instant, LocalDate, LocalTime
from web.parsing import Path, Query, Schema
from web.refusals import sentence
from web.schemas.problems import AlternativeView
from web.schemas.services import MoneyView, PolicyView

HAIRCUT: JsonDict = {
    "business_id": "biz_01k5e2v8x3q7m9n4p6r0s2t4w6",
    "service_id": "svc_01k5e2v8x3q7m9n4p6r0s2t4w6",
    "date": "2026-03-16",
    "time": "14:00",
}


Reason = Annotated[Notes, Field(max_length=500)]
FOLDS: Mapping[int | None, Literal[0, 1] | None] = {None: None, 0: 0, 1: 1}


class CustomerRequest(Schema):
    """Whom the booking is for, if not for you: a way to reach them."""

    name: Name
    email: Email
    phone: Phone | None = None

    def command(self) -> Customer:
        """Return what bookings are told."""
        return Customer(name=self.name, email=self.email, phone=self.phone)


class BookingRequest(Schema):
    """A start to be booked: `date` and `time` local to the business, or the instant `starts_at`."""

    model_config = ConfigDict(json_schema_extra={"examples": [HAIRCUT]})
    not_accepted: ClassVar[dict[str, str]] = dict.fromkeys(
        ("price", "amount", "total", "currency"), "price_not_accepted"
    )

    business_id: BusinessId
    service_id: ServiceId
    date: LocalDate | None = None
    time: LocalTime | None = None
    fold: Annotated[int | None, Field(ge=0, le=1, description="Which pass of a time that happens twice")] = None
    starts_at: Instant | None = None
    resource_id: Annotated[ResourceId | None, Field(description="This resource only; any if left out")] = None
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
        list[Annotated[Override, Field(strict=False)]],
        Field(default_factory=list, max_length=len(Override), description="Rules that a member waives"),
    ]

    @model_validator(mode="after")
    def _one_start(self) -> Self:
        wall, instant = (self.date, self.time), self.starts_at
        if instant is not None and (any(wall) or self.fold is not None):
            raise PydanticCustomError("invalid", "Send either `date` and `time`, or `starts_at`")
        if instant is None and None in wall:
            raise PydanticCustomError("required", "Send `date` and `time`, or `starts_at`")
        if instant is not None and instant.microsecond:
            raise PydanticCustomError("invalid", "`starts_at` should be a whole second")
        return self

    def command(self) -> Request:
        """Return what bookings are asked for."""
        return Request(
            business_id=self.business_id,
            service_id=self.service_id,
            start=self._start(),
            resource_id=self.resource_id,
            party=self.party,
            expected_amount=self.expected_amount,
            customer=self.customer.command() if self.customer else None,
            notes=self.notes or None,
            metadata=self.metadata,
            override=frozenset(self.override),
        )

    def _start(self) -> LocalStart | datetime:
        if self.starts_at is not None:
            return self.starts_at
        assert self.date is not None  # noqa: S101 - the validator has seen to it
        assert self.time is not None  # noqa: S101
        return LocalStart(day=self.date, at=self.time, fold=FOLDS[self.fold])


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


class CustomerView(View):
    """Whom a booking is for."""

    name: str
    email: str
    phone: str | None


class BookingView(View):
    """A booking, as its customer and the members of its business see it."""

    id: BookingId
    object: Literal["booking"] = "booking"
    business_id: BusinessId
    service_id: ServiceId
    resource_id: Annotated[ResourceId | None, Field(description="The resource it got")]
    customer_id: Annotated[UserId | None, Field(description="None when somebody was named as the customer")]
    customer: CustomerView
    booked_by: Annotated[UserId, Field(description="Who has a customer's rights, whoever is named")]
    notes: str | None
    metadata: dict[str, str]
    override: Annotated[list[Override], Field(description="Rules that a member waived")]
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
    hold_expires_at: Annotated[Instant | None, Field(description="Until when its place is held, while it is awaiting")]
    rejection: RejectionView | None
    sequence: Annotated[int, Field(description="Rises when it is rescheduled")]
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, booking: Booking, *, now: datetime, alternatives: Sequence[dict[str, Any]] = ()) -> "BookingView":
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
                "override": booking.overrides,
                "price": money(booking, booking.price_amount),
                "deposit": money(booking, booking.deposit_amount),
                "cancellation_fee": money(booking, booking.cancellation_fee_amount),
                "rejection": rejection(booking, alternatives),
            }
        )


def money(booking: Booking, amount: int | None) -> MoneyView | None:
    """Return an amount in the currency of a booking."""
    return None if amount is None else MoneyView(amount=amount, currency=booking.currency)


def rejection(booking: Booking, alternatives: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Return why a booking was rejected, or None when it was not."""
    if booking.rejection_code is None:
        return None
    return {
        "code": booking.rejection_code,
        "reasons": booking.rejection_reasons,
        "detail": sentence(booking.rejection_code, booking.starts_at.astimezone(ZoneInfo(booking.timezone))),
        "alternatives": list(alternatives),
    }
