"""What must hold: nothing is said of a sound database, and each wrong is seen that is done past every guard."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from config.clock import clock
from config.transaction import transaction
from domain.bookings import service as bookings
from domain.bookings.queries.invariants import INVARIANTS, NOTICES, finding
from domain.payments.queries.invariants import INVARIANTS as OF_MONEY
from tests.builders import Shop, a_booking, a_service, a_shop, again, decide, weekday
from web.schemas.system import MEANINGS

PAST_ALL_GUARDS = text("""
    SET LOCAL session_replication_role = replica;
    ALTER TABLE claims DROP CONSTRAINT ex_claims_exclusive
""")
SECOND_CLAIM = """
    INSERT INTO claims (booking_id, resource_id, service_id, starts_at, ends_at, footprint, seats, exclusive)
    SELECT gen_random_uuid(), resource_id, {service}, starts_at, ends_at, footprint, {seats}, {exclusive}
      FROM claims WHERE booking_id = :booking
"""

# Each does one wrong to the decided booking :booking, past every guard.
DEEDS: Mapping[str, tuple[str, ...]] = {
    "one_place_one_booking": (
        SECOND_CLAIM.format(service="service_id", seats="seats", exclusive="true"),
        SECOND_CLAIM.format(service="service_id", seats="seats", exclusive="false"),
        SECOND_CLAIM.format(service="gen_random_uuid()", seats="seats", exclusive="false"),
    ),
    "seats_within_capacity": (
        "UPDATE claims SET seats = 2 WHERE booking_id = :booking",
        SECOND_CLAIM.format(service="service_id", seats="1", exclusive="exclusive"),
    ),
    "places_where_they_should_be": (
        "UPDATE claims SET released_at = now() WHERE booking_id = :booking",
        "UPDATE claims SET resource_id = gen_random_uuid() WHERE booking_id = :booking",
        "UPDATE claims SET seats = 2 WHERE booking_id = :booking",
        "UPDATE claims SET expires_at = now() WHERE booking_id = :booking",
        "UPDATE bookings SET buffer_after_minutes = 5 WHERE id = :booking",
        "UPDATE bookings SET starts_at = starts_at - interval '1 minute' WHERE id = :booking",
        "UPDATE bookings SET resource_id = NULL, resources = '[]' WHERE id = :booking",
        "UPDATE bookings SET resources = resources || resources WHERE id = :booking",
        SECOND_CLAIM.format(service="service_id", seats="1", exclusive="false").replace("gen_random_uuid()", ":booking"),
    ),
    "no_places_after_the_end": ("UPDATE bookings SET status = 'cancelled' WHERE id = :booking",),
    "history_without_holes": (
        "DELETE FROM booking_history WHERE booking_id = :booking AND version = 1",
        "DELETE FROM booking_history WHERE booking_id = :booking AND version = 2",
        "DELETE FROM booking_history WHERE booking_id = :booking",
        "UPDATE bookings SET version = 3 WHERE id = :booking",
        "UPDATE bookings SET status = 'completed' WHERE id = :booking",
    ),
    "pending_bookings_have_a_job": ("UPDATE bookings SET status = 'pending' WHERE id = :booking",),
    "pending_reschedules_have_a_job": (
        """
        INSERT INTO reschedules (id, accepted_no, booking_id, business_id, status, starts_at, ends_at, timezone,
                                 local_start, tzdata_version, asked_by, created_at)
        SELECT gen_random_uuid(), -1, id, business_id, 'pending', starts_at, ends_at, timezone,
               local_start, tzdata_version, booked_by, now() FROM bookings WHERE id = :booking
        """,
    ),
    "no_dead_jobs": ("UPDATE jobs SET state = 'dead' WHERE ref_id = :booking",),
    "events_of_known_kinds": ("UPDATE events SET kind = 'booking.forgotten' WHERE subject_id = :booking AND id = (SELECT max(id) FROM events WHERE subject_id = :booking)",),
}  # fmt: skip


@pytest.fixture
def session() -> Iterator[Session]:
    """Yield a session whose writes are gone afterwards, and the guards that it took away are back."""
    with transaction() as made:
        yield made
        made.rollback()


def counts(session: Session) -> dict[str, int]:
    return {name: finding(session, name, each).count for name, each in (INVARIANTS | NOTICES).items()}


def test_nothing_is_said_of_a_sound_database() -> None:
    shop = a_shop(capacity=3)
    for party in (1, 2):
        a_booking(shop, weekday(), party=party)
    a_booking(shop, weekday(), party=1)
    decide(shop)
    a_booking(shop, weekday(ahead=4))
    with transaction() as session:
        examination = bookings.examine(session)

    mine = shop.business.id
    assert [each.name for each in examination.broken if touches(each.examples, mine)] == []
    assert {each.name for each in examination.findings} == INVARIANTS.keys()


def touches(examples: list[str], business_id: UUID) -> bool:
    """Tell whether any of the examples is a booking of the business: other tests leave wrongs behind in theirs."""
    asked = text("SELECT count(*) FROM bookings WHERE business_id = :mine AND id::text = ANY (:some)")
    with transaction() as session:
        return bool(session.scalar(asked, {"mine": business_id, "some": list(examples)}))


@pytest.mark.parametrize(("name", "deed"), [(name, deed) for name, deeds in DEEDS.items() for deed in deeds])
def test_a_wrong_is_seen(session: Session, name: str, deed: str) -> None:
    shop = a_shop()
    booking = a_booking(shop, weekday())
    decide(shop)
    before = counts(session)
    session.execute(PAST_ALL_GUARDS)
    session.execute(text(deed), {"booking": booking.id})
    after = counts(session)

    assert after[name] == before[name] + 1


def test_every_invariant_has_a_deed_and_a_meaning() -> None:
    assert DEEDS.keys() == INVARIANTS.keys()
    assert MEANINGS.keys() == INVARIANTS.keys() | NOTICES.keys() | OF_MONEY.keys()


def test_a_capacity_that_was_lowered_later_is_noticed_and_breaks_nothing(session: Session) -> None:
    shop = a_shop(capacity=3)
    for _ in range(3):
        a_booking(shop, weekday())
    decide(shop)
    before = counts(session)
    session.execute(
        text("UPDATE services SET capacity = 2, capacity_changed_at = :now WHERE id = :id"),
        {"now": clock(), "id": shop.service.id},
    )
    after = counts(session)

    assert after == before | {name: before[name] + 1 for name in NOTICES}


def test_a_service_that_changes_in_another_way_hides_no_overbooking(session: Session) -> None:
    shop = a_shop(capacity=3)
    for _ in range(3):
        a_booking(shop, weekday())
    decide(shop)
    with transaction() as renaming:
        bookings.change_service(renaming, shop.service.id, {"name": "Shave"}, caller=shop.owner, now=clock())
    before = counts(session)
    session.execute(text("UPDATE services SET capacity = 2 WHERE id = :id"), {"id": shop.service.id})
    after = counts(session)

    assert after == before | {"seats_within_capacity": before["seats_within_capacity"] + 1}


@pytest.mark.parametrize(("capacity", "noted"), [(2, True), (3, False)])
def test_a_service_notes_when_its_capacity_changed(capacity: int, *, noted: bool) -> None:
    shop = a_shop(capacity=3)
    now = clock()
    with transaction() as session:
        given = {"name": "Shave", "capacity": capacity}
        changed = bookings.change_service(session, shop.service.id, given, caller=shop.owner, now=now).service
    assert changed.capacity_changed_at == (now if noted else None)


def test_examples_are_ten_at_most_and_all_are_counted(session: Session) -> None:
    before = counts(session)["no_dead_jobs"]
    session.execute(
        text("""
            INSERT INTO jobs (kind, ref_id, state, run_at, lease_until, created_at)
            SELECT 'bookings.allocate', gen_random_uuid(), 'dead', now(), now(), now() FROM generate_series(1, 25)
        """)
    )
    found = finding(session, "no_dead_jobs", INVARIANTS["no_dead_jobs"])

    assert (found.count, len(found.examples)) == (before + 25, 10)


class Taken(NamedTuple):
    """A claim, in hours of one day."""

    service: int
    start: int
    hours: int
    seats: int
    exclusive: bool

    def meets(self, other: "Taken") -> bool:
        """Tell whether there is an instant that both occupy."""
        return self.start < other.start + other.hours and other.start < self.start + self.hours


CAPACITY = 4
TAKEN = st.builds(
    Taken, st.integers(0, 1), st.integers(0, 8), st.integers(1, 4), st.integers(1, 3), st.sampled_from([False] * 4 + [True])
)  # fmt: skip


@pytest.fixture(scope="module")
def shop() -> tuple[Shop, UUID]:
    made = a_shop(capacity=CAPACITY)
    other, _ = a_service(again(made.owner), made.business.id, capacity=CAPACITY)
    return made, other.id


@settings(max_examples=100)
@given(claims=st.lists(TAKEN, max_size=6))
def test_the_sweep_finds_what_comparing_every_pair_finds(shop: tuple[Shop, UUID], claims: list[Taken]) -> None:
    made, other = shop
    midnight = datetime(2030, 1, 1, tzinfo=UTC)
    with transaction() as session:
        before, resource_id = counts(session), uuid4()
        session.execute(PAST_ALL_GUARDS)
        for each in claims:
            start = midnight + timedelta(hours=each.start)
            session.execute(
                text("""
                    INSERT INTO claims (booking_id, resource_id, service_id, starts_at, ends_at, footprint, seats, exclusive)
                    VALUES (gen_random_uuid(), :resource, :service, :start, :end, tstzrange(:start, :end), :seats, :exclusive)
                """),
                {
                    "resource": resource_id,
                    "service": (made.service.id, other)[each.service],
                    "start": start,
                    "end": start + timedelta(hours=each.hours),
                    "seats": each.seats,
                    "exclusive": each.exclusive,
                },
            )
        after = counts(session)
        session.rollback()

    beside = [(one, another) for one, another in combinations(claims, 2) if one.meets(another)]
    doubled = any(one.exclusive or another.exclusive or one.service != another.service for one, another in beside)
    full = any(
        sum(each.seats for each in claims if each.service == service and each.start <= hour < each.start + each.hours)
        > CAPACITY
        for hour in range(12)
        for service in (0, 1)
    )
    assert (after["one_place_one_booking"] > before["one_place_one_booking"]) == doubled
    assert (after["seats_within_capacity"] > before["seats_within_capacity"]) == full
