"""Every operation of the document, asked by whoever may not: refused as it should be, and with nothing changed by it."""

from functools import cache

import pytest

from tests.walks.badges import no_good
from tests.walks.walker import Walker, app, hardened, is_public, operations, refused, walker
from tests.web.authority import PUBLIC, rows
from tests.writes import writes

ROWS = rows()
STRANGE = ("stranger", "rival", "other guest")
OUTSIDE = {
    "/": "leads to /docs",
    "/docs": "shows the document, which everybody may have",
    "/docs/<path:name>": "its files",
    "/api/openapi.json": "the document",
    "/problems": "what the problems mean",
    "/problems/<code>": "what a problem means",
    "/livez": "says that the process lives",
    "/readyz": "says whether it can work",
    "/metrics": "METRICS_TOKEN: tests/web/test_metrics.py",
    "/mailbox": "not there in production: tests/messages/test_mails.py",
    "/mailbox/<letter_id>": "as /mailbox",
    "/mailbox/<letter_id>/html": "as /mailbox",
    "/calendars/<path:name>": "a secret in the address: tests/flows/test_calendar_feeds.py",
    "/api/payments/stripe/webhook": "signed: tests/providers/test_webhooks.py",
    "/api/payments/paystack/webhook": "signed",
}


@cache
def wrong() -> dict[str, dict[str, str]]:
    return dict(no_good(walker().world))


@pytest.mark.parametrize("name", sorted(set(operations()) - PUBLIC))
def test_no_token_that_is_not_good_opens_anything(name: str) -> None:
    with writes() as written:
        for what, headers in wrong().items():
            answer = walker().ask(name, headers)
            refused(answer, 401, "unauthenticated")
            assert answer.headers["WWW-Authenticate"] == "Bearer", what
    assert written == []
