"""What goes wrong between us and a provider, and what the gateway says about whether anything happened."""

import logging
import socket
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from domain.payments.gateway import Away, ProviderError, Unknown
from domain.payments.rules.states import Provider, State
from tests.providers.tills import KINDS, PATHS, Till, refund_of
from tests.receivers import until

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
    assert time.monotonic() - began < 2.5


def test_a_slow_answer_in_time_is_an_answer(call: Callable[..., None]) -> None:
    call("slow", seconds=0.3)


def test_a_call_of_many_requests_has_one_deadline(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    paid = till.paid()
    monkeypatch.setattr(f"{LINE}.DEADLINE", 0.5)
    till.customer.fail("hang", provider=till.provider.value, method="GET", times=9, seconds=0.3)
    began = time.monotonic()
    with pytest.raises((Away, Unknown)):
        till.gateway.look(paid.ref)
    assert time.monotonic() - began < 2


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


@pytest.mark.parametrize(("status", "is_refused"), [(401, True), (403, True), (429, False)])
def test_who_is_not_let_in_has_done_nothing(call: Callable[..., None], status: int, *, is_refused: bool) -> None:
    with pytest.raises(Away) as refused:
        call("status", status=status)
    assert (refused.value.code == "key_refused") is is_refused


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
    till.customer.fail("hang", path=path, seconds=3)
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
