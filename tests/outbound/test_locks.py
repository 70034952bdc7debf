"""Who claims, takes back and records locks in one order, and waits for nobody who does the same."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from config.clock import clock
from config.transaction import transaction
from domain.kernel.locks import ORDER, LockOrderViolated
from domain.webhooks import service as webhooks
from domain.webhooks.service import MOST_EACH
from domain.webhooks.tables import WebhookDelivery
from tests.outbound.hooks import change, claimed, crowd, states

pytestmark = pytest.mark.usefixtures("nothing_is_due")

WAIT_FOR_NOBODY = text("SET LOCAL lock_timeout = '200ms'")
HELD = "SELECT FROM {} WHERE {} = :id FOR UPDATE"


def claim(session: Session) -> int:
    return len(webhooks.claim(session, "lease", limit=10, now=clock()))


def lapsed(of: int) -> None:
    """Have what is under way to an endpoint be in nobody's hands any more."""
    (made,) = crowd(1, of)
    assert len(claimed()) == min(of, MOST_EACH)
    change(WebhookDelivery, made, lease_until=clock() - timedelta(seconds=1))


def test_who_claims_says_so_of_accounts_endpoints_and_deliveries_in_the_order() -> None:
    crowd(1, 1)
    with transaction() as session:
        assert claim(session) == 1
        held = session.info["locks"]
    assert held == ["accounts", "webhook_endpoints", "webhook_deliveries"] == sorted(held, key=ORDER.index)


def test_who_takes_back_cannot_claim_in_the_same_transaction() -> None:
    """It holds deliveries; endpoints come before them."""
    lapsed(2)
    with transaction() as session:
        webhooks.take_back(session, now=clock())
        with pytest.raises(LockOrderViolated):
            claim(session)


def test_who_takes_back_waits_for_nobody_and_leaves_what_others_take_back() -> None:
    (made,) = crowd(1, 2)
    claimed()
    change(WebhookDelivery, made, lease_until=clock() - timedelta(seconds=1))
    with transaction() as first:
        webhooks.take_back(first, now=clock())
        with transaction() as second:
            second.execute(WAIT_FOR_NOBODY)
            webhooks.take_back(second, now=clock())
            assert states(made) == ["sending"] * 2  # the first has not committed yet, and the second changed nothing
    assert states(made) == ["due"] * 2


@pytest.mark.parametrize(("table", "key"), [("accounts", "account_id"), ("webhook_endpoints", "endpoint_id")])
def test_who_claims_waits_for_no_account_and_no_endpoint(table: str, key: str) -> None:
    (made,) = crowd(1, 2)
    with transaction() as session:
        of = text("SELECT account_id FROM businesses WHERE id = :id")
        ids = {
            "account_id": session.scalar(of, {"id": made.row.business_id}),
            "endpoint_id": made.row.id,
        }
        session.execute(text(HELD.format(table, "id")), {"id": ids[key]})
        with transaction() as other:
            other.execute(WAIT_FOR_NOBODY)
            assert claim(other) == 0
    with transaction() as session:
        assert claim(session) == 2
