"""Calls to a provider that hangs: so many at a time, so that the other provider's are made all the same."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from domain.payments.gateway import Away, Seen
from tests.providers.tills import PATHS, Till
from workers.providers.line import AT_ONCE

LINE = "workers.providers.line"


@pytest.fixture
def crowd(till: Till) -> Iterator[list[Future[Seen]]]:
    """Yield as many calls to a provider as may be made at a time, each of which takes three seconds."""
    till.customer.fail("hang", when="before", path=PATHS[till.provider]["create"], seconds=3, times=AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        yield [threads.submit(till.gateway.create, till.order()) for _ in range(AT_ONCE)]


def test_one_more_is_told_that_it_was_not_made(
    till: Till, crowd: list[Future[Seen]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{LINE}.PATIENCE", 0.2)
    while len(till.customer.calls("POST", f"*{PATHS[till.provider]['create']}")) < AT_ONCE:
        threading.Event().wait(0.02)
    with pytest.raises(Away) as busy:
        till.gateway.create(till.order())
    assert busy.value.code == "busy"
    for each in crowd:
        assert each.result(20).ref
    assert till.gateway.create(till.order()).ref
