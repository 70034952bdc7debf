"""What came of a call is written down, even if the database is away for a moment just then: it is not sent again."""

from collections.abc import Iterator
from typing import Any

import pytest

from config import transaction as transactions
from config.transaction import DatabaseAway, Session, transaction
from domain.webhooks import service as webhooks
from domain.webhooks.gateway import Call, Heard
from tests.outbound.hooks import claimed, crowd, deliveries, tries
from workers import webhooks as worker
from workers.webhooks import deliver

pytestmark = pytest.mark.usefixtures("nothing_is_due")

GOOD = Heard(status=200, body=b"", milliseconds=1)
BEFORE, AFTER = "before it is written down", "after it is committed"


def answers(_: Call) -> Heard:
    return GOOD


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Yield when the database goes away in recordings to come: once for each."""
    record, planned = webhooks.record, list[str]()

    def recorded(session: Session, *given: Any, **named: Any) -> bool:  # noqa: ANN401 - what `record` takes
        moment = planned.pop(0) if planned else None
        if moment == AFTER:
            with transaction() as other:
                assert record(other, *given, **named)
        if moment:
            raise DatabaseAway(moment)
        return record(session, *given, **named)

    monkeypatch.setattr(webhooks, "record", recorded)
    monkeypatch.setattr(transactions, "SOON", 0.01)
    yield planned
    assert planned == []


@pytest.mark.parametrize("moments", [[BEFORE], [AFTER], [BEFORE] * 7 + [AFTER]], ids=["before", "after", "often"])
def test_a_database_that_comes_back_is_told_once_and_nothing_is_sent_again(gone: list[str], moments: list[str]) -> None:
    (made,) = crowd(1, 1)
    (held,) = claimed()
    gone += moments
    deliver(held, answers)
    (delivery,) = deliveries(made)
    assert (delivery.state, delivery.attempts) == ("delivered", 1)
    assert [each.error for each in tries(delivery)] == [None]


def test_once_the_lease_is_over_it_is_left_to_the_next(gone: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (made,) = crowd(1, 1)
    (held,) = claimed()
    gone += [BEFORE]

    def answers_late(_: Call) -> Heard:
        monkeypatch.setattr(worker, "clock", lambda: held.lease_until)
        return GOOD

    deliver(held, answers_late)
    assert deliveries(made)[0].state == "sending"
