"""One booking, followed through the logs: what the web, the workers and those they call leave carries the request's id."""

import json
import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from config.clock import clock
from config.logging import clear_contextvars, configure
from config.transaction import transaction
from domain.accounts.rules import Claims
from domain.accounts.tables import SignIn
from domain.kernel.ids import Kind, shown
from domain.kernel.jobs import Job
from domain.kernel.plot import ALLOCATE
from domain.webhooks import service as webhooks
from domain.webhooks.gateway import Call, Heard, Outcome
from tests.builders import weekday
from tests.messages.office import Office, an_office
from tests.outbound.hooks import an_endpoint
from web.app import create_app
from web.auth import access_token
from workers.bookings import allocate
from workers.webhooks import deliver

HERE = "followed-1"


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        yield made


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    clear_contextvars()


def arrived(_: Call) -> Outcome:
    return Heard(status=204, body=b"", milliseconds=7)


def asked(office: Office) -> None:
    """Ask for a booking as the customer does, under an id of theirs."""
    app = create_app()
    with transaction() as session:
        sign_in = session.scalars(select(SignIn.id).where(SignIn.user_id == office.customer.user_id)).first()
    assert sign_in
    with app.app_context():
        token = access_token(Claims(user_id=office.customer.user_id, session_id=sign_in))
    wish = {
        "business_id": shown(Kind.BUSINESS, office.shop.business.id),
        "service_id": shown(Kind.SERVICE, office.shop.service.id),
        "starts_at": weekday().isoformat(),
    }
    headers = {"Authorization": f"Bearer {token}", "X-Request-Id": HERE}
    answer = app.test_client().post("/api/bookings", json=wish, headers=headers)
    assert answer.status_code == 202, answer.text


def worked(office: Office) -> None:
    """Do what the workers do about it: decide, mail, and tell the endpoint."""
    with transaction() as session:
        (job_id,) = session.scalars(select(Job.id).where(Job.kind == ALLOCATE, Job.request_id == HERE))
    for work in (lambda: allocate(job_id), office.follow, office.send):
        clear_contextvars()
        work()
    with transaction() as session:
        claimed = webhooks.claim(session, "lease", limit=10, now=clock())
    for each in claimed:
        deliver(each, arrived)


@pytest.mark.usefixtures("logs_as_before")
def test_a_booking_is_followed_from_the_request_to_the_mail_and_the_webhook(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    an_endpoint(office.shop.owner, office.shop.business.id)
    configure()
    capsys.readouterr()
    asked(office)
    worked(office)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    followed = {line["event"] for line in lines if line.get("request_id") == HERE}
    assert followed >= {"request", "decided", "job", "message_sent", "webhook_tried"}
    (decided,) = [line for line in lines if line["event"] == "decided"]
    assert decided["for_requests"] == [HERE]
    (job,) = [line for line in lines if line["event"] == "job"]
    assert (job["kind"], job["attempt"]) == (ALLOCATE, 1)
