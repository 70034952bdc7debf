"""Shapes of the explanation of a start."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from domain.availability.rules.diary import Closure, Occupied
from domain.availability.rules.model import Code, Reason, Refusal
from domain.availability.service import Explained, Why
from domain.availability.service.explain import OnResource, OnRole
from web.answers import View
from web.fields import BookingId, ResourceId, ServiceId, TimeOffId
from web.moments import Instant
from web.refusals import dated, length, sentence
from web.schemas.bookings import RejectionView


class BookingThen(View):
    """A booking that is in the way."""

    booking_id: BookingId
    starts_at: Instant
    ends_at: Instant


class TimeOffThen(View):
    """Time off that is in the way."""

    time_off_id: TimeOffId
    starts_at: Instant
    ends_at: Instant


class OpenThen(View):
    """Opening time of the start's date."""

    starts_at: Instant
    ends_at: Instant


class AgainstView(View):
    """A rule that refuses the start on this resource."""

    code: Annotated[str, Field(description="The rule", examples=["slot_taken"])]
    reasons: Annotated[list[str], Field(description="Under slot_taken: busy, buffer, capacity")]
    detail: str
    bookings: Annotated[list[BookingThen], Field(description="Those in the way that you may see")]
    time_off: Annotated[list[TimeOffThen], Field(description="What is in the way, to members of the business")]


class ResourceThen(View):
    """What a resource has against the start."""

    resource_id: ResourceId
    bookable: Annotated[bool, Field(description="Whether it could serve")]
    open: Annotated[list[OpenThen], Field(description="Its opening hours on that date")]
    remaining: Annotated[int, Field(description="Seats left then, whatever its hours")]
    refusals: Annotated[
        list[AgainstView], Field(description="Every rule that refuses it, in the order in which they count")
    ]


class RoleThen(View):
    """What is against the start in one role of the service."""

    role: str
    bookable: Annotated[bool, Field(description="Whether somebody could fill it")]
    resources: Annotated[list[ResourceThen], Field(description="Those who could; if there are none, nobody is said to")]


class ExplanationView(View):
    """Whether a start can be booked now, and if not, why."""

    service_id: ServiceId
    timezone: str
    starts_at: Instant
    ends_at: Instant
    bookable: bool
    rejection: Annotated[RejectionView | None, Field(description="What a booking would be told")]
    requirements: list[RoleThen]


NAMED = 10
"""How many bookings, and how much time off, is named for each rule and resource: the first that the caller may see."""

Show = Callable[[Why, Sequence[tuple[datetime, datetime]], int], dict[str, Any]]


def explanation(
    explained: Explained,
    *,
    booking_ids: Collection[UUID],
    time_off_ids: Collection[UUID],
    alternatives: Sequence[Mapping[str, Any]],
) -> ExplanationView:
    """Show why a start is not offered; of what is in the way only those bookings and that time off."""
    rejection = explained.refusal and _rejection(explained.refusal, explained.starts_at, alternatives)
    show = partial(_against, explained, booking_ids=booking_ids, time_off_ids=time_off_ids)
    return ExplanationView.model_validate(
        {
            "service_id": explained.service.id,
            "timezone": explained.service.timezone,
            "starts_at": explained.starts_at,
            "ends_at": explained.ends_at,
            "bookable": rejection is None,
            "rejection": rejection,
            "requirements": [_role(each, explained, show) for each in explained.roles],
        }
    )


def _rejection(refusal: Refusal, at: datetime, alternatives: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "code": refusal.code,
        "reasons": refusal.reasons,
        "detail": sentence(refusal.code, at),
        "alternatives": alternatives,
    }


def _role(role: OnRole, explained: Explained, show: Show) -> dict[str, Any]:
    resources = [_resource(each, explained, show) for each in role.resources]
    return {"role": role.role, "bookable": any(each["bookable"] for each in resources), "resources": resources}


def _resource(resource: OnResource, explained: Explained, show: Show) -> dict[str, Any]:
    at = explained.starts_at
    opened = [
        (datetime.fromtimestamp(start, at.tzinfo), datetime.fromtimestamp(end, at.tzinfo))
        for start, end in resource.opened
    ]
    return {
        "resource_id": resource.resource_id,
        "bookable": not resource.against,
        "open": [{"starts_at": start, "ends_at": end} for start, end in opened],
        "remaining": resource.remaining,
        "refusals": [show(why, opened, resource.remaining) for why in resource.against],
    }


def _against(
    explained: Explained,
    why: Why,
    opened: Sequence[tuple[datetime, datetime]],
    remaining: int,
    *,
    booking_ids: Collection[UUID],
    time_off_ids: Collection[UUID],
) -> dict[str, Any]:
    at = explained.starts_at
    bookings = {each.booking_id: each for each in why.bookings if each.booking_id in booking_ids}
    time_off = [each for each in why.time_off if each.time_off_id in time_off_ids]
    return {
        "code": why.refusal.code,
        "reasons": why.refusal.reasons,
        "detail": " ".join([sentence(why.refusal.code, at), *_facts(explained, why, opened, remaining)]),
        "bookings": [{"booking_id": id_, **_times(each, at)} for id_, each in islice(bookings.items(), NAMED)],
        "time_off": [{"time_off_id": each.time_off_id, **_times(each.closure, at)} for each in time_off[:NAMED]],
    }


def _times(span: Occupied | Closure, at: datetime) -> dict[str, datetime]:
    return {
        "starts_at": datetime.fromtimestamp(span.start, at.tzinfo),
        "ends_at": datetime.fromtimestamp(span.end, at.tzinfo),
    }


def _facts(
    explained: Explained, why: Why, opened: Sequence[tuple[datetime, datetime]], remaining: int
) -> Iterator[str]:
    """Yield what the caller can go by, a sentence each."""
    service, code = explained.service, why.refusal.code
    if code is Code.TOO_SOON:
        yield f"It asks for {length(service.min_notice_minutes)}."
    if code is Code.BEYOND_WINDOW:
        yield f"The last date that can be booked now is {dated(explained.last_date)}."
    if code is Code.OUTSIDE_HOURS:
        hours = " and ".join(f"{start:%H:%M} to {end:%H:%M}" for start, end in opened)
        yield f"That date is open {hours}." if opened else "That date is not open."
    if code is Code.OFF_GRID:
        yield f"Starts are {length(service.slot_interval_minutes or service.duration_minutes)} apart."
    if code is Code.DAY_LIMIT_REACHED:
        yield f"It has {explained.booked}, and takes {service.daily_limit}."
    if Reason.CAPACITY in why.refusal.reasons and service.capacity > 1:
        yield f"Of {service.capacity} seats {remaining} are left."
