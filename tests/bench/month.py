"""`GET /api/availability` for a month and twenty resources, against the engine's own part of it."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from config.transaction import engine
from domain.availability.rules import slots as rules
from domain.kernel.ids import Kind, shown
from tests.bench.pending import fill, mornings
from tests.bench.report import MILLI, Line, median, percentile, spread
from tests.bench.wire import Wire, request
from tests.bench.world import World, tokens
from tests.builders import decide
from web.app import create_app

BOOKINGS = 2000  # a hundred on each resource
RUNS = 9
STATEMENTS, TIMES = 4, 3


def measure(world: World) -> Iterator[Line]:
    """Yield the statements of one answer, and its time."""
    fill(world.database, [world.shop], BOOKINGS)
    while decide(world.shop):
        continue
    (token,) = tokens([world.shop.owner])
    first = mornings(1)[0].date()
    service = shown(Kind.SERVICE, world.shop.service.id)
    path = f"/api/availability?service_id={service}&from={first}&to={first + timedelta(days=30)}"
    statements, engines, tag = _inside(path, token)
    yield Line(
        what="GET /api/availability, 20 resources: SQL",
        ours=f"{len(statements)} statements, the caller's included",
        goal=f"<= {STATEMENTS}",
        is_met=len(statements) <= STATEMENTS,
    )
    with Wire(world.stack.url) as wire:
        ask = request("GET", path, token)
        replies = [wire.ask(ask) for _ in range(RUNS * world.size)]
        known = request("GET", path, token, If_None_Match=tag)
        again = [wire.ask(known) for _ in range(RUNS * world.size)]
    assert {each.status for each in replies} == {HTTPStatus.OK}
    assert {each.status for each in again} == {HTTPStatus.NOT_MODIFIED}
    yield from _told([each.took * MILLI for each in replies], [each.took * MILLI for each in again], engines)


def _told(took: Sequence[float], spared: Sequence[float], engines: Sequence[float]) -> Iterator[Line]:
    ratio = median(took) / median(engines)
    yield Line(
        what="  a month over HTTP",
        ours=spread(took, "ms"),
        yardstick=f"engine {spread(engines, 'ms')}, p99 {percentile(engines, 0.99):.1f}",
        ratio=ratio,
        goal=f"<= {TIMES} x",
        is_met=ratio <= TIMES,
    )
    yield Line(
        what="  the same, not modified",
        ours=spread(spared, "ms"),
        yardstick=f"anew {spread(took, 'ms')}",
        ratio=median(spared) / median(took),
    )


def _inside(path: str, token: str) -> tuple[Sequence[str], Sequence[float], str]:
    """Answer in this process; return the statements of the last answer, the engine's milliseconds in each, and the tag."""
    client, engines = create_app().test_client(), list[float]()
    timed = rules.free_slots

    def slots(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - as the engine has it
        begun = time.perf_counter()
        found = timed(*given, **named)
        engines.append((time.perf_counter() - begun) * MILLI)
        return found

    with patch.object(rules, "free_slots", slots):
        for _ in range(RUNS):
            with _statements() as said:
                answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == HTTPStatus.OK, answer.text
    return said, engines[1:], answer.headers["ETag"]


@contextmanager
def _statements() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(engine(), "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine(), "before_cursor_execute", note)
