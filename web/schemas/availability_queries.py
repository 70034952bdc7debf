"""Shapes of what is asked about availability."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.availability.rules.model import Mode
from domain.availability.rules.zones import LocalStart
from domain.availability.service import Asked, Dates
from domain.bookings import service as booking_service
from domain.bookings.tables import Booking
from web.fields import DIGITS, BookingId, ResourceId, ServiceId, Timezone
from web.moments import LocalDate, LocalTime, Second
from web.parsing import Query
from web.problems import Fault, Refusal
from web.schemas.starts import FOLDS

LONGEST = timedelta(days=61)  # between the first and the last of 62 dates


class AvailabilityQuery(Query):
    """What is asked of a service, whatever the dates."""

    service_id: ServiceId
    resource_id: Annotated[
        tuple[ResourceId, ...],
        Field(
            max_length=50,
            description="May be repeated. A role that some of these could fill is then filled by one of them, the others by anybody",
        ),
    ] = ()
    party: Annotated[
        Annotated[int, Field(ge=1, le=10_000), DIGITS] | None, Field(description="How many seats; 1 if left out")
    ] = None
    mode: Annotated[
        Literal["any", "all"],
        Field(
            description="`all`: when all the resources are free at once. A question only, a booking takes one a role"
        ),
    ] = "any"
    reschedule_of: Annotated[
        BookingId | None,
        Field(
            description="To find another start for this booking: its own place counts as free, and its lengths, its party "
            "and whom it asked for are kept"
        ),
    ] = None

    anybody: Annotated[
        bool | None,
        Field(description="With `reschedule_of`: whoever can serve, and not whom the booking asked for"),
    ] = None

    @model_validator(mode="after")
    def _anybody_else(self) -> Self:
        if self.anybody and (self.reschedule_of is None or self.resource_id):
            raise PydanticCustomError("invalid", "`anybody` goes with `reschedule_of`, and without `resource_id`")
        return self

    def asked(self, booking: Booking | None, timezone: str | None = None) -> Asked:
        """Return what availability is asked; *booking* is the one that would be moved."""
        named: Sequence[UUID] | None = list(dict.fromkeys(self.resource_id)) or None
        mode = Mode(self.mode)
        if booking is None:
            return Asked(
                service_id=self.service_id, timezone=timezone, resource_ids=named, party=self.party or 1, mode=mode
            )
        if booking.service_id != self.service_id:
            raise _refusal("?service_id", "It is not the service of the booking to be moved.")
        if self.party not in {None, booking.party}:
            raise _refusal("?party", f"The booking to be moved keeps its party of {booking.party}.")
        return Asked(
            service_id=self.service_id,
            timezone=timezone,
            resource_ids=() if self.anybody else named,
            before=booking.asked_for,
            party=booking.party,
            mode=mode,
            lengths=booking_service.lengths_of(booking),
            is_held=booking.hold_expires_at is not None,
            besides=booking.id,
        )


class SlotsQuery(AvailabilityQuery):
    """Which slots: of one date, of the dates `from` to `to`, both included, or (`view=next`) the first ones there are."""

    date: Annotated[LocalDate | None, Field(description="One date")] = None
    first: Annotated[LocalDate | None, Field(alias="from", description="The first date")] = None
    last: Annotated[LocalDate | None, Field(alias="to", description="The last date; at most 62 dates in all")] = None
    timezone: Annotated[Timezone | None, Field(description="The reader's; the business's if left out")] = None
    view: Annotated[
        Literal["slots", "days", "next"],
        Field(
            description="`days`: which dates have slots, and how many. `next`: the first slots from now on, or `from`"
        ),
    ] = "slots"
    limit: Annotated[
        Annotated[int, Field(ge=1, le=100), DIGITS] | None,
        Field(description="How many slots `view=next` looks for; 10 if left out"),
    ] = None
    include: Annotated[
        tuple[Literal["resources"], ...], Field(description="`resources`: who could serve, with each slot")
    ] = ()

    @model_validator(mode="after")
    def _one_range(self) -> Self:
        if self.view == "next":
            return self._unbounded()
        if self.limit is not None:
            raise PydanticCustomError("invalid", "`limit` is for `view=next`")
        if self.view == "days" and self.include:
            raise PydanticCustomError("invalid", "`include` is for slots, and `view=days` has none")
        if self.date is not None and self.first is None and self.last is None:
            return self
        if self.date is not None or self.first is None or self.last is None:
            raise PydanticCustomError("invalid", "Send either `date`, or both `from` and `to`")
        if self.first > self.last:
            raise PydanticCustomError("invalid", "`from` should not be after `to`")
        if self.last - self.first > LONGEST:
            raise PydanticCustomError("out_of_range", "At most 62 dates can be asked for at a time")
        return self

    def _unbounded(self) -> Self:
        if self.date is not None or self.last is not None:
            raise PydanticCustomError("invalid", "`view=next` takes no `date` and no `to`; `from` says where to begin")
        return self

    def told_of(self, facts: str) -> str:
        """Return what stands for an answer that is made of *facts*, in the shape that is asked for."""
        shape = (facts, self.view, self.limit, self.include)
        return blake2b(repr(shape).encode(), digest_size=16).hexdigest()

    def dates(self) -> Dates:
        """Return the dates that are asked about."""
        first, last = self.date or self.first, self.date or self.last
        assert isinstance(first, date)  # noqa: S101 - the validator has seen to it
        assert isinstance(last, date)  # noqa: S101
        return first, last


class ExplainQuery(AvailabilityQuery):
    """Which start: the instant `at`, or `date` and `time` local to the business."""

    at: Annotated[Second | None, Field(description="The start, with its offset; write `+` as `%2B`")] = None
    date: Annotated[LocalDate | None, Field(description="Its date in the business's zone")] = None
    time: Annotated[LocalTime | None, Field(description="Its time there")] = None
    fold: Annotated[
        Annotated[int, Field(ge=0, le=1), DIGITS] | None, Field(description="Which pass of a time that happens twice")
    ] = None

    @model_validator(mode="after")
    def _one_start(self) -> Self:
        wall = (self.date, self.time)
        if self.at is not None and (any(wall) or self.fold is not None):
            raise PydanticCustomError("invalid", "Send either `at`, or `date` and `time`")
        if self.at is None and None in wall:
            raise PydanticCustomError("required", "Send `at`, or `date` and `time`")
        return self

    def start(self) -> LocalStart | datetime:
        """Return the start that is to be explained."""
        if self.at is not None:
            return self.at
        assert self.date is not None  # noqa: S101 - the validator has seen to it
        assert self.time is not None  # noqa: S101
        return LocalStart(day=self.date, at=self.time, fold=FOLDS[self.fold])


def _refusal(pointer: str, detail: str) -> Refusal:
    return Refusal("invalid", detail, errors=[Fault(pointer, "invalid", detail)])
