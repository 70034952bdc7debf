"""Shapes of services."""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from domain.catalog.rules import Deposit, NewService
from domain.catalog.service import Sold
from domain.catalog.tables import Service
from domain.kernel.money import Money
from web.answers import View
from web.fields import BusinessId, Currency, Name, Prose, ServiceId
from web.moments import Instant
from web.pagination import Listing, PageQuery
from web.parsing import Changes, Path, Schema, unsent
from web.schemas.requirements import Requirements, RequirementView
from web.schemas.stranding import Stranding

CUT: JsonDict = {
    "business_id": "biz_01k5e2v8x3q7m9n4p6r0s2t4w6",
    "name": "Haircut",
    "duration_minutes": 30,
    "price": {"amount": 450000, "currency": "NGN"},
}

MOST_MINOR_UNITS = 5 * 10**11  # for as many seats as there may be it is a number still that every JSON reader knows
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


class DepositRequest(Schema):
    """What has to be paid at first: an amount of money for each seat, or a percentage of the price."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"percent": 20}]})

    amount: Annotated[int | None, Field(ge=1, le=MOST_MINOR_UNITS, description="For each seat")] = None
    currency: Currency | None = None
    percent: Annotated[int | None, Field(ge=1, le=100, description="Of the price")] = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        fixed = (self.amount, self.currency)
        if (None in fixed) if self.percent is None else any(fixed):
            raise PydanticCustomError("invalid", "Send either `amount` and `currency`, or `percent`")
        return self

    def value(self) -> Deposit:
        """Return what the catalog keeps."""
        fixed = Money(self.amount, self.currency) if self.amount and self.currency else None
        return Deposit(amount=fixed, percent=self.percent)


Interval = Annotated[Length | None, Field(description="Between starts; the duration if left out")]
Notice = Annotated[int, Field(ge=0, le=525_600, description="From booking to start, at least")]
Window = Annotated[int, Field(ge=0, le=1_095, description="Dates ahead; 0 is today only")]
Seats = Annotated[int, Field(ge=1, le=10_000, description="Seats at a time, on each resource")]
DailyLimit = Annotated[int | None, Field(ge=1, le=100_000, description="Bookings on one date")]
Price = Annotated[Amount | None, Field(description="Of one seat; free if left out")]
DepositField = Annotated[DepositRequest | None, Field(description="To be paid at first; all of the price if left out")]
Payment = Annotated[bool | None, Field(description="If left out: when it has a price")]
HoldMinutes = Annotated[int, Field(ge=1, le=10_080, description="How long a place is held for payment")]
ApprovalHours = Annotated[int, Field(ge=1, le=720, description="How long a place is held for approval")]


class ServiceRequest(Schema):
    """A service to be offered."""

    model_config = ConfigDict(json_schema_extra={"examples": [CUT]})

    business_id: BusinessId
    name: Name
    description: Prose | None = None
    requirements: Requirements = None
    duration_minutes: Length
    slot_interval_minutes: Interval = None
    buffer_before_minutes: Buffer = 0
    buffer_after_minutes: Buffer = 0
    min_notice_minutes: Notice = 0
    max_advance_days: Window = 60
    capacity: Seats = 1
    daily_limit: DailyLimit = None
    price: Price = None
    deposit: DepositField = None
    requires_approval: bool = False
    payment_required: Payment = None
    hold_minutes: HoldMinutes = 15
    approval_hours: ApprovalHours = 24
    cancellation_policy: CancellationPolicy | None = None

    def command(self) -> NewService:
        """Return what the catalog is asked to do."""
        given = {name: getattr(self, name) for name in type(self).model_fields if name != "business_id"}
        return NewService(**_values(given))


class ServiceChanges(Changes):
    """What is to be changed of a service."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"duration_minutes": 45, "daily_limit": None}]})

    name: Name = unsent()
    description: Prose | None = None
    requirements: Requirements = None
    duration_minutes: Length = unsent()
    slot_interval_minutes: Interval = None
    buffer_before_minutes: Buffer = unsent()
    buffer_after_minutes: Buffer = unsent()
    min_notice_minutes: Notice = unsent()
    max_advance_days: Window = unsent()
    capacity: Seats = unsent()
    daily_limit: DailyLimit = None
    price: Price = None
    deposit: DepositField = None
    requires_approval: bool = unsent()
    payment_required: Payment = None
    hold_minutes: HoldMinutes = unsent()
    approval_hours: ApprovalHours = unsent()
    cancellation_policy: CancellationPolicy | None = None

    def given(self) -> dict[str, Any]:
        """Return the fields that were sent, as the catalog has them."""
        return _values(super().given())


def _values(given: dict[str, Any]) -> dict[str, Any]:
    """Return fields with the catalog's own values in place of the shapes that were parsed."""
    price, deposit, policy = given.get("price"), given.get("deposit"), given.get("cancellation_policy")
    needs = given.get("requirements")
    own = {
        "price": price and Money(price.amount, price.currency),
        "deposit": deposit and deposit.value(),
        "cancellation_policy": policy and policy.model_dump(),
        "requirements": needs and tuple(need.value() for need in needs),
    }
    return given | {name: value for name, value in own.items() if name in given}


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


class PercentView(View):
    """A share of the price."""

    percent: int


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
    requirements: Annotated[
        list[RequirementView], Field(description="What it needs at once, one resource for each role")
    ]
    duration_minutes: int
    slot_interval_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    min_notice_minutes: int
    max_advance_days: int
    capacity: int
    daily_limit: int | None
    price: MoneyView
    deposit: Annotated[MoneyView | PercentView | None, Field(description="For each seat, or of the price")]
    requires_approval: bool
    payment_required: bool
    hold_minutes: int
    approval_hours: int
    cancellation_policy: PolicyView
    archived_at: Instant | None
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, sold: Sold) -> "ServiceView":
        """Show a row, with the currency of its business and who is said to offer it."""
        service, currency, needs = sold
        own = {name: getattr(service, name) for name in cls.model_fields if hasattr(service, name)}
        return cls.model_validate(
            own
            | {
                "requirements": [RequirementView(role=role, resource_ids=[*ids]) for role, ids in needs],
                "slot_interval_minutes": service.slot_interval_minutes or service.duration_minutes,
                "price": MoneyView(amount=service.price_amount, currency=currency),
                "deposit": _deposit(service, currency),
            }
        )


class ServiceChangeView(Stranding, ServiceView):
    """A service after a change."""

    @classmethod
    def after(cls, sold: Sold, stranded: int) -> "ServiceChangeView":
        """Show a row, and how many bookings the change has stranded."""
        return cls(**dict(ServiceView.of(sold)), stranded_bookings=stranded)


def _deposit(service: Service, currency: str) -> MoneyView | PercentView | None:
    if service.deposit_amount is not None:
        return MoneyView(amount=service.deposit_amount, currency=currency)
    return PercentView(percent=service.deposit_percent) if service.deposit_percent is not None else None


ServiceList = Listing[ServiceView]
