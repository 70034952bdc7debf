"""Tasks about what webhooks said."""

from datetime import timedelta
from uuid import UUID

from config.clock import clock
from config.transaction import retried, transaction
from domain.kernel import jobs
from domain.payments import queries
from domain.payments import service as payments
from domain.payments.gateway import ProviderError
from workers.leased import leased
from workers.payments import provider_of, settle

PATIENCE = timedelta(minutes=30)
"""How long a webhook may be about something that is not known here yet: our own transaction may be the later one.

Shorter than all attempts of its job take, which would be dead before."""


class NotKnownYet(Exception):
    """A webhook is about a payment that is not known; it is looked into again."""


def apply(job_id: int) -> None:
    """Look at what a webhook is about, at its provider, and settle what is seen there."""
    with leased(job_id) as job:
        if job is None:
            return
        with transaction() as session:
            found = payments.meant(session, job.ref_id)
            account = queries.account(session, found[0].account_id) if found else None
        if found is None:
            with transaction() as session:
                jobs.finish_one(session, job.id, now=clock())
            return
        event, payment = found
        if payment is None:
            if event.payment_ref is not None and clock() - event.received_at < PATIENCE:
                raise NotKnownYet(event.payment_ref)
            _finish(event.id, "ignored", "it is about nothing that is known here")
            return
        assert account is not None  # noqa: S101 - an event has one
        assert payment.provider_ref is not None  # noqa: S101 - it was found by it
        try:
            settled = settle(payment.id, provider_of(account).look(payment.provider_ref))
        except ProviderError as error:
            # The payment's row says when it is looked at again: a provider that is away must not use up a job.
            retried(lambda session: payments.look_soon(session, payment.id, now=clock()))
            _finish(event.id, "applied", f"the payment is looked at later: {error.code}", payment.id)
            return
        _finish(event.id, "applied", f"the payment is {settled.state}", settled.id)


def _finish(event_id: UUID, state: str, outcome: str, payment_id: UUID | None = None) -> None:
    retried(lambda session: payments.finished(session, event_id, state, outcome, now=clock(), payment_id=payment_id))
