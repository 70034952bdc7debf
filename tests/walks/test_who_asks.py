"""Every operation of the document, asked by whoever may not: refused as it should be, and with nothing changed by it."""

import re
from functools import cache

import pytest

from tests.walks.badges import no_good
from tests.walks.walker import app, hardened, is_public, operations, refused, walker
from tests.web.authority import PUBLIC, rows
from tests.writes import writes

ROWS = rows()
ASKING = sorted(ROWS)
OUTSIDE = {
    "/": "tells what runs here",
    "/docs": "the guides, which everybody may have",
    "/docs/<path:name>": "one of them",
    "/docs/README.md": "the guides' contents",
    "/docs/search": "finds in what everybody may have",
    "/docs/api": "shows the document, which everybody may have",
    "/docs/api/<name>": "a part of it",
    "/docs/demo.json": "the key of the demo, which is not there in production: test_demo",
    "/llms.txt": "the guides' contents",
    "/llms-full.txt": "the guides",
    "/static/<path:name>": "files of our pages",
    "/api/openapi.json": "the document",
    "/problems": "what the problems mean",
    "/problems/<code>": "what one means",
    "/livez": "tells that the process lives",
    "/readyz": "tells whether it can work",
    "/account": "a page without data; it calls the API with the ticket of its link",
    "/manage": "as /account",
    "/manage/pay": "as /account",
    "/manage/wording": "puts in words what it is sent, and reads nothing",
    "/feeds/<token>.ics": "a secret in the address: test_calendar_feeds",
    "/unsubscribe/<token>": "a signed address: test_unsubscribing",
    "/unsubscribe/<token>/undo": "a signed address: test_unsubscribing",
    "/remind-again/<token>": "a signed address: test_unsubscribing",
    "/metrics": "METRICS_TOKEN: test_metrics",
    "/mailbox": "not there in production: test_mails",
    "/mailbox/<letter_id>": "not there in production",
    "/mailbox/<letter_id>/html": "not there in production",
    "/api/payments/<any(stripe, paystack):provider>/webhook": "signed by the provider: test_webhooks",
    "/api/payments/<any(stripe, paystack):provider>/webhook/<token>": "signed by the provider: test_webhooks",
}
"""What the document does not list, and what keeps it from whom it is not for."""


@cache
def wrong() -> dict[str, dict[str, str]]:
    return dict(no_good(walker().world))


@cache
def headers(caller: str) -> dict[str, str]:
    return walker().world.headers(caller)


def test_every_address_is_in_the_document_or_in_a_list_that_says_why_not() -> None:
    documented = {name.partition(" ")[2] for name in operations()}
    rules = {rule.rule for rule in app().url_map.iter_rules()}
    served = {rule for rule in rules if re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule) not in documented}
    assert served == OUTSIDE.keys()
    assert len(rules) - len(served) == len(documented)


@pytest.mark.parametrize("name", ASKING)
def test_no_token_that_is_not_good_opens_anything(name: str) -> None:
    badges = wrong()
    with writes() as written:
        for what, bearing in badges.items():
            answer = walker().ask(name, bearing)
            assert answer.status_code == 401, what
            refused(answer, 401, "unauthenticated")
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert written == []


@pytest.mark.parametrize("name", ASKING)
def test_whoever_is_refused_has_changed_nothing(name: str) -> None:
    """The callers are those of the table, from a stranger to a key, and who has another booking's link or another business."""
    told = {caller: status for caller, status in ROWS[name].items() if status >= 400 and "/system/" not in name}
    told |= {"other guest": ROWS[name]["guest"]} if ROWS[name]["guest"] == 403 else {}
    told |= {"rival": ROWS[name]["stranger"]} if ROWS[name]["stranger"] >= 400 else {}
    asking = {caller: headers(caller) for caller in told}
    with writes() as written:
        for caller, status in told.items():
            answer = walker().ask(name, asking[caller])
            assert answer.status_code == status, caller
            refused(answer, status, answer.get_json()["code"])
    assert [each for each in written if "last_used_at" not in each] == []  # that a key was used is noted


@pytest.mark.parametrize("name", [each for each in ASKING if "/system/" in each])
def test_what_operators_see_is_for_nobody_else(name: str) -> None:
    asking = {caller: headers(caller) for caller in ("stranger", "rival", "staff", "admin", "customer", "guest")}
    with writes() as written:
        for caller, bearing in asking.items():
            refused(walker().ask(name, bearing), 403, "booking_only" if caller == "guest" else "operators_only")
    assert written == []


@pytest.mark.parametrize("name", sorted(operations()))
def test_no_other_page_may_ask_on_somebodys_behalf(name: str) -> None:
    """No answer, nor a browser's question beforehand, opens the API to the scripts of other origins."""
    path = walker().path(name)
    elsewhere = {"Origin": "https://evil.example", "Access-Control-Request-Method": name.partition(" ")[0]}
    asked = app().test_client().options(path, headers=elsewhere)
    assert asked.status_code == 200
    hardened(asked)
    hardened(app().test_client().open(path, method=name.partition(" ")[0], headers=elsewhere))


def test_the_table_knows_every_operation() -> None:
    assert ROWS.keys() | PUBLIC == operations().keys()
    assert {name for name in operations() if is_public(name)} == PUBLIC
