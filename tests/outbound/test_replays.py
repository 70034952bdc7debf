"""Replays: asked for at once, and done a page in a transaction, each page once, whoever dies in between."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from config.clock import clock
from config.transaction import DatabaseAway, transaction
from domain.accounts.rules import Principal
from domain.kernel.jobs import Job
from domain.kernel.plot import REPLAY
from domain.webhooks import service as webhooks
from domain.webhooks.service import Made, replays
from domain.webhooks.tables import WebhookDelivery, WebhookEndpoint, WebhookReplay
from tests.builders import a_business
from tests.outbound.hooks import an_endpoint, change, deliveries, follow, happened, replay_now, states
from tests.races.rivals import together

pytestmark = pytest.mark.usefixtures("nothing_is_due")


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "PAGE", 5)


def told(events: int) -> tuple[Principal, Made]:
    """Have an endpoint of which all that happened before is not told."""
    owner, business = a_business()
    happened(business.id, *["booking.confirmed"] * events, "service.created")
    return owner, an_endpoint(owner, business.id, "http://127.0.0.1:9/", "booking.*")


def ask(owner: Principal, made: Made) -> int:
    since, until = (clock() + timedelta(minutes=each) for each in (-5, 5))
    with transaction() as session:
        return webhooks.replay(session, made.row.id, since, until, caller=owner, now=clock())


def page_of(made: Made) -> bool:
    with transaction() as session:
        asked = select(WebhookReplay.id).where(WebhookReplay.endpoint_id == made.row.id)
        return webhooks.replay_page(session, session.scalars(asked).one(), now=clock())


def left() -> tuple[list[str], int]:
    """Return where the jobs of replays stand that are not done, and how many replays there are."""
    with transaction() as session:
        jobs = select(Job.state).where(Job.kind == REPLAY, Job.state != "done")
        return [*session.scalars(jobs)], len(session.scalars(select(WebhookReplay.id)).all())


def test_who_asks_for_a_replay_is_told_how_much_it_is_and_waits_for_none_of_it() -> None:
    owner, made = told(12)
    assert (ask(owner, made), states(made)) == (12, [])
    replay_now()
    assert (states(made), left()) == (["due"] * 12, ([], 0))


def test_a_transaction_takes_a_page_and_the_next_goes_on_behind_it() -> None:
    owner, made = told(12)
    ask(owner, made)
    pages = []
    for _ in range(3):
        assert page_of(made)
        pages.append(len(states(made)))
    assert not page_of(made)
    assert (pages, left()) == ([5, 10, 12], ([], 0))


def test_what_a_dead_worker_has_not_come_to_is_sent_by_the_next_and_the_rest_is_not_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner, made = told(12)
    ask(owner, made)
    page, taken = webhooks.replay_page, []

    def dies(*given: object, **named: object) -> bool:
        if taken:
            raise DatabaseAway("in the midst of it")
        taken.append(True)
        return page(*given, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(webhooks, "replay_page", dies)
        with pytest.raises(DatabaseAway):
            replay_now()
    assert left() == (["ready"], 1)
    change(WebhookDelivery, made, state="delivered", next_attempt_at=None, finished_at=clock())
    replay_now()
    assert sorted(states(made)) == ["delivered"] * 5 + ["due"] * 7


def test_rivals_take_each_page_once() -> None:
    owner, made = told(30)
    ask(owner, made)
    with transaction() as session:
        job = session.scalars(select(Job.ref_id).where(Job.kind == REPLAY).order_by(Job.id.desc()).limit(1)).one()

    def page() -> bool:
        with transaction() as session:
            return webhooks.replay_page(session, job, now=clock())

    assert together(*[page] * 4) == [True] * 4
    assert len(states(made)) == 20
    replay_now()
    assert states(made) == ["due"] * 30


def test_what_is_on_its_way_is_left_alone() -> None:
    owner, made = told(3)
    follow()
    ask(owner, made)
    replay_now()
    later = clock() + timedelta(hours=1)
    change(WebhookDelivery, made, next_attempt_at=later, tries=3)
    ask(owner, made)
    replay_now()
    assert {(each.tries, each.next_attempt_at) for each in deliveries(made)} == {(3, later)}


def test_an_endpoint_that_was_disabled_meanwhile_is_sent_nothing_more() -> None:
    owner, made = told(12)
    ask(owner, made)
    assert page_of(made)
    change(WebhookEndpoint, made, state="disabled", disabled_reason="gone")
    replay_now()
    assert (len(states(made)), left()) == (5, ([], 0))
