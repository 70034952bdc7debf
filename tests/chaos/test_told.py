"""The controls of the verdict on what is told: each loss that a fault might leave behind would be seen."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from domain.kernel.ids import Kind, shown
from tests.chaos.told import GIVEN_UP, UNTOLD, event_id, is_signed, untold, untrue
from tests.messages.office import Office, an_office
from tests.messages.senders import url
from tests.outbound.hooks import an_endpoint, follow, happened, send_now
from tests.receivers import Receiver, until
from tests.settled import until_told

# Each does one wrong to what was told of a booking, past every guard.
LOST: Mapping[str, str] = {
    "messages that wait": "UPDATE notifications SET state = 'due', next_try_at = now() WHERE kind = 'confirmed'",
    "deliveries that wait": "UPDATE webhook_deliveries SET state = 'sending' WHERE kind = 'booking.confirmed'",
    "confirmed bookings that nobody is told of": "DELETE FROM notifications WHERE kind = 'confirmed'",
    "confirmations that no endpoint is told of": "DELETE FROM webhook_deliveries WHERE kind = 'booking.confirmed'",
    "messages that were given up": "UPDATE notifications SET state = 'failed' WHERE kind = 'confirmed'",
    "deliveries that are dead": "UPDATE webhook_deliveries SET state = 'dead' WHERE kind = 'booking.confirmed'",
}

UNGUARDED = """
    DO $$ DECLARE guard record; BEGIN
        FOR guard IN SELECT conname, conrelid::regclass AS of FROM pg_constraint
                      WHERE contype = 'c' AND conrelid::regclass::text IN ('notifications', 'webhook_deliveries')
        LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', guard.of, guard.conname); END LOOP;
    END $$
"""


@pytest.fixture
def since() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=1)


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        yield made


@pytest.fixture
def receiver(office: Office, since: datetime) -> Iterator[Receiver]:
    """Have a booking confirmed, of which a mail and a webhook have told."""
    assert since < datetime.now(UTC)
    with Receiver() as made:
        an_endpoint(office.shop.owner, office.shop.business.id, made.url)
        office.booked()
        office.post()
        follow()
        send_now()
        until(lambda: "booking.confirmed" in made.names())
        yield made


def test_where_all_is_told_nothing_is_wrong(office: Office, receiver: Receiver, since: datetime) -> None:
    with psycopg.connect(url()) as connection:
        assert untold(connection, since) == {}
        assert untrue(connection, office.server.ids, {event_id(each) for each in receiver.got}) == {}


@pytest.mark.parametrize("loss", [*UNTOLD, *GIVEN_UP])
def test_a_loss_is_seen(office: Office, receiver: Receiver, since: datetime, loss: str) -> None:
    events = {event_id(each) for each in receiver.got}
    with psycopg.connect(url()) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")  # no triggers, no foreign keys
        connection.execute(UNGUARDED)
        connection.execute(LOST[loss])
        seen = {**untold(connection, since), **untrue(connection, office.server.ids, events)}
        connection.rollback()
    assert seen[loss] == 1


def test_what_is_down_as_told_and_never_came_is_seen(office: Office, receiver: Receiver) -> None:
    (lost,) = [shown(Kind.NOTIFICATION, each.id) for each in office.log(kind="confirmed")]
    came = [each for each in office.server.ids if lost not in each]
    with psycopg.connect(url()) as connection:
        seen = untrue(connection, came, {event_id(each) for each in receiver.got if each.name != "booking.confirmed"})
    assert seen == {"messages that never came": 1, "events that never came": 1}


def test_a_signature_of_another_secret_is_seen(office: Office) -> None:
    with Receiver() as receiver:
        one, other = (an_endpoint(office.shop.owner, office.shop.business.id, receiver.url + to) for to in ("/1", "/2"))
        happened(office.shop.business.id, "booking.confirmed")
        until_told()
        follow()
        send_now()
        got, *_ = [each for each in receiver.got if each.path == "/1"]
    assert is_signed(got, one.secret)
    assert not is_signed(got, other.secret)
