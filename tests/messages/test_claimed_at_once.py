"""Many who claim at once what is due: nothing is claimed twice, and the most urgent comes first."""

import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from uuid import UUID

import pytest
from sqlalchemy import text, update

from config.clock import clock
from config.transaction import transaction
from domain.accounts import service as accounts
from domain.notifications import queries
from domain.notifications import service as notifications
from domain.notifications.rules.notices import Urgency
from domain.notifications.rules.retrying import LEASE
from domain.notifications.service.sending import BATCH
from domain.notifications.tables import Notification
from tests.builders import prove, weekday
from tests.messages.office import DAY, Office, an_office
from tests.messages.senders import MANY, process

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


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        prove(made.customer.email, ago=30 * DAY)  # there are messages to strangers on their account
        yield made


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
    _many_due(office, 50)
    monkeypatch.setattr("sqlalchemy.sql.selectable.GenerativeSelect.with_for_update", lambda self, **_: self)
    one, other = _claimed_by_two_who_meet(monkeypatch)
    assert set(one) & set(other)


@pytest.mark.parametrize("is_locked", [True, False])
def test_of_more_than_a_batch_nothing_is_claimed_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch, *, is_locked: bool
) -> None:
    """Two who take the first of each account at once; the control takes those without a lock."""
    _many_due(office, 200)
    if not is_locked:
        statement, lock = queries.sending.HEADS.text, "FOR NO KEY UPDATE OF notifications SKIP LOCKED"
        assert lock in statement
        monkeypatch.setattr(queries.sending, "HEADS", text(statement.replace(lock, "")))
    one, other = _claimed_by_two_who_meet(monkeypatch)
    assert len(one) == len(other) == BATCH
    assert set(one).isdisjoint(other) == is_locked


def _many_due(office: Office, count: int) -> None:
    office.booked()
    office.post()
    with transaction() as session:
        session.execute(MANY, {"count": count, "now": clock()})


def _claimed_by_two_who_meet(monkeypatch: pytest.MonkeyPatch) -> list[list[UUID]]:
    """Have two claim what is due, neither of whom goes on before the other has read as much."""
    meeting = threading.Barrier(2)
    scalars = queries.sending.Session.scalars

    def met(self: object, *given: object, **more: object) -> object:
        found = scalars(self, *given, **more)  # type: ignore[arg-type, call-overload]
        meeting.wait(10)
        return found

    monkeypatch.setattr("sqlalchemy.orm.Session.scalars", met)
    return _together(_claim, 2)


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
