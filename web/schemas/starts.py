"""A start, as bookings and reschedules ask for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.availability.rules.zones import LocalStart
from web.fields import ResourceId
from web.moments import Instant, LocalDate, LocalTime
from web.parsing import Schema

FOLDS: Mapping[int | None, Literal[0, 1] | None] = {None: None, 0: 0, 1: 1}

NO_PRICE = dict.fromkeys(("price", "amount", "total", "currency"), "price_not_accepted")
Waivable = Literal["notice", "window", "hours"]


class StartRequest(Schema):
    """`date` and `time` local to the business, or the instant `starts_at`; on resources that are named, or on any."""

    not_accepted: ClassVar[Mapping[str, str]] = NO_PRICE

    date: LocalDate | None = None
    time: LocalTime | None = None
    fold: Annotated[int | None, Field(ge=0, le=1, description="Which pass of a time that happens twice")] = None
    starts_at: Instant | None = None
    resource_id: Annotated[ResourceId | None, Field(description="This resource only")] = None
    resource_ids: Annotated[
        list[ResourceId] | None,
        Field(max_length=50, description="Only one of these, for each role that any of them could fill"),
    ] = None

    @model_validator(mode="after")
    def _one_start(self) -> Self:
        wall, instant = (self.date, self.time), self.starts_at
        if instant is not None and (any(wall) or self.fold is not None):
            raise PydanticCustomError("invalid", "Send either `date` and `time`, or `starts_at`")
        if instant is None and None in wall:
            raise PydanticCustomError("required", "Send `date` and `time`, or `starts_at`")
        if instant is not None and instant.microsecond:
            raise PydanticCustomError("invalid", "`starts_at` should be a whole second")
        if self.resource_id is not None and self.resource_ids is not None:
            raise PydanticCustomError("invalid", "Send either `resource_id` or `resource_ids`")
        return self

    def named(self) -> tuple[UUID, ...] | None:
        """Return the resources that are named, each once; None when nothing was said of any."""
        if self.resource_id is not None:
            return (self.resource_id,)
        return None if self.resource_ids is None else tuple(dict.fromkeys(self.resource_ids))

    def start(self) -> LocalStart | datetime:
        """Return the start as bookings take it."""
        if self.starts_at is not None:
            return self.starts_at
        assert self.date is not None  # noqa: S101 - the validator has seen to it
        assert self.time is not None  # noqa: S101
        return LocalStart(day=self.date, at=self.time, fold=FOLDS[self.fold])
