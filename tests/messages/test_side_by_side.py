"""Workers that send side by side, and die while they do: nothing is lost, and nothing claimed twice."""

import os
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from config.clock import clock
from config.transaction import transaction
from domain.notifications import service as notifications
from domain.notifications.rules.retrying import LEASE
from domain.notifications.tables import Notification
from tests.builders import prove
from tests.messages.office import DAY, Office, an_office
from tests.messages.senders import MANY, process
from tests.receivers import until

SENDER = """
from workers import notifications
notifications.send()
"""


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        prove(made.customer.email, ago=30 * DAY)  # there are messages to strangers on their account
        yield made


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


@pytest.mark.parametrize(("became", "state"), [({"leased_by": uuid4()}, "sending"), ({"next_try_at": clock()}, "sent")])
def test_who_stood_still_for_minutes_sends_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch, became: dict[str, object], state: str
) -> None:
    """Its lease is over: the letter is somebody else's, or whoever's claims next."""
    office.booked()
    office.follow()
    prepared, found = notifications.prepared, list[object]()

    def late(*given: Any, **more: Any) -> object:  # noqa: ANN401 - as it is
        if not found:
            with transaction() as session:
                session.execute(update(Notification).where(Notification.state == "sending").values(became))
        found.append(prepared(*given, **more))
        return found[-1]

    monkeypatch.setattr(notifications, "prepared", late)
    office.send()
    assert found[0] is None
    assert office.told(kind="confirmed") == [("confirmed", state)]
    assert len(office.server.got) == len(set(office.server.ids)) == sum(each is not None for each in found)


def _has_come(office: Office, count: int) -> bool:
    return len(office.server.got) >= count
