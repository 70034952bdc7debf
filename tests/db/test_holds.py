"""Holds: a place kept while somebody makes up their mind, which ends by the clock, whoever looks and whoever acts."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from config.clock import clock
from config.transaction import retried, transaction
from domain.availability import service as availability
from domain.availability.tables import Claim
from domain.bookings import queries
from domain.bookings import service as bookings
from domain.bookings.rules import shown_status
from domain.bookings.tables import Booking
from domain.kernel.errors import InvalidTransition
from tests.builders import Shop, a_booking, a_request, a_service, a_shop, again, decide, look, weekday
from tests.claims import overbooked
from tests.races.rivals import together

START = weekday()
LATER = timedelta(hours=25)  # after an approval's hold of a day has lapsed


def _held() -> tuple[Shop, Booking]:
    """Let somebody's booking await its approval, for a day."""
    shop = a_shop(requires_approval=True)
    booking = a_booking(shop, START)
    decide(shop)
    held = look(booking, by=shop.owner)
    assert held.status == "awaiting_approval"
    return shop, held


def _asked_later(shop: Shop) -> Booking:
    with transaction() as session:
        return bookings.request(session, a_request(shop, START), caller=shop.owner, now=clock() + LATER)


def _decide(shop: Shop, now: datetime) -> None:
    retried(lambda session: bookings.allocate(session, shop.business.id, now=now))


def _end_holds(now: datetime) -> bool:
    return retried(lambda session: bookings.expire_holds(session, now=now))


def _confirm(shop: Shop, booking: Booking, now: datetime) -> Booking:
    return retried(lambda session: bookings.confirm(session, booking.id, caller=shop.owner, now=now))


def _offered(shop: Shop, now: datetime) -> bool:
    asked = availability.Asked(service_id=shop.service.id)
    with transaction() as session:
        prepared = availability.prepared(session, asked, (START.date(), START.date()), now=now)
    return int(START.timestamp()) in {slot.start for slot in prepared.offered().slots}


def test_a_hold_keeps_its_place_from_the_next() -> None:
    shop, _ = _held()
    rival = a_booking(shop, START)
    decide(shop)

    assert look(rival, by=shop.owner).status == "rejected"
    assert not _offered(shop, clock())


def test_a_lapsed_hold_reads_as_expired_and_is_offered_again_though_nobody_has_ended_it() -> None:
    shop, held = _held()

    assert shown_status(held.status, held.hold_expires_at, now=clock() + LATER) == "expired"
    assert _offered(shop, clock() + LATER)


def test_the_allocator_gives_a_lapsed_place_to_the_next() -> None:
    shop, held = _held()
    rival = _asked_later(shop)
    _decide(shop, clock() + LATER)

    assert look(held, by=shop.owner).status == "expired"
    assert look(rival, by=shop.owner).status == "awaiting_approval"
    assert overbooked() == []


def test_a_hold_that_lapsed_while_the_allocator_waited_for_its_lane_is_given_to_those_it_was_offered_to() -> None:
    shop, held = _held()
    rival = _asked_later(shop)
    _decide(shop, clock())  # its clock was read before the wait, and the rival came during it

    assert look(held, by=shop.owner).status == "expired"
    assert look(rival, by=shop.owner).status == "awaiting_approval"


def test_beat_ends_a_lapsed_hold_once() -> None:
    while _end_holds(clock() + LATER):
        continue  # so that those which other tests have left fill no batch
    shop, held = _held()
    more = [_end_holds(clock() + LATER) for _ in range(2)]

    assert more == [False, False]
    with transaction() as session:
        lines = [line.to_status for line in queries.history(session, held.id, after=0, limit=9)]
    assert lines == ["pending", "awaiting_approval", "expired"]
    assert look(held, by=shop.owner).status == "expired"
    assert _offered(shop, clock())


def test_beat_leaves_a_hold_that_lasts() -> None:
    shop, held = _held()
    _end_holds(clock())

    assert look(held, by=shop.owner).status == "awaiting_approval"


def test_confirming_keeps_the_place_for_good() -> None:
    shop, held = _held()
    confirmed = _confirm(shop, held, clock())

    assert (confirmed.status, confirmed.hold_expires_at) == ("confirmed", None)
    with transaction() as session:
        claim = session.scalars(select(Claim).where(Claim.booking_id == held.id)).one()
    assert (claim.expires_at, claim.released_at) == (None, None)
    assert not _offered(shop, clock() + LATER)


def test_confirming_after_the_lapse_is_refused_whether_or_not_somebody_has_ended_it() -> None:
    shop, held = _held()
    with pytest.raises(InvalidTransition):
        _confirm(shop, held, clock() + LATER)
    _end_holds(clock() + LATER)

    with pytest.raises(InvalidTransition):
        _confirm(shop, held, clock() + LATER)


@pytest.mark.parametrize("round_", range(10))
def test_confirming_races_the_lapse_and_just_one_of_them_wins(round_: int) -> None:
    shop, held = _held()
    rival = _asked_later(shop)
    now = clock()

    def confirm() -> str:
        try:
            return _confirm(shop, held, now).status
        except InvalidTransition:
            return "refused"

    def end() -> str:
        if round_ % 2:
            _end_holds(now + LATER)
        _decide(shop, now + LATER)
        return "decided"

    answer, _ = together(confirm, end)
    mine, theirs = look(held, by=shop.owner).status, look(rival, by=shop.owner).status
    assert (answer, mine, theirs) in {
        ("confirmed", "confirmed", "rejected"),
        ("refused", "expired", "awaiting_approval"),
    }
    assert overbooked() == []


@pytest.mark.parametrize("round_", range(10))
def test_cancelling_races_the_allocator_and_leaves_either_no_claim_or_the_next_in_its_place(round_: int) -> None:
    shop = a_shop()
    booking, rival = a_booking(shop, START), a_booking(shop, START)
    if round_ % 2:
        decide(shop)
        rival = a_booking(shop, START)

    def cancel() -> None:
        retried(lambda session: bookings.cancel(session, booking.id, caller=shop.owner, now=clock()))

    together(cancel, lambda: decide(shop))
    assert look(booking, by=shop.owner).status == "cancelled"
    assert look(rival, by=shop.owner).status in {"confirmed", "rejected"}
    with transaction() as session:
        live = session.scalars(
            select(Claim.booking_id).where(Claim.service_id == shop.service.id, Claim.released_at.is_(None))
        ).all()
    assert live == ([rival.id] if look(rival, by=shop.owner).status == "confirmed" else [])


def test_a_hold_that_would_begin_after_its_start_is_refused_and_takes_nobodys_place() -> None:
    shop = a_shop()
    service, _ = a_service(again(shop.owner), shop.business.id, requires_approval=True)
    awaiting = a_booking(replace(shop, service=service), START)
    rival = a_booking(shop, START)
    _decide(shop, START + timedelta(minutes=1))  # after an outage

    late = look(awaiting, by=shop.owner)
    assert (late.status, late.rejection_code) == ("rejected", "in_the_past")
    assert look(rival, by=shop.owner).status == "confirmed"
