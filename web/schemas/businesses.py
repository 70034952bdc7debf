"""Shapes of businesses."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from domain.catalog.rules import BusinessFilters, NewBusiness
from domain.catalog.tables import Business
from web.answers import View
from web.fields import BusinessId, Currency, Line, Name, Prose, Slug, Timezone
from web.moments import Instant
from web.pagination import Listing, PageQuery
from web.parsing import Changes, Path, Schema, unsent
from web.schemas.stranding import Stranding

SALON: JsonDict = {
    "name": "Ada's Salon",
    "timezone": "Africa/Lagos",
    "currency": "NGN",
    "city": "Lagos",
    "country": "NG",
}

Label = Annotated[Line, Field(max_length=80)]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2", examples=["NG"])]


class BusinessRequest(Schema):
    """A business to be opened; it can be booked as soon as it has a service."""

    model_config = ConfigDict(json_schema_extra={"examples": [SALON]})

    name: Name
    slug: Annotated[Slug | None, Field(description="In its address; made from the name when left out")] = None
    timezone: Timezone
    currency: Currency
    category: Label | None = None
    city: Label | None = None
    country: Country | None = None
    description: Prose | None = None

    def command(self) -> NewBusiness:
        """Return what the catalog is asked to do."""
        return NewBusiness(**self.model_dump())


class BusinessChanges(Changes):
    """What is to be changed of a business."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"city": "Ibadan", "description": None}]})

    name: Name = unsent()
    slug: Annotated[Slug, Field(description="In its address; the old address is not found any more")] = unsent()
    timezone: Timezone = unsent()
    currency: Annotated[Currency, Field(description="Only while nothing has a price and nothing was booked")] = unsent()
    category: Label | None = None
    city: Label | None = None
    country: Country | None = None
    description: Prose | None = None


class BusinessesQuery(PageQuery):
    """Which businesses. What is repeated may be either; capitals do not matter."""

    q: Annotated[Label | None, Field(description="Part of the name")] = None
    category: tuple[Label, ...] = ()
    city: tuple[Label, ...] = ()
    country: tuple[Label, ...] = ()
    currency: tuple[Label, ...] = ()

    def filters(self) -> BusinessFilters:
        """Return what the catalog is asked for."""
        return BusinessFilters(**self.model_dump(exclude={"limit", "cursor"}))


class BusinessPath(Path):
    """Which business."""

    slug: Annotated[str, Field(pattern="^[a-z0-9_-]{1,63}$", description="The business's slug, or its id")]


class BusinessView(View):
    """A business, as anybody signed in sees it."""

    id: BusinessId
    object: Literal["business"] = "business"
    slug: str
    name: str
    timezone: str
    currency: str
    category: str | None
    city: str | None
    country: str | None
    description: str | None
    archived_at: Instant | None
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, business: Business) -> "BusinessView":
        """Show a row."""
        return cls.model_validate(business, from_attributes=True)


class NewBusinessView(BusinessView):
    """A business that has just been opened."""

    is_mail_held_back: Annotated[
        bool,
        Field(
            description="Whether mail to customers and staff who have not proven their address waits, three days at most, until you "
            "have proven yours"
        ),
    ]

    @classmethod
    def opened(cls, business: Business, *, is_mail_held_back: bool) -> "NewBusinessView":
        """Show a row, and whether it may write to strangers."""
        return cls(**dict(BusinessView.of(business)), is_mail_held_back=is_mail_held_back)


class BusinessChangeView(Stranding, BusinessView):
    """A business after a change."""

    @classmethod
    def after(cls, business: Business, stranded: int) -> "BusinessChangeView":
        """Show a row, and how many bookings the change has stranded."""
        return cls(**dict(BusinessView.of(business)), stranded_bookings=stranded)


BusinessList = Listing[BusinessView]
