"""A start, as bookings and reschedules ask for it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.availability.rules.zones import LocalStart
from domain.kernel.errors import ResourceNotOffered
from web.fields import ResourceId
from web.moments import Instant, LocalDate, LocalTime
from web.parsing import Schema

FOLDS: Mapping[int | None, Literal[0, 1] | None] = {None: None, 0: 0, 1: 1}

NO_PRICE = dict.fromkeys(("price", "amount", "total", "currency"), "price_not_accepted")
Waivable = Literal["notice", "window", "hours"]


class StartRequest(Schema):
    """`date` and `time` local to the business, or the instant `starts_at`; on resources that are named, or on any."""

    not_accepted: ClassVar[Mapping[str, str]] = NO_PRICE

    date: Annotated[LocalDate | None, Field(description="Local to the business, with `time`; or else `starts_at`")] = (
        None
    )
    time: Annotated[LocalTime | None, Field(description="Local to the business, with `date`; or else `starts_at`")] = (
        None
    )
    fold: Annotated[int | None, Field(ge=0, le=1, description="Which pass of a time that happens twice")] = None
    starts_at: Annotated[Instant | None, Field(description="The instant, where `date` and `time` are left out")] = None
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
        if self.resource_ids is not None and self.resource_id not in (None, *self.resource_ids):
            raise PydanticCustomError("invalid", "`resource_id` should be one of `resource_ids`, or left out")
        return self

    @contextmanager
    def naming(self) -> Iterator[None]:
        """Point a refusal of a resource at the field that it was named in."""
        try:
            yield
        except ResourceNotOffered as error:
            if self.resource_ids is not None:
                error.at("/resource_ids")
            raise

    def named(self) -> tuple[UUID, ...] | None:
        """Return the resources that are named, each once; None when nothing was said of any."""
        if self.resource_ids is not None:
            return tuple(dict.fromkeys(self.resource_ids))
        return None if self.resource_id is None else (self.resource_id,)

    def start(self) -> LocalStart | datetime:
        """Return the start as bookings take it."""
        if self.starts_at is not None:
            return self.starts_at
        assert self.date is not None  # noqa: S101 - the validator has seen to it
        assert self.time is not None  # noqa: S101
        return LocalStart(day=self.date, at=self.time, fold=FOLDS[self.fold])
