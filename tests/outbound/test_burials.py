"""What waits for an endpoint that is disabled or deleted: dead, in batches that hold nobody up, and never sent later."""

from collections import Counter

import pytest
from sqlalchemy import delete, select

from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import Principal
from domain.kernel.jobs import Job, State
from domain.kernel.plot import BURY
from domain.webhooks import service as webhooks
from domain.webhooks.rules.errors import EndpointClearing
from domain.webhooks.service import Made, switching
from domain.webhooks.tables import WebhookDelivery, WebhookEndpoint
from tests.builders import a_business
from tests.outbound.hooks import an_endpoint, change, endpoint, follow, happened, states
from workers.webhooks import bury

pytestmark = pytest.mark.usefixtures("nothing_is_due")

FEW = 2


@pytest.fixture(autouse=True)
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bury no more than two in a transaction."""
    monkeypatch.setattr(switching, "AT_ONCE", FEW)


def waited_for(waiting: int = 5) -> tuple[Principal, Made]:
    """Have so much wait for an endpoint."""
    owner, business = a_business()
    made = an_endpoint(owner, business.id, "http://127.0.0.1:9/", "booking.*")
    happened(business.id, *["booking.confirmed"] * waiting)
    follow()
    return owner, made


def disable(made: Made, owner: Principal) -> None:
    with transaction() as session:
        webhooks.disable_endpoint(session, made.row.id, caller=owner, now=clock())


def enable(made: Made, owner: Principal) -> None:
    with transaction() as session:
        webhooks.enable_endpoint(session, made.row.id, caller=owner, now=clock())


def jobs_about(made: Made) -> list[int]:
    """Return the jobs that are to bury the rest."""
    open_ones = select(Job.id).where(Job.kind == BURY, Job.ref_id == made.row.id, Job.state == State.READY)
    with transaction() as session:
        return [*session.scalars(open_ones)]


def test_what_is_disabled_comes_first_whatever_waits_for_others() -> None:
    _, other = waited_for()
    change(WebhookEndpoint, other, state="disabled", disabled_reason="failing")
    owner, made = waited_for(1)
    disable(made, owner)
    assert states(made) == ["dead"]
    assert states(other) == ["due"] * 5
    assert jobs_about(made) == []


def test_a_batch_is_dead_at_once_and_a_job_sees_to_the_rest() -> None:
    owner, made = waited_for()
    disable(made, owner)
    assert Counter(states(made)) == {"dead": FEW, "due": 3}
    (job,) = jobs_about(made)
    bury(job)
    assert states(made) == ["dead"] * 5
    assert jobs_about(made) == []


def test_what_is_deleted_goes_the_same_way() -> None:
    owner, made = waited_for()
    with transaction() as session:
        webhooks.delete_endpoint(session, made.row.id, caller=owner, now=clock())
    assert Counter(states(made)) == {"dead": FEW, "due": 3}
    (job,) = jobs_about(made)
    bury(job)
    assert states(made) == ["dead"] * 5


def test_it_is_not_enabled_before_all_is_dead_that_waited() -> None:
    owner, made = waited_for()
    disable(made, owner)
    with pytest.raises(EndpointClearing):
        enable(made, owner)
    assert endpoint(made).state == "disabled"
    assert Counter(states(made)) == {"dead": FEW, "due": 3}
    bury(*jobs_about(made))
    enable(made, owner)
    assert (endpoint(made).state, states(made)) == ("enabled", ["dead"] * 5)


@pytest.mark.parametrize("waiting", [FEW - 1, FEW])
def test_what_can_be_buried_at_once_keeps_nobody_from_enabling(waiting: int) -> None:
    owner, made = waited_for(waiting)
    change(WebhookEndpoint, made, state="disabled", disabled_reason="failing")
    enable(made, owner)
    assert states(made) == ["dead"] * waiting


def test_a_job_that_comes_late_buries_nothing_that_is_to_be_sent() -> None:
    owner, made = waited_for(FEW)
    disable(made, owner)
    enable(made, owner)
    happened(made.row.business_id, "booking.cancelled")
    follow()
    bury(*jobs_about(made))
    assert states(made) == ["dead"] * FEW + ["due"]


def test_a_job_about_what_is_gone_for_good_is_done() -> None:
    owner, made = waited_for(FEW)
    disable(made, owner)
    (job,) = jobs_about(made)
    with transaction() as session:
        session.execute(delete(WebhookDelivery).where(WebhookDelivery.endpoint_id == made.row.id))
        session.execute(delete(WebhookEndpoint).where(WebhookEndpoint.id == made.row.id))
    bury(job)
    assert jobs_about(made) == []
