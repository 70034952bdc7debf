"""What goes wrong between us and a provider, and what the gateway says about whether anything happened."""

import gzip
import json
import logging
import socket
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from domain.payments.gateway import Away, Missing, ProviderError, Refused, Unknown
from domain.payments.rules.states import Provider, State
from tests.providers.canned import answering
from tests.providers.tills import KINDS, PATHS, Till, refund_of
from tests.receivers import until
from tests.standins import Providers

LINE = "workers.providers.line"
STRIPE_ONLY = pytest.mark.parametrize("till", [Provider.STRIPE], indirect=True, ids=str)
ERRORS = {"create": "POST", "look": "GET", "refund": "POST"}


@pytest.fixture(params=ERRORS)
def call(request: pytest.FixtureRequest, till: Till) -> Callable[..., None]:
    """Return a call of each kind, ready to fail as it is told."""
    name = str(request.param)
    paid, order = till.paid(), till.order()
    calls: dict[str, Callable[[], object]] = {
        "create": lambda: till.gateway.create(order),
        "look": lambda: till.gateway.look(paid.ref),
        "refund": lambda: till.gateway.refund(refund_of(paid, 1000, uuid4())),
    }

    def fail(kind: str, **more: object) -> None:
        path = PATHS[till.provider][name]
        till.customer.fail(kind, provider=till.provider.value, method=ERRORS[name], path=path, **more)
        calls[name]()

    return fail


def code_of(error: ProviderError) -> tuple[str, bool]:
    assert isinstance(error, Unknown)
    return error.code, error.answered


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_connection_that_was_reset_leaves_it_open(call: Callable[..., None], when: str) -> None:
    with pytest.raises(Unknown) as lost:
        call("reset", when=when)
    assert code_of(lost.value) == ("connection_lost", False)


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_answer_that_does_not_come_leaves_it_open(
    call: Callable[..., None], when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{LINE}.READ", 0.2)
    with pytest.raises(Unknown) as lost:
        call("hang", when=when, seconds=30)
    assert code_of(lost.value) == ("timeout", False)


def test_an_answer_that_trickles_in_is_hung_up_on(call: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{LINE}.DEADLINE", 0.5)
    began = time.monotonic()
    with pytest.raises(Unknown) as lost:
        call("slow", seconds=3)  # in ten pieces, each in time for a socket that waits half a second
    assert not lost.value.answered
    assert time.monotonic() - began < 1.5


def test_a_slow_answer_in_time_is_an_answer(call: Callable[..., None]) -> None:
    call("slow", seconds=0.3)


def test_a_call_of_many_requests_has_one_deadline(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    paid = till.paid()
    monkeypatch.setattr(f"{LINE}.DEADLINE", 0.5)
    till.customer.fail("hang", provider=till.provider.value, method="GET", times=9, seconds=0.3)
    began = time.monotonic()
    with pytest.raises((Away, Unknown)):
        till.gateway.look(paid.ref)
    assert time.monotonic() - began < 1


def test_half_an_answer_leaves_it_open(call: Callable[..., None]) -> None:
    with pytest.raises(Unknown) as lost:
        call("truncate")
    assert not lost.value.answered


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_error_of_the_provider_is_its_answer(call: Callable[..., None], when: str) -> None:
    with pytest.raises(Unknown) as lost:
        call("status", when=when, status=500)
    assert lost.value.answered


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_page_of_its_edge_is_not_the_providers_word(call: Callable[..., None], status: int) -> None:
    with pytest.raises(Unknown) as lost:
        call("status", status=status)
    assert code_of(lost.value) == (f"http_{status}", False)


@pytest.mark.parametrize("status", [401, 403, 429])
def test_who_is_not_let_in_has_done_nothing(call: Callable[..., None], status: int) -> None:
    with pytest.raises(Away):
        call("status", status=status)


@pytest.mark.parametrize("status", [400, 402, 404, 405, 409, 410, 422])
def test_what_nobody_listed_is_no_refusal(call: Callable[..., None], status: int) -> None:
    with pytest.raises(Unknown):
        call("status", status=status)


@pytest.mark.parametrize("base", ["http://127.0.0.1:9", "http://nonesuch.invalid"])
def test_where_nobody_is_nothing_was_sent(till: Till, base: str) -> None:
    with pytest.raises(Away) as away:
        Till(replace(till.keys, api_base=base)).gateway.create(till.order())
    assert away.value.code == "no_connection"


def test_nobody_who_picks_up_is_nobody_there(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{LINE}.CONNECT", 0.2)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, socket.socket() as first:
        port = server.getsockname()[1]
        first.connect(("127.0.0.1", port))  # takes the only place in the queue
        with pytest.raises(Away) as away:
            Till(replace(till.keys, api_base=f"http://127.0.0.1:{port}")).gateway.create(till.order())
    assert away.value.code == "no_connection"


@STRIPE_ONLY
def test_an_error_that_sticks_to_a_key_stays_its_answer(till: Till) -> None:
    order = till.order()
    till.customer.fail("status", when="after", path=PATHS[till.provider]["create"], status=500, sticky=True)
    for _ in range(2):
        with pytest.raises(Unknown) as stuck:
            till.gateway.create(order)
        assert stuck.value.answered
    assert till.gateway.create(replace(order, key="another")).state is State.OPEN


@STRIPE_ONLY
def test_a_key_in_use_is_to_be_asked_for_again(till: Till) -> None:
    order, path = till.order(), PATHS[till.provider]["create"]
    till.customer.fail("hang", path=path, seconds=1)
    first = threading.Thread(target=till.gateway.create, args=(order,))
    first.start()
    until(lambda: len(till.customer.calls("POST", path)) == 1)
    with pytest.raises(Unknown) as busy:
        till.gateway.create(order)
    assert code_of(busy.value) == ("idempotency_key_in_use", False)
    first.join()
    till.gateway.create(order)
    assert len(till.customer.objects("payment_intent")) == 1


@STRIPE_ONLY
def test_a_lost_answer_comes_again_under_the_same_key(till: Till) -> None:
    order = till.order()
    till.customer.fail("reset", when="after", path=PATHS[till.provider]["create"])
    with pytest.raises(Unknown):
        till.gateway.create(order)
    assert till.gateway.create(order).payment_id == order.payment_id
    assert len(till.customer.objects(KINDS[till.provider])) == 1


BODIES = {
    "nothing": b"",
    "a page": b"<html>welcome</html>",
    "a list": b"[]",
    "null": b"null",
    "an empty object": b"{}",
    "no text": b"\xff\xfe{}",
    "a pit": b'{"a":' * 100_000,
    "a number too long": b'{"id": ' + b"9" * 5000 + b"}",
    "a yes without anything": b'{"status": true, "data": {}}',
    "a yes about nothing": b'{"status": true, "data": null}',
    "too much": json.dumps({"id": "pi_1", "status": True, "padding": "x" * 1_100_000}).encode(),
    "an intent without its state": b'{"id": "pi_1", "object": "payment_intent", "amount": 1, "currency": "eur"}',
    "another type": b'{"id": {"a": 1}, "status": 7, "currency": [], "data": [1], "amount": "x"}',
}


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_an_answer_that_makes_no_sense_leaves_it_open(till: Till, body: bytes, status: int) -> None:
    with answering(body, status) as base:
        gateway = Till(replace(till.keys, api_base=base)).gateway
        for ask in (lambda: gateway.create(till.order()), lambda: gateway.look("pi_1"), lambda: gateway.cancel("pi_1")):
            with pytest.raises(Unknown):
                ask()


def test_a_packed_answer_is_counted_unpacked(till: Till) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    with answering(bomb, Content_Encoding="gzip") as base, pytest.raises(Unknown) as large:
        Till(replace(till.keys, api_base=base)).gateway.look("pi_1")
    assert large.value.code == "answer_too_large"


def test_nobody_is_sent_elsewhere(till: Till, providers: Providers) -> None:
    elsewhere = f"{providers.url}/{till.provider}/v1/payment_intents"
    with answering(b"", 307, Location=elsewhere) as base, pytest.raises(Unknown):
        Till(replace(till.keys, api_base=base)).gateway.create(till.order())
    assert providers.calls() == []


def test_no_proxy_of_the_machine_is_asked(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert till.paid().state is State.SUCCEEDED


KNOWN = {
    Provider.STRIPE: {
        "create": {"amount_too_small", "amount_too_large", "email_invalid"},
        "refund": {"charge_already_refunded", "charge_disputed", "payment_intent_unexpected_state"},
    },
    Provider.PAYSTACK: {
        "create": {"invalid_amount", "unsupported_currency", "invalid_email_address"},
        "refund": {"invalid_amount", "transaction_reversed", "transaction_not_paid"},
    },
}
OTHERS = {"parameter_invalid_integer", "invalid_params", "card_declined", "standin_unsupported", "brand_new_code", ""}
CODES = OTHERS.union(*(codes for calls in KNOWN.values() for codes in calls.values()))


@pytest.mark.parametrize("name", ["create", "refund", "look"])
@pytest.mark.parametrize("code", sorted(CODES))
def test_only_listed_codes_are_for_ever_and_only_of_their_call(till: Till, name: str, code: str) -> None:
    told = {"code": code, "message": "No."}
    error = {"error": told | {"type": "invalid_request_error"} | ({"param": "amount"} if code else {})}
    body = error if till.provider is Provider.STRIPE else {"status": False, **told}
    made = till.gateway.create(till.order())
    with answering(json.dumps(body).encode(), 400) as base:
        gateway = Till(replace(till.keys, api_base=base)).gateway
        calls: dict[str, Callable[[], object]] = {
            "create": lambda: gateway.create(till.order()),
            "refund": lambda: gateway.refund(refund_of(made, 1000, uuid4())),
            "look": lambda: gateway.look(made.ref),
        }
        with pytest.raises(ProviderError) as raised:
            calls[name]()
    assert isinstance(raised.value, Refused) is (code in KNOWN[till.provider].get(name, ()))
    assert isinstance(raised.value, (Refused, Unknown))


@pytest.mark.parametrize(
    ("name", "param", "kind"),
    [
        ("create", "currency", Refused),
        ("create", "amount", Unknown),
        ("refund", "amount", Refused),
        ("refund", "currency", Unknown),
        ("refund", "payment_intent", Unknown),
    ],
)
@STRIPE_ONLY
def test_stripe_names_a_parameter_where_it_has_no_code(
    till: Till, name: str, param: str, kind: type[ProviderError]
) -> None:
    made = till.gateway.create(till.order())
    body = {"error": {"type": "invalid_request_error", "param": param, "message": "No."}}
    with answering(json.dumps(body).encode(), 400) as base:
        gateway = Till(replace(till.keys, api_base=base)).gateway
        calls: dict[str, Callable[[], object]] = {
            "create": lambda: gateway.create(till.order()),
            "refund": lambda: gateway.refund(refund_of(made, 1000, uuid4())),
        }
        with pytest.raises(kind):
            calls[name]()


def test_an_address_that_is_not_the_providers_knows_no_payment(till: Till, providers: Providers) -> None:
    """A wrong base answers 404 to everything; that must not look as if our payments were gone."""
    till = Till(replace(till.keys, api_base=f"{till.keys.api_base}/wrong"), providers)
    with pytest.raises(ProviderError) as raised:
        till.gateway.look("pi_1")
    assert not isinstance(raised.value, Missing)


def test_no_secret_is_told(call: Callable[..., None], till: Till, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for failure in ("reset", "truncate", "status"):
        with pytest.raises(ProviderError) as raised:
            call(failure)
        assert (raised.value.__cause__, raised.value.__context__) == (None, None)
        assert till.keys.secret_key not in "".join(traceback.format_exception(raised.value))
    till.gateway.cancel(till.paid().ref)
    told = repr(till.keys) + caplog.text
    assert not [each for each in (till.keys.secret_key, "ada@example.com", "_secret_") if each in told]
