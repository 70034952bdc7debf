"""A business's own accounts at payment providers. Without one it is paid by the platform's."""

from uuid import UUID

from flask import Response

from config.clock import clock
from config.sealing import Unreadable, seal, unseal
from config.transaction import Session, reading, retried
from domain.catalog import service as catalog
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from domain.payments import service as payments
from domain.payments.service import Sealing
from web.answers import Answer, shown
from web.auth import caller
from web.describing import IDEMPOTENCY_KEY, IF_MATCH
from web.idempotency import write
from web.openapi import noun, operation
from web.pagination import PageQuery, after, listed
from web.schemas.businesses import BusinessPath
from web.schemas.provider_accounts import AccountList, AccountPath, AccountRequest, AccountView, KeysRequest
from web.versions import expected_versions

provider_accounts = noun(
    "provider-accounts", "A business's own accounts at Stripe and Paystack. For its owners.", place="businesses"
)

OWNERS = ("members_only", "owners_only")


@operation(
    provider_accounts.get,
    "/<slug>/provider-accounts",
    success={200: AccountList},
    problems=(*OWNERS, "invalid_cursor"),
)
def list_provider_accounts(path: BusinessPath, query: PageQuery) -> Response:
    """List the accounts by which a business is paid, and was before. Secrets are never shown."""
    with reading() as session:
        rows = payments.accounts(
            session, _business(session, path), caller=caller(), after=after(query), limit=query.limit + 1
        )
    return listed(query, rows, view=AccountView.of, key=lambda row: [str(row.id)])


@operation(
    provider_accounts.post,
    "/<slug>/provider-accounts",
    success={201: AccountView},
    problems=(*OWNERS, "archived", "account_exists", "signing_secret_needed"),
    takes=(IDEMPOTENCY_KEY,),
)
def open_provider_account(path: BusinessPath, body: AccountRequest) -> Response:
    """Let a business be paid by an account of its own, one at each provider.

    Tell the provider to send its webhooks to `webhook_path`.
    """

    def work(session: Session) -> Answer:
        business_id = _business(session, path)
        place = f"/api/businesses/{public_id(Kind.BUSINESS, business_id)}/provider-accounts"
        made = payments.open_account(
            session,
            business_id,
            body.provider,
            body.given(),
            sealing=Sealing(_sealed, _unsealed),
            caller=caller(),
            now=clock(),
        )
        return shown(AccountView.of(made), status=201, headers={"Location": place})

    return write(work)


@operation(
    provider_accounts.patch,
    "/<slug>/provider-accounts/<account_id>",
    success={200: AccountView},
    problems=(*OWNERS, "not_found", "stale_version", "other_mode", "signing_secret_needed"),
    takes=(IDEMPOTENCY_KEY, IF_MATCH),
)
def change_provider_account(path: AccountPath, body: KeysRequest) -> Response:
    """Give an account other keys, of the same mode and of the same account at the provider.

    To rotate a webhook secret send the old and the new one. What was made with keys of another account fails once it is
    looked at with these: close the account then, and open another.
    """

    def work(session: Session) -> Answer:
        made = payments.change_keys(
            session,
            _business(session, path),
            path.account_id,
            body.given(),
            sealing=Sealing(_sealed, _unsealed),
            caller=caller(),
            now=clock(),
            versions=expected_versions(),
        )
        return shown(AccountView.of(made))

    return write(work)


@operation(
    provider_accounts.delete,
    "/<slug>/provider-accounts/<account_id>",
    success={204: None},
    problems=(*OWNERS, "not_found", "stale_version"),
    takes=(IF_MATCH,),
)
def close_provider_account(path: AccountPath) -> Response:
    """Use an account for nothing new. What was paid by it is still looked up and given back by it."""

    def work(session: Session) -> None:
        business_id, versions = _business(session, path), expected_versions()
        payments.close_account(session, business_id, path.account_id, caller=caller(), now=clock(), versions=versions)

    retried(work)
    return Response(status=204)


def _business(session: Session, path: BusinessPath) -> UUID:
    return catalog.business_of(session, path.slug, member_of=caller().roles).id


def _sealed(account_id: UUID, plain: str) -> bytes:
    return seal(plain, account_id.bytes)


def _unsealed(account_id: UUID, sealed: bytes) -> str:
    """Return what was sealed, or nothing of what no SECRET_KEY opens: these keys are given in its place."""
    try:
        return unseal(sealed, account_id.bytes)
    except Unreadable:
        return ""
