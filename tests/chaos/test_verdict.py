"""The verdict's own control: each wrong that a fault might leave behind would be seen."""

from collections.abc import Mapping

import psycopg
import pytest

from config.settings import settings
from tests.builders import a_booking, a_shop, decide, weekday
from tests.chaos.verdict import WRONGS, wrongs

# Each does one wrong to the booking %(id)s, past every guard.
DEEDS: Mapping[str, str] = {
    "places given twice": """
        INSERT INTO claims (booking_id, resource_id, service_id, starts_at, ends_at, footprint, seats, exclusive)
        SELECT booking_id, resource_id, service_id, starts_at, ends_at, footprint, seats, false
          FROM claims WHERE booking_id = %(id)s
    """,
    "confirmed bookings without a place of their own": """
        UPDATE claims SET released_at = now() WHERE booking_id = %(id)s
    """,
    "places kept by bookings that were refused": """
        UPDATE bookings SET status = 'rejected', rejection_code = 'slot_taken' WHERE id = %(id)s
    """,
    "decisions made twice": """
        INSERT INTO booking_history (booking_id, version, from_status, to_status, at)
        VALUES (%(id)s, 99, 'pending', 'confirmed', now())
    """,
    "dead jobs": "UPDATE jobs SET state = 'dead' WHERE ref_id = %(id)s",
    "jobs left open by a booking that is decided": "UPDATE jobs SET state = 'ready' WHERE ref_id = %(id)s",
}


@pytest.mark.parametrize("wrong", WRONGS)
def test_a_wrong_is_seen(wrong: str) -> None:
    shop = a_shop()
    booking = a_booking(shop, weekday())
    decide(shop)
    with psycopg.connect(settings().psycopg_url) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")  # no triggers, no foreign keys
        before = wrongs(connection).get(wrong, 0)

        connection.execute(DEEDS[wrong], {"id": booking.id})

        assert wrongs(connection).get(wrong, 0) == before + 1
        connection.rollback()
