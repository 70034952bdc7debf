"""However much one account has to say, others are heard in between; and what ends its worker ends no more than a few."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from config.clock import clock
from config.transaction import transaction
from domain.notifications import service as notifications
from domain.notifications.rules.letters import Letter
from domain.notifications.rules.retrying import DEATHS, LEASE
from domain.notifications.service import sending
from domain.notifications.tables import Notification
from tests.messages.office import Office, an_office
from workers.delivery.smtp import Smtp

MANY = text("""
    INSERT INTO notifications (id, business_id, booking_id, account_id, kind, channel, audience, address, name, sequence,
                               urgency, state, due_at, next_try_at, dedupe_key, created_at)
    SELECT gen_random_uuid(), business_id, booking_id, :account_id, 'confirmed', channel, audience,
           replace(:called, ' ', '.') || n || '@example.com', :called, sequence, urgency, 'due', :now, :now, :called || n, created_at
      FROM notifications, generate_series(1, :count) AS n
     WHERE kind = 'confirmed' AND dedupe_key NOT LIKE 'to %'
""")
ACCOUNT = text("""
    INSERT INTO accounts (id, plan, created_at, updated_at) VALUES (gen_random_uuid(), 'paid', now(), now()) RETURNING id
""")


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        made.booked()
        made.post()
        made.server.got.clear()
        yield made


def due(count: int, called: str) -> None:
    """Let so many messages be due of a new account, to `to.<called><n>@example.com`."""
    with transaction() as session:
        of = session.scalars(ACCOUNT).one()
        session.execute(MANY, {"account_id": of, "count": count, "called": f"to {called}", "now": clock()})


def claimed() -> list[str]:
    """Claim a batch, and return whose its messages are."""
    with transaction() as session:
        claim = notifications.claim(session, now=clock())
        return [session.get_one(Notification, each).name for each in claim.ids]


@pytest.mark.usefixtures("office")
def test_whoever_has_little_to_say_does_not_wait_for_who_has_much() -> None:
    """All of it is of one urgency, and what there is much of was due first."""
    due(500, "much")
    due(2, "little")
    due(1, "least")
    first, second = claimed(), claimed()
    assert [len(first), len(second)] == [50, 50]
    assert sorted(first)[:3] == ["to least", "to little", "to much"]
    assert sorted(second)[:2] == ["to little", "to much"]


@pytest.mark.usefixtures("office")
def test_half_of_a_batch_goes_by_age_alone_however_many_accounts_wait() -> None:
    due(100, "much")
    for number in range(30):
        due(1, f"other {number}")
    assert claimed().count("to much") == 1 + 25


def test_what_ends_its_worker_is_tried_after_all_else_and_given_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(5, "many")
    taken = Smtp.send

    def send(self: Smtp, letter: Letter) -> None:
        if letter.recipient.address == "to.many1@example.com":
            raise Died
        taken(self, letter)

    monkeypatch.setattr(Smtp, "send", send)
    monkeypatch.setattr(sending, "BATCH", 6)
    with pytest.raises(Died):
        office.send()
    deaths = 1
    for turn in range(1, 20):
        due(1, f"later {turn}")
        try:
            office.send(at=clock() + turn * 2 * LEASE)
        except Died:
            deaths += 1
    assert deaths == DEATHS
    (fatal,) = office.log(address="to.many1@example.com")
    assert (fatal.state, fatal.deaths, str(fatal.last_error).partition(":")[0]) == ("failed", DEATHS, "fatal")
    assert {each.state for each in office.log() if each.id != fatal.id and each.kind == "confirmed"} == {"sent"}


class Died(BaseException):
    """Stands for the end of a process: nothing that runs afterwards is told of it."""
