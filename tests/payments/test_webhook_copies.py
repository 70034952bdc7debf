"""A webhook that comes more than once is kept once, and looked into once."""

import pytest
from sqlalchemy import func, select

from config.transaction import transaction
from domain.kernel.jobs import Job
from domain.kernel.plot import APPLY
from domain.payments.tables import ProviderEvent
from tests.payments.cashier import a_cashier


@pytest.mark.parametrize("provider", ["stripe", "paystack"])
def test_copies_of_a_webhook_are_one_event_and_one_job(monkeypatch: pytest.MonkeyPatch, provider: str) -> None:
    with a_cashier(monkeypatch) as cashier:
        cashier.providers.tamper("*", copies=3)
        booking = cashier.booked()
        payment = cashier.ask(booking, provider)
        ref = cashier.ref(payment)
        cashier.providers.customer_pays(ref)
        cashier.settled(booking, status="confirmed")
        cashier.providers.settle()
        with transaction() as session:
            rows = session.scalars(select(ProviderEvent).where(ProviderEvent.payment_ref == ref)).all()
            jobs = select(func.count()).select_from(Job).where(Job.kind == APPLY)
            of_them = session.scalar(jobs.where(Job.ref_id.in_([each.id for each in rows])))
        assert {each.copies for each in rows} == {3}
        assert of_them == len(rows)
