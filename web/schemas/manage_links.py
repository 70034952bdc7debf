"""Shapes of manage links, and of what whoever opens one is shown."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from domain.accounts.rules import BookingClaims
from domain.bookings.service import Shown
from domain.payments.rules.states import Provider
from web.answers import View
from web.auth import GUEST_LIFE, booking_token
from web.moments import Instant
from web.parsing import Schema
from web.schemas.bookings import BookingView

EXAMPLE = "bkg_01k5e2v8x3q7m9n4p6r0s2t4w6_" + "x" * 43


class BookingLinkRequest(Schema):
    """The token of a manage link."""

    token: Annotated[str, Field(max_length=128, description="What stands behind the link's `#`", examples=[EXAMPLE])]


class BookingAccessView(View):
    """An access token for one booking, told this once, and the booking."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme, not a secret
    expires_in: Annotated[int, Field(description="Seconds for which the access token is good; send the link's again")]
    booking: BookingView
    service_name: str
    business_name: str
    locale: Annotated[str, Field(description="In which the business speaks to its customers", examples=["en-GB"])]
    pays_by: Annotated[list[Literal["stripe", "paystack"]], Field(description="By whom the booking can be paid")]

    @classmethod
    def of(
        cls, claims: BookingClaims, found: Shown, booking: BookingView, *, locale: str, pays_by: Sequence[Provider]
    ) -> "BookingAccessView":
        """Sign an access token and show it beside the booking."""
        return cls(
            access_token=booking_token(claims),
            expires_in=int(GUEST_LIFE.total_seconds()),
            booking=booking,
            service_name=found.service.name,
            business_name=found.business.name,
            locale=locale,
            pays_by=[each.value for each in pays_by],
        )


class ManageLinkView(View):
    """A link by which whoever has it sees and manages one booking."""

    object: Literal["manage_link"] = "manage_link"
    url: str
    expires_at: Annotated[Instant, Field(description="A month after the booking ends; later if it is moved")]
