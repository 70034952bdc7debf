"""Workers that send side by side, and die while they do: nothing is lost, and nothing claimed twice."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import text, update

from config.clock import clock
from config.settings import ROOT
from config.transaction import transaction
from domain.accounts import service as accounts
from domain.notifications import queries
from domain.notifications import service as notifications
from domain.notifications.rules.notices import Urgency
from domain.notifications.rules.retrying import LEASE
from domain.notifications.tables import Notification
from tests.builders import prove, weekday
from tests.messages.office import DAY, Office, an_office
from tests.receivers import until

MANY = text("""
    INSERT INTO notifications (id, business_id, booking_id, account_id, kind, channel, audience, address, name, sequence, state,
                               due_at, next_try_at, dedupe_key, created_at)
    SELECT gen_random_uuid(), business_id, booking_id, (SELECT id FROM accounts ORDER BY id OFFSET n % 2 LIMIT 1), 'reminder', channel, audience, 'ada' || n || '@example.com', name,
           sequence, 'due', :now, :now, 'many ' || n, created_at
      FROM notifications, generate_series(1, :count) AS n
     WHERE kind = 'confirmed'
""")
CLAIMER = """
import sys
from config.clock import clock
from config.transaction import transaction
from domain.notifications import service as notifications
print("ready", flush=True)
sys.stdin.readline()
while True:
    with transaction() as session:
        claim = notifications.claim(session, now=clock())
    if not claim.ids:
        break
    print(*claim.ids, sep="\\n")
"""
SENDER = """
from workers import notifications
notifications.send()
"""


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        prove(made.customer.email, ago=30 * DAY)  # there are messages to strangers on their account
        yield made


def url() -> str:
    """Return where the database is that was entered last."""
    with transaction() as session:
        address = session.connection().engine.url.render_as_string(hide_password=False)
    return address.replace("+psycopg", "")


def process(program: str, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url()} | more,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_the_only_duplicate_is_of_what_was_taken_and_not_written_down(office: Office) -> None:
    """The worker dies when the server has taken the letter; the next one cannot know that."""
    office.booked()
    office.follow()
    held = threading.Event()
    with process(SENDER, SMTP_URL=f"smtp://127.0.0.1:{office.server.port}?starttls=never") as dying:
        office.server.before = lambda: _die(dying, held)
        assert dying.wait(30) == -signal.SIGKILL
    until(lambda: len(office.server.got) == 1)
    office.server.before = lambda: None
    assert office.told(kind="confirmed") == [("confirmed", "sending")]
    office.send()
    assert len(office.server.got) == 1, "its lease still holds"
    office.send(at=clock() + LEASE)
    assert office.told(kind="confirmed") == [("confirmed", "sent")]
    assert len(set(office.server.ids)) == 1 < len(office.server.ids)


def _die(dying: "subprocess.Popen[str]", held: threading.Event) -> None:
    if not held.is_set():
        held.set()
        os.kill(dying.pid, signal.SIGKILL)


def test_workers_that_are_killed_while_sending_lose_nothing(office: Office) -> None:
    office.booked()
    office.post()
    office.server.got.clear()
    with transaction() as session:
        session.execute(MANY, {"count": 120, "now": clock()})
    deaths = 4
    for _ in range(deaths):
        enough = len(office.server.got) + 5
        with process(SENDER, SMTP_URL=f"smtp://127.0.0.1:{office.server.port}?starttls=never") as sender:
            until(partial(_has_come, office, enough), seconds=30)
            sender.kill()
        with transaction() as session:  # as if the leases of the dead had lapsed
            session.execute(update(Notification).where(Notification.state == "sending").values(next_try_at=clock()))
    office.send()
    addresses = Counter(str(each["To"]) for each in office.server.got)
    assert len(addresses) == 120
    assert office.told(kind="reminder", state="sent") == [("reminder", "sent")] * 120
    assert sum(addresses.values()) - 120 <= deaths, "only what was in hand when its worker died may come twice"


def test_who_has_lost_its_lease_changes_nothing(office: Office) -> None:
    office.booked()
    office.follow()
    with transaction() as session:
        slow = notifications.claim(session, now=clock())
    office.send(at=clock() + LEASE)
    with transaction() as session:
        notifications.failed(session, slow.ids[0], slow.lease, TimeoutError(), now=clock())
    assert office.told(kind="confirmed") == [("confirmed", "sent")]


def test_what_somebody_waits_for_goes_before_what_comes_by_rules(office: Office) -> None:
    office.booked()
    office.post()
    with transaction() as session:
        session.execute(MANY, {"count": 200, "now": clock() - LEASE})
        session.execute(update(Notification).where(Notification.kind == "reminder").values(urgency=Urgency.BY_RULE))
        accounts.ask_for_reset(session, office.customer.email, now=clock())
    office.booked(weekday(ahead=9))
    office.follow()
    with transaction() as session:
        claimed = notifications.claim(session, now=clock())
    kinds = [office.row(each).kind for each in claimed.ids]
    assert kinds[:3] == ["reset_password", "confirmed", "reminder"]
    assert len(kinds) == 50


def test_ten_thousand_at_once_are_claimed_by_four_once_each(office: Office) -> None:
    office.booked()
    office.post()
    with transaction() as session:
        session.execute(MANY, {"count": 10_000, "now": clock()})
    with ExitStack() as stack:
        claimers = [stack.enter_context(process(CLAIMER)) for _ in range(4)]
        assert [_line(each) for each in claimers] == ["ready\n"] * 4
        for each in claimers:
            _say(each, "go\n")
        told = [each.communicate()[0].split() for each in claimers]
    assert [each.returncode for each in claimers] == [0] * 4
    assert min(map(len, told)) > 0, "all of them had some"
    assert Counter(Counter(UUID(each) for some in told for each in some).values()) == {1: 10_000}


def test_without_the_lock_the_same_is_claimed_twice(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: two who read what is due before either has written that it is theirs."""
    office.booked()
    office.post()
    with transaction() as session:
        session.execute(MANY, {"count": 50, "now": clock()})
    monkeypatch.setattr("sqlalchemy.sql.selectable.GenerativeSelect.with_for_update", lambda self, **_: self)
    meeting = threading.Barrier(2)
    scalars = queries.sending.Session.scalars

    def met(self: object, *given: object, **more: object) -> object:
        found = scalars(self, *given, **more)  # type: ignore[arg-type, call-overload]
        meeting.wait(10)
        return found

    monkeypatch.setattr("sqlalchemy.orm.Session.scalars", met)
    claimed = _together(partial(_claim), 2)
    assert set(claimed[0]) & set(claimed[1])


def _has_come(office: Office, count: int) -> bool:
    return len(office.server.got) >= count


def _line(of: "subprocess.Popen[str]") -> str:
    assert of.stdout
    return of.stdout.readline()


def _say(to: "subprocess.Popen[str]", line: str) -> None:
    assert to.stdin
    to.stdin.write(line)
    to.stdin.flush()


def _claim() -> list[UUID]:
    with transaction() as session:
        return list(notifications.claim(session, now=clock()).ids)


def _together(work: Callable[[], list[UUID]], count: int) -> list[list[UUID]]:
    results: list[list[UUID]] = []
    threads = [threading.Thread(target=lambda: results.append(work())) for _ in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return results
