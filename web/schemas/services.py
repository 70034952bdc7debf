"""Shapes of services."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from domain.catalog.rules import FREE_UNTIL_START, NewService
from domain.catalog.tables import Service
from domain.kernel.money import Money
from web.answers import View
from web.fields import BusinessId, Currency, Name, Prose, ServiceId
from web.moments import Instant
from web.pagination import Listing, PageQuery
from web.parsing import Path, Schema

CUT: JsonDict = {
    "business_id": "biz_01k5e2v8x3q7m9n4p6r0s2t4w6",
    "name": "Haircut",
    "duration_minutes": 30,
    "price": {"amount": 450000, "currency": "NGN"},
}

MOST_MINOR_UNITS = 10**12
Length = Annotated[int, Field(ge=1, le=43_200, description="Minutes; at most 30 days")]
Buffer = Annotated[int, Field(ge=0, le=1_440, description="Minutes kept free; at most a day")]


class Amount(Schema):
    """Money in the minor unit of its currency."""

    amount: Annotated[int, Field(ge=0, le=MOST_MINOR_UNITS, examples=[450000])]
    currency: Currency


class CancellationPolicy(Schema):
    """Free until so many hours before the start; after that a percentage of the price is kept."""

    free_until_hours: Annotated[int, Field(ge=0, le=8760)] = 0
    fee_percent: Annotated[int, Field(ge=0, le=100)] = 0


class ServiceRequest(Schema):
    """A service to be offered."""

    model_config = ConfigDict(json_schema_extra={"examples": [CUT]})

    business_id: BusinessId
    name: Name
    description: Prose | None = None
    duration_minutes: Length
    slot_interval_minutes: Annotated[Length | None, Field(description="Between starts; the duration if left out")] = (
        None
    )
    buffer_before_minutes: Buffer = 0
    buffer_after_minutes: Buffer = 0
    min_notice_minutes: Annotated[int, Field(ge=0, le=525_600, description="From booking to start, at least")] = 0
    max_advance_days: Annotated[int, Field(ge=0, le=1_095, description="Dates ahead; 0 is today only")] = 60
    capacity: Annotated[int, Field(ge=1, le=10_000, description="Seats at a time, on each resource")] = 1
    daily_limit: Annotated[int | None, Field(ge=1, le=100_000, description="Bookings on one date")] = None
    price: Annotated[Amount | None, Field(description="Of one seat; free if left out")] = None
    requires_approval: bool = False
    payment_required: Annotated[bool | None, Field(description="If left out: when it has a price")] = None
    cancellation_policy: CancellationPolicy | None = None

    def command(self) -> NewService:
        """Return what the catalog is asked to do."""
        given: dict[str, Any] = self.model_dump(exclude={"business_id", "price", "cancellation_policy"})
        policy = self.cancellation_policy.model_dump() if self.cancellation_policy else dict(FREE_UNTIL_START)
        price = Money(self.price.amount, self.price.currency) if self.price else None
        return NewService(**given, price=price, cancellation_policy=policy)


class ServicePath(Path):
    """Which service."""

    service_id: ServiceId


class ServicesQuery(PageQuery):
    """Which services."""

    business_id: Annotated[BusinessId, Field(description="Whose services")]


class MoneyView(View):
    """Money in the minor unit of its currency."""

    amount: int
    currency: str


class PolicyView(View):
    """Free until so many hours before the start; after that a percentage of the price is kept."""

    free_until_hours: int
    fee_percent: int


class ServiceView(View):
    """A service, as anybody signed in sees it."""

    id: ServiceId
    object: Literal["service"] = "service"
    business_id: BusinessId
    name: str
    description: str | None
    duration_minutes: int
    slot_interval_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    min_notice_minutes: int
    max_advance_days: int
    capacity: int
    daily_limit: int | None
    price: MoneyView
    requires_approval: bool
    payment_required: bool
    cancellation_policy: PolicyView
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, service: Service, currency: str) -> "ServiceView":
        """Show a row, with the currency of its business."""
        own = {name: getattr(service, name) for name in cls.model_fields if hasattr(service, name)}
        return cls.model_validate(
            own
            | {
                "slot_interval_minutes": service.slot_interval_minutes or service.duration_minutes,
                "price": MoneyView(amount=service.price_amount, currency=currency),
            }
        )


ServiceList = Listing[ServiceView]
