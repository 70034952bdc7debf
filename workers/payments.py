"""Tasks of the payments room. No transaction is open while a provider is asked."""

from collections.abc import Callable, Iterator
from itertools import islice
from time import monotonic
from uuid import UUID

from config.clock import clock
from config.logging import log
from config.payments import api_base, platform_accounts
from config.sealing import Unreadable, unseal
from config.transaction import reading, retried, transaction
from domain.kernel import jobs
from domain.kernel.ids import Kind, shown
from domain.kernel.jobs import Job
from domain.payments import service as payments
from domain.payments.gateway import Away, Gateway, Missing, ProviderError, RefundOrder, Refused, Seen, SeenRefund
from domain.payments.rules.states import Provider
from domain.payments.service import Difference, Do, NeedsLane, Step, ToRepay
from domain.payments.tables import Payment, ProviderAccount, ProviderReconciliation
from workers.leased import leased
from workers.providers import Keys, gateway

PATIENCE = 30.0  # seconds for a comparison: a task is given 50, and a call takes 15 at most
BATCH = 50  # a page of Paystack's; the time is looked at between two
TRIES = 2  # of a call that somebody waits for, before the row's next look


def advance(job_id: int) -> None:
    """Do what is next for a payment: make it possible, cancel it, or look at it."""
    with leased(job_id) as job:
        if job is None:
            return
        for _ in range(TRIES):
            step = retried(lambda session: payments.next_step(session, job.ref_id, now=clock()))
            if step is None or _taken(job.ref_id, step):
                break
        _done(job)


def repay(job_id: int) -> None:
    """Send a refund, or find out what became of it."""
    with leased(job_id) as job:
        if job is None:
            return
        with transaction() as session:
            asked = payments.to_repay(session, job.ref_id)
        if asked is not None:
            try:
                _repaid(job.ref_id, asked)
            except ProviderError as error:
                # The row says when it is looked at again: a provider that is away for long must not use up a job.
                problem = error
                retried(lambda session: payments.not_found_out(session, job.ref_id, problem, now=clock()))
        _done(job)


def _repaid(refund_id: UUID, asked: ToRepay) -> None:
    provider = provider_of(asked.account)
    if asked.is_looked_for:
        settle(asked.order.payment_id, lambda: provider.look(asked.order.ref))
    if not retried(lambda session: payments.begin_to_send(session, refund_id, now=clock())):
        return
    outcome = _sent(provider, asked.order)
    if isinstance(outcome, Refused):  # for what is not known here yet: nothing is promised anew before that is
        settle(asked.order.payment_id, lambda: provider.look(asked.order.ref))
    retried(lambda session: payments.sent(session, refund_id, outcome, now=clock()))


def close(job_id: int) -> None:
    """Close the money of a booking that came to its end."""
    with leased(job_id) as job:
        if job is not None:
            retried(lambda session: payments.close(session, job.ref_id, now=clock()))


def reconcile(job_id: int) -> None:
    """Compare what providers list with ours. What cannot be asked now is written down, and asked for again by people."""
    with leased(job_id) as job:
        if job is None:
            return
        with transaction() as session:
            asked = payments.to_reconcile(session, job.ref_id)
        found: list[Difference] = []
        code = None
        if asked is not None:
            (run, accounts), until_then = asked, monotonic() + PATIENCE
            try:
                found = [each for account in accounts for each in _compared(run, account, until_then)]
            except ProviderError as error:
                log.warning("reconciliation_failed", run=shown(Kind.RECONCILIATION, run.id), code=error.code)
                code = error.code
        retried(lambda session: payments.reconciled(session, job.ref_id, found, failure_code=code, now=clock()))


def settle(payment_id: UUID, look: Callable[[], Seen]) -> Payment:
    """Make what a *look* sees of a payment true; with the lane locked if an expired booking's place is to be taken again.

    Errors: ProviderError.
    """
    began = clock()
    seen = look()
    try:
        return retried(lambda session: payments.settle(session, payment_id, seen, looked_at=began, now=clock()))
    except NeedsLane:
        return retried(
            lambda session: payments.settle_with_lane(session, payment_id, seen, looked_at=began, now=clock())
        )


def provider_of(account: ProviderAccount) -> Gateway:
    """Return the way to an account. Errors: Away where its keys are not there (any more)."""
    return gateway(_own_keys(account) if account.business_id else _platform_keys(account))


def _own_keys(account: ProviderAccount) -> Keys:
    assert account.secret_key is not None  # noqa: S101 - a business's own account has one
    try:
        secret_key = unseal(account.secret_key, account.id.bytes)
    except Unreadable:
        raise Away("no_key", "the keys of this account were sealed under another SECRET_KEY") from None
    return Keys(
        provider=Provider(account.provider),
        secret_key=secret_key,
        public_key=account.public_key or "",
        api_base=api_base(account.provider),
    )


def _platform_keys(account: ProviderAccount) -> Keys:
    found = platform_accounts().get(account.provider)
    if found is None or found.is_live != account.is_live:
        raise Away("no_key", "the installation has no key for this account")
    return Keys(
        provider=Provider(account.provider),
        secret_key=found.secret_key,
        public_key=found.public_key,
        api_base=found.api_base,
    )


def _compared(run: ProviderReconciliation, account: ProviderAccount, until_then: float) -> Iterator[Difference]:
    """Compare one account. Errors: ProviderError, Away too where that takes longer than a job may."""
    provider = provider_of(account)
    listed = iter(provider.between(run.since, min(run.until, clock())))
    refs: set[str] = set()
    while some := [*islice(listed, BATCH)]:
        _hurry(until_then)
        refs.update(each.ref for each in some)
        with reading() as session:
            found = payments.compared(session, run, account.id, some)
        yield from found
    with reading() as session:
        left = payments.unlisted(session, run, account.id, refs)
    for payment in left:
        _hurry(until_then)
        yield from payments.differences_of(payment, _found(provider, payment))


def _found(provider: Gateway, payment: Payment) -> Seen | None:
    assert payment.provider_ref is not None  # noqa: S101 - it was asked for by it
    try:
        return provider.look(payment.provider_ref)
    except Missing:
        return None


def _hurry(until_then: float) -> None:
    if monotonic() > until_then:
        raise Away("too_much", "ask for a shorter time")


def _taken(payment_id: UUID, step: Step) -> bool:
    """Take a step and write down what it came to; False: it may be worth another try at once."""
    try:
        settle(payment_id, lambda: _asked(step))
    except ProviderError as error:
        log.warning("provider_failed", payment=shown(Kind.PAYMENT, payment_id), do=step.do, code=error.code)
        problem = error
        retried(lambda session: payments.failed(session, payment_id, step, problem, now=clock()))
        return step.do is not Do.CREATE
    return True


def _asked(step: Step) -> Seen:
    provider = provider_of(step.account)
    if step.do is Do.CREATE:
        assert step.order is not None  # noqa: S101 - a payment is made of its order
        return provider.create(step.order)
    return provider.cancel(step.ref) if step.do is Do.CANCEL else provider.look(step.ref)


def _sent(provider: Gateway, order: RefundOrder) -> SeenRefund | ProviderError:
    try:
        return provider.refund(order)
    except ProviderError as error:
        log.warning("refund_failed", refund=shown(Kind.REFUND, order.refund_id), code=error.code)
        return error


def _done(job: Job) -> None:
    with transaction() as session:
        jobs.finish_one(session, job.id, now=clock())
