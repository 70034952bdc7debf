"""Claims that would be at another time: where they would be, and whom they would meet there."""

from collections.abc import Sequence

from domain.availability.rules.diary import Diary, Occupied
from domain.availability.rules.seats import crowded
from domain.availability.rules.spans import Span


def shifted(claim: Occupied, seconds: int) -> Occupied:
    """Return a claim as it would be so many seconds later."""
    return claim._replace(
        start=claim.start + seconds,
        end=claim.end + seconds,
        footprint_start=claim.footprint_start + seconds,
        footprint_end=claim.footprint_end + seconds,
    )


def met(diary: Diary, claim: Occupied, capacity: int) -> Sequence[Occupied]:
    """Return the claims of other bookings in a diary beside which a claim could not be.

    Claims of its own service share its *capacity*: those among them are returned that fill an instant of it too far.
    """
    span = claim.footprint_start, claim.footprint_end
    others = [each for each in diary.claims_in(span) if each.booking_id != claim.booking_id]
    # What is crowded before the claim begins, or after its end, is so without it.
    beside = [_within(each, span) for each in others if capacity > 1 and each.service_id == claim.service_id]
    beside_it = {each.booking_id for each in beside}
    crowd = {each.booking_id for each in crowded([claim, *beside], capacity)}
    return [each for each in others if each.booking_id not in beside_it or each.booking_id in crowd]


def _within(claim: Occupied, span: Span) -> Occupied:
    return claim._replace(
        footprint_start=max(claim.footprint_start, span[0]), footprint_end=min(claim.footprint_end, span[1])
    )
