"""Tasks about what webhooks said."""

from datetime import datetime, timedelta

from config.clock import clock
from config.transaction import retried, transaction
from domain.kernel import jobs
from domain.payments import queries
from domain.payments import service as payments
from domain.payments.gateway import ProviderError
from domain.payments.tables import Payment, ProviderEvent
from workers.leased import NotYet, leased
from workers.payments import provider_of, settle

PATIENCE = timedelta(minutes=2)
"""How long a webhook may be about something that is not known here yet: our own transaction may be the later one.

What is never told is looked up all the same. An account may be used for other things than bookings, and those are not to
pile up."""


def apply(job_id: int) -> None:
    """Look at what a webhook is about, at its provider, and settle what is seen there.

    That one look stands for all that was said of the payment before it.
    """
    with leased(job_id) as job:
        if job is None:
            return
        with transaction() as session:
            found = payments.meant(session, job.ref_id)
            account = queries.account(session, found.event.account_id) if found else None
        if found is None:
            with transaction() as session:
                jobs.finish_one(session, job.id, now=clock())
            return
        event, payment, began = found
        if payment is None:
            if event.payment_ref is not None and clock() - event.received_at < PATIENCE:
                raise NotYet(f"no payment is known as {event.payment_ref}")
            _ignored(event, "it is about nothing that is known here")
            return
        assert account is not None  # noqa: S101 - an event has one
        assert payment.provider_ref is not None  # noqa: S101 - it was found by it
        by, ref = account, payment.provider_ref
        try:
            settled = settle(payment.id, lambda: provider_of(by).look(ref))
        except ProviderError as error:
            # The payment's row says when it is looked at again: a provider that is away must not use up a job.
            retried(lambda session: payments.look_soon(session, payment.id, now=clock()))
            _applied(event, payment, began, f"the payment is looked at later: {error.code}")
            return
        _applied(event, settled, began, f"the payment is {settled.state}")


def _applied(event: ProviderEvent, payment: Payment, began: datetime, outcome: str) -> None:
    retried(
        lambda session: payments.applied(session, event, outcome, heard_by=began, payment_id=payment.id, now=clock())
    )


def _ignored(event: ProviderEvent, outcome: str) -> None:
    retried(lambda session: payments.ignored(session, event.id, outcome, now=clock()))
