"""What tests of outgoing webhooks need: endpoints, events that happened, and somebody who sends."""

from collections.abc import Callable, Sequence
from ipaddress import ip_network
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from config.clock import clock
from config.sealing import seal
from config.settings import LOOPBACK
from config.transaction import transaction
from domain.accounts.rules import Principal
from domain.kernel import events
from domain.kernel.jobs import Job, State
from domain.kernel.plot import BURY, REPLAY
from domain.kernel.tails import Stretch
from domain.webhooks import service as webhooks
from domain.webhooks.gateway import Claimed, Outcome
from domain.webhooks.rules.urls import Reach
from domain.webhooks.service import Made
from domain.webhooks.tables import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests.builders import a_business
from workers.calls import Calls
from workers.delivery.http import Post
from workers.webhooks import bury, replay, send

HERE = Reach(plain=True, allowed=[ip_network(each) for each in LOOPBACK.split(",")])


def sealed(endpoint_id: UUID, plain: str) -> bytes:
    return seal(plain, endpoint_id.bytes)


def an_endpoint(owner: Principal, business_id: UUID, url: str = "https://example.com/hook", *kinds: str) -> Made:
    """Have a business's events sent somewhere; without *kinds*, all of them."""
    given = {"url": url, "kinds": [*kinds], "description": None}
    with transaction() as session:
        return webhooks.create_endpoint(session, business_id, given, reach=HERE, seal=sealed, caller=owner, now=clock())


def happened(business_id: UUID, *kinds: str, **payload: Any) -> None:  # noqa: ANN401 - JSON
    """Record events, one transaction for all."""
    facts = [
        events.Fact(kind=kind, subject_id=uuid4(), subject_version=1, business_id=business_id, payload=payload)
        for kind in kinds
    ]
    with transaction() as session:
        events.record(session, facts, now=clock())


def follow() -> None:
    """Fan every event out, once more if it was before: the tail's own way would wait for whoever is at work here."""
    with transaction() as session:
        webhooks.fan_out(session, Stretch("0", 0, str(2**63), 2**62), clock())


def send_now(*, seconds: float = 60, at_once: int = 8, patience: float = 15) -> None:
    """Send what is due, and wait until that has ended; a call may take so much *patience*."""
    with Calls(at_once) as calls:
        send(Post(reach=HERE, seconds=patience), calls, seconds=seconds)


def replay_now() -> None:
    """Do what replays have been asked for."""
    _do(REPLAY, replay)


def bury_now() -> None:
    """Bury what waits for endpoints that are sent nothing."""
    _do(BURY, bury)


def _do(kind: str, work: Callable[[int], None]) -> None:
    asked = select(Job.id).where(Job.kind == kind, Job.state == State.READY)
    with transaction() as session:
        waiting = session.scalars(asked).all()
    for each in waiting:
        work(each)


def deliveries(made: Made) -> Sequence[WebhookDelivery]:
    """Return what is sent to an endpoint, in the order of the events."""
    mine = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == made.row.id).order_by(WebhookDelivery.id)
    with transaction() as session:
        return session.scalars(mine).all()


def kinds_of(made: Made) -> list[str]:
    """Return what an endpoint is told of, sorted."""
    return sorted(each.kind for each in deliveries(made))


def states(made: Made) -> list[str]:
    """Return where an endpoint's deliveries stand."""
    return [each.state for each in deliveries(made)]


def tries(delivery: WebhookDelivery) -> Sequence[WebhookAttempt]:
    """Return the tries of a delivery."""
    mine = select(WebhookAttempt).where(WebhookAttempt.delivery_id == delivery.id).order_by(WebhookAttempt.number)
    with transaction() as session:
        return session.scalars(mine).all()


def endpoint(made: Made) -> WebhookEndpoint:
    """Return an endpoint as it is now."""
    with transaction() as session:
        return session.get_one(WebhookEndpoint, made.row.id)


def change(row: type[WebhookEndpoint] | type[WebhookDelivery], made: Made, **values: Any) -> None:  # noqa: ANN401
    """Set columns of an endpoint, or of all of its deliveries, past the application."""
    if not values:
        return
    mine = WebhookEndpoint.id if row is WebhookEndpoint else WebhookDelivery.endpoint_id
    with transaction() as session:
        session.execute(update(row).where(mine == made.row.id).values(**values))


def due_again(made: Made) -> None:
    """Let the wait of whatever is tried again be over."""
    with transaction() as session:
        session.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.endpoint_id == made.row.id, WebhookDelivery.state == "due")
            .values(next_attempt_at=clock())
        )


def crowd(endpoints: int, events: int) -> list[Made]:
    """Have *events* be due at each of some endpoints."""
    owner, business = a_business()
    made = [an_endpoint(owner, business.id, "http://127.0.0.1:9/", "booking.*") for _ in range(endpoints)]
    happened(business.id, *["booking.confirmed"] * events)
    follow()
    return made


def claimed(limit: int = 10) -> Sequence[Claimed]:
    """Take back and claim as a worker does that has so much room."""
    with transaction() as session:
        webhooks.take_back(session, now=clock())
    with transaction() as session:
        return webhooks.claim(session, uuid4().hex, limit=limit, now=clock())


def tried(made: Made, outcome: Outcome, times: int = 1) -> WebhookDelivery:
    """Let so many tries of an endpoint's only delivery come to the same end; return it as the last one left it."""
    for _ in range(times):
        due_again(made)
        (held,) = claimed()
        with transaction() as session:
            assert webhooks.record(session, held, outcome, now=clock())
    (delivery,) = deliveries(made)
    return delivery
