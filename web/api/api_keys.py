"""API keys, for programs."""

from datetime import timedelta

from flask import Response

from config.clock import clock
from config.transaction import Session, reading, transaction
from domain.accounts import service as accounts
from domain.accounts.service import Minted
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from web.answers import Answer, shown, told_once
from web.auth import caller
from web.describing import IDEMPOTENCY_KEY
from web.idempotency import write
from web.limits import NEW_KEYS
from web.openapi import noun, operation
from web.pagination import PageQuery, after, listed
from web.schemas.api_keys import (
    ApiKeyList,
    ApiKeyPath,
    ApiKeyRequest,
    ApiKeyView,
    NewApiKeyView,
    RotateRequest,
)

api_keys = noun(
    "api-keys",
    "Keys for programs, which act as the user who made them. Managing them needs a sign-in: a key cannot make another.",
)


@operation(
    api_keys.post,
    "",
    success={201: NewApiKeyView},
    problems=("session_required", "too_many_api_keys"),
    takes=(IDEMPOTENCY_KEY,),
)
def create_api_key(body: ApiKeyRequest) -> Response:
    """Make a key. It is told this once, and works until it is rotated or revoked; an account has at most five."""
    caller().signed_in()

    def work(session: Session) -> Answer:
        return _told(accounts.create_key(session, body.name, caller=caller(), now=clock()))

    return write(work, within=NEW_KEYS)


@operation(api_keys.get, "", success={200: ApiKeyList}, problems=("session_required", "invalid_cursor"))
def list_api_keys(query: PageQuery) -> Response:
    """List the caller's keys that work, in the order in which they were made."""
    who = caller()
    with reading() as session:
        rows = accounts.list_keys(session, caller=who, after=after(query), limit=query.limit + 1, now=clock())
    return listed(query, rows, view=lambda row: ApiKeyView.of(row, who.plan), key=lambda row: [str(row.id)])


@operation(api_keys.get, "/<key_id>", success={200: ApiKeyView}, problems=("session_required",))
def get_api_key(path: ApiKeyPath) -> Response:
    """Show one key, without its secret."""
    with reading() as session:
        row = accounts.key_of(session, path.key_id, caller=caller(), now=clock())
    return shown(ApiKeyView.of(row, caller().plan)).response()


@operation(
    api_keys.post,
    "/<key_id>/rotate",
    success={201: NewApiKeyView},
    problems=("session_required", "api_key_rotated"),
    takes=(IDEMPOTENCY_KEY,),
)
def rotate_api_key(path: ApiKeyPath, body: RotateRequest) -> Response:
    """Make a key in the place of this one, which ends at once or after `grace_minutes`.

    Requests with either are counted together.
    """
    grace = timedelta(minutes=body.grace_minutes)

    def work(session: Session) -> Answer:
        return _told(accounts.rotate_key(session, path.key_id, grace, caller=caller(), now=clock()))

    return write(work)


@operation(api_keys.delete, "/<key_id>", success={204: None}, problems=("session_required",))
def revoke_api_key(path: ApiKeyPath) -> Response:
    """Revoke a key; it and the access tokens got for it stop working at once."""
    with transaction() as session:
        accounts.revoke_key(session, path.key_id, caller=caller(), now=clock())
    return Response(status=204)


def _told(minted: Minted) -> Answer:
    view = NewApiKeyView.of_minted(minted, caller().plan)
    place = f"/api/api-keys/{public_id(Kind.API_KEY, minted.row.id)}"
    return told_once(view, headers={"Location": place})
