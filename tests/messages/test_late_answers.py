"""A mail server that takes long to answer a letter: it gets it once, and nobody else waits for that."""

import time
from collections.abc import Iterator
from contextlib import closing
from threading import Timer

import pytest

from config.clock import clock
from config.mail import Server
from domain.notifications.gateway import Away, PostError, Refused, Unsure
from domain.notifications.rules.retrying import ANSWERED, LEASE
from tests.builders import weekday
from tests.messages.office import HOUR, Office, an_office
from tests.messages.sink import Sink, dripping, reset, sink
from tests.receivers import until
from tests.rules.test_letters_written import a_letter
from workers import notifications
from workers.delivery import smtp
from workers.delivery.smtp import Answer, Smtp
from workers.delivery.waiting import Waiting

LONG = 30.0


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "DEADLINE", 2.0)
    monkeypatch.setattr(smtp, "ANSWER", 0.3)


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as made:
        yield made


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(notifications, "WAITING", Waiting(2))
    with an_office(monkeypatch) as made:
        yield made
        notifications.hang_up(patience=0)


def line(server: Sink) -> Smtp:
    return Smtp(Server(host="127.0.0.1", port=server.port, security="none"))


def late(post: Smtp) -> Answer:
    answer = post.send(a_letter())
    assert answer is not None, "it was answered in time"
    return answer


def test_a_late_answer_is_heard_and_others_go_by_another_line(server: Sink) -> None:
    server.delays.append(3.0)
    with closing(line(server)) as post:
        answer = late(post)
        assert post.send(a_letter()) is None
        assert len(server.got) == 1, "that is the second"
        answer.wait()
    assert (len(server.got), server.connections) == (2, 2)


@pytest.mark.parametrize(
    ("said", "means"), [("550 spam", Refused), ("452 full", Away), ("421 closing", Away), (reset, Unsure)]
)
def test_a_late_refusal_is_one(server: Sink, said: str, means: type[PostError]) -> None:
    server.delays.append(3.0)
    server.data.append(said)
    with closing(line(server)) as post, pytest.raises(PostError) as found:
        late(post).wait()
    assert type(found.value) is means


def test_nobody_waits_for_ever(server: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "ANSWERED", ANSWERED / 2000)
    server.delays.append(LONG)
    with closing(line(server)) as post, pytest.raises(Unsure, match="no answer within"):
        late(post).wait()


def test_who_waits_can_be_told_not_to(server: Sink) -> None:
    server.delays.append(LONG)
    with closing(line(server)) as post:
        answer = late(post)
        Timer(0.1, answer.hang_up).start()
        with pytest.raises(Unsure):
            answer.wait()


def test_an_answer_that_comes_drop_by_drop_is_hung_up_on() -> None:
    hello = (b"220 here\r\n", b"250 here\r\n", b"250 go on\r\n", b"250 go on\r\n", b"354 go on\r\n")
    with dripping(hello) as port:
        post = Smtp(Server(host="127.0.0.1", port=port, security="none"))
        with closing(post), pytest.raises(Unsure):
            post.send(a_letter())


def test_a_letter_is_sent_once_however_late_its_answer_and_no_other_waits_for_it(office: Office) -> None:
    for ahead in (9, 16):
        office.booked(weekday(ahead=ahead))
    office.follow()
    office.server.delays.append(8.0)
    office.send()
    (waiting,) = office.log(state="sending")
    assert waiting.next_try_at
    assert waiting.next_try_at > clock() + ANSWERED + LEASE / 2, "nobody else has it meanwhile"
    assert office.log(kind="confirmed", state="due"), "the other was given back"
    office.send(at=clock() + ANSWERED)
    assert len(office.mails()) == 1
    until(lambda: {state for _, state in office.told(kind="confirmed")} == {"sent"})
    assert len(office.mails()) == len(set(office.server.ids)) == 2


def test_a_process_that_ends_writes_down_that_it_does_not_know(office: Office) -> None:
    office.booked(weekday(ahead=9))
    office.follow()
    office.server.delays.append(LONG)
    office.send()
    begun = time.monotonic()
    notifications.hang_up(patience=0.1)
    assert time.monotonic() - begun < LONG / 2
    (row,) = office.log(kind="confirmed")
    assert (row.state, row.unsure, row.deaths) == ("due", 1, 0)
    office.send(at=clock() + HOUR)
    assert office.told(kind="confirmed") == [("confirmed", "sent")]


def test_who_has_waited_longest_makes_room(office: Office) -> None:
    office.server.delays += [LONG] * 3
    for ahead in (9, 16, 23):
        office.booked(weekday(ahead=ahead))
    office.follow()
    for minutes in range(3):
        office.send(at=clock() + minutes * HOUR / 60)
    until(lambda: [row.unsure for row in office.log(state="due", kind="confirmed")] == [1])
    assert len(office.log(state="sending")) == 2
