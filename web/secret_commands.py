"""Commands about secrets that are kept sealed, for operators: `flask --app web.app secrets …`."""

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from config.sealing import Unreadable, resealed
from config.transaction import retried
from domain.kernel.ids import Kind, shown
from domain.kernel.resealing import Sealed, reseal_batch
from domain.payments.service import SEALED as OF_ACCOUNTS
from domain.webhooks.service import SEALED as OF_ENDPOINTS
from web.command_group import Commands
from web.printing import Row, as_json, print_rows

secrets = Commands("secrets", help="Bring what is sealed under a SECRET_KEY of before under the present one.")

KEPT: Mapping[str, tuple[Sealed, Kind]] = {
    "webhook secrets": (OF_ENDPOINTS, Kind.WEBHOOK_ENDPOINT),
    "keys of provider accounts": (OF_ACCOUNTS, Kind.PROVIDER_ACCOUNT),
}
"""What is kept sealed, and whose ids its rows have."""


@secrets.command("reseal")
@as_json
def reseal_secrets(*, as_json: bool) -> None:
    """Seal under SECRET_KEY what one of PREVIOUS_SECRET_KEYS has sealed. Safe to repeat, and while all runs.

    Tells how many there are, how many were sealed anew, and of which endpoints and accounts they cannot be read.
    """
    print_rows([_row(what, *KEPT[what]) for what in KEPT], as_json=as_json, none="")


def _row(what: str, kept: Sealed, kind: Kind) -> Row:
    """Seal a table's secrets anew, a batch in a transaction, and tell of it."""
    rows, anew, unreadable = 0, 0, list[str]()
    after: UUID | None = None
    while batch := retried(partial(reseal_batch, what=kept, after=after, reseal=_resealed)):
        rows, anew, after = rows + batch.rows, anew + batch.anew, batch.last
        unreadable += [shown(kind, each) for each in batch.unreadable]
    return {"what": what, "kept": rows, "sealed_anew": anew, "unreadable": unreadable}


def _resealed(row_id: UUID, sealed: bytes) -> bytes | None:
    try:
        return resealed(sealed, row_id.bytes)
    except Unreadable:
        return None
