"""Shapes of what operators look at."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from domain.bookings.service import Examination, Finding
from domain.kernel.ids import shown
from web.answers import View
from web.moments import Instant

MEANINGS: Mapping[str, str] = {
    "one_place_one_booking": "No two bookings have the same place at once, unless they share a service that takes several.",
    "seats_within_capacity": "At no moment are more seats taken than the service has.",
    "places_where_they_should_be": "Each booking that occupies has one place: on its resource, at its time with its buffers, for its party, until its hold ends.",
    "no_places_after_the_end": "No booking keeps a place that it is not entitled to.",
    "history_without_holes": "Each version of a booking has its line of history, and the last one tells its status.",
    "pending_bookings_have_a_job": "Each pending booking has a job that will decide it.",
    "pending_reschedules_have_a_job": "Each pending reschedule is of a live booking and has a job that will decide it.",
    "no_dead_jobs": "No job has failed so often that it was given up.",
    "events_of_known_kinds": "Each event is of a kind in the plot.",
    "ledger_as_payments": "The ledger of each payment, but for fees, comes to what was received, less what went back and what is with the customer's bank.",
    "bookings_as_their_payments": "Each booking says of its money what follows from its payments: how much came, how much went back, and where it stands.",
    "first_due_received": "What is due at first has come of each confirmed booking that had to be paid first.",
    "nothing_kept_that_is_owed": "What a business may not keep of a booking's money has gone back, or is on its way; of one that ended, all but the fee.",
    "seats_since_capacity_was_lowered": "Seats above the capacity of a service, which was changed after they had been given: nothing is broken, and somebody may have to be told.",
}  # fmt: skip


class CheckView(View):
    """One thing that must hold, and what breaks it."""

    name: Annotated[str, Field(description="Which", examples=["one_place_one_booking"])]
    meaning: Annotated[str, Field(description="What holds, if it holds")]
    count: Annotated[int, Field(description="How many break it; 0 is well")]
    examples: Annotated[
        list[str], Field(description="The ids of up to ten of them: bookings, payments, events, or numbers of jobs")
    ]

    @classmethod
    def of(cls, finding: Finding) -> "CheckView":
        """Show a finding, its ids as they are outside."""
        kind = finding.of
        return cls(
            name=finding.name,
            meaning=MEANINGS[finding.name],
            count=finding.count,
            examples=[shown(kind, UUID(each)) if kind else each for each in finding.examples],
        )


class InvariantsView(View):
    """Whether all is well."""

    object: Literal["invariants"] = "invariants"
    holds: Annotated[bool, Field(description="Whether every check counts 0")]
    checks: list[CheckView]
    notices: Annotated[list[CheckView], Field(description="What looks like a break and is none")]
    checked_at: Instant

    @classmethod
    def of(cls, examination: Examination, *, now: datetime) -> "InvariantsView":
        """Show an examination."""
        return cls(
            holds=not examination.broken,
            checks=[CheckView.of(each) for each in examination.findings],
            notices=[CheckView.of(each) for each in examination.notices],
            checked_at=now,
        )
