"""However much one account has to say, others are heard in between; and what ends its worker ends no more than a few."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from config.clock import clock
from config.transaction import transaction
from domain.notifications import queries
from domain.notifications import service as notifications
from domain.notifications.rules.letters import Letter
from domain.notifications.rules.retrying import DEATHS, LEASE, UNSURE
from domain.notifications.service import sending
from domain.notifications.tables import Notification
from tests.messages.office import HOUR, Office, an_office
from tests.messages.sink import reset
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


def test_of_many_accounts_others_have_the_next_turn(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries.sending, "VISITED", 4)
    due(200, "much")
    for number in range(8):
        due(1, f"other {number}")
    turn, heard = None, set[str]()
    for _ in range(4):
        with transaction() as session:
            claim = notifications.claim(session, after=turn, now=clock())
        turn = claim.turn
        heard |= {office.row(each).name for each in claim.ids}
    assert heard == {"to much", *(f"to other {number}" for number in range(8))}


def test_what_is_given_back_keeps_its_place_and_what_somebody_died_of_stays_apart(office: Office) -> None:
    due(60, "many")
    with transaction() as session:
        first = notifications.claim(session, now=clock())
    later = clock() + 2 * LEASE
    with transaction() as session:
        again = notifications.claim(session, now=later)
        notifications.give_back(session, again.ids, again.lease, now=later)
    suspect = [each for each in again.ids if each in first.ids]
    assert suspect == [again.ids[-1]]
    with transaction() as session:
        third = notifications.claim(session, now=later)
    assert set(third.ids[:-1]) == set(again.ids[:-1]), "what is due keeps its place"
    assert third.ids[-1] in first.ids, "one that may be the reason comes last, and alone"
    assert max(row.deaths for row in office.log()) == 1


def test_what_may_have_come_is_sent_a_few_times_only(office: Office) -> None:
    office.server.data += [reset] * 9
    due(1, "far")
    for hours in range(9):
        office.send(at=clock() + hours * HOUR)
    (row,) = office.log(name="to far")
    assert (row.state, row.attempts) == ("failed", UNSURE)


def test_what_was_taken_and_cannot_be_written_down_is_left_to_lapse(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(1, "known")
    with monkeypatch.context() as patch:
        patch.setattr(notifications, "sent", broken)
        with pytest.raises(ValueError, match="cannot be written"):
            office.send()
    (row,) = office.log(name="to known")
    assert (row.state, len(office.server.got)) == ("sending", 1)


def broken(*_: object, **__: object) -> None:
    raise ValueError("cannot be written")
