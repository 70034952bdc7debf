"""What a limit costs: CPU of the web for one `GET /api/auth/me`, counted, refused, and with limits turned off."""

from collections.abc import Iterator
from functools import partial
from http import HTTPStatus

from config.local import ports
from config.local.procfile import Program, commands
from tests.bench.processes import cpu_seconds
from tests.bench.report import Line, median, rounds, spread
from tests.bench.wire import drive, request
from tests.bench.world import World, answers, leader, tokens, until
from tests.builders import a_user
from tests.stack import ROOT

ROUNDS = 2
REQUESTS = 400
CONNECTIONS = 4
MICRO = 1_000_000
COSTS, REFUSED = 1.25, 1.0


def measure(world: World) -> Iterator[Line]:
    """Yield microseconds of a web process for each request."""
    (token,) = tokens([a_user()])
    ask = request("GET", "/api/auth/me", token)
    off = _side(world, "off", ask, HTTPStatus.OK, RATELIMIT_ENABLED="false")
    for what, goal, side in (
        ("a request that is counted", COSTS, _side(world, "on", ask, HTTPStatus.OK)),
        (
            "a request that is refused",
            REFUSED,
            _side(world, "full", ask, HTTPStatus.TOO_MANY_REQUESTS, RATELIMIT_FREE="1"),
        ),
    ):
        side(), off()
        ours, yardstick = rounds(ROUNDS * world.size, side, off)
        ratio = median(ours) / median(yardstick)
        yield Line(
            what=f"{what}: CPU of the web",
            ours=spread(ours, "us"),
            yardstick=f"limits off {spread(yardstick, 'us')}",
            ratio=ratio,
            goal=f"<= {goal} x",
            is_met=ratio <= goal,
        )


def _side(world: World, name: str, ask: bytes, status: HTTPStatus, **environment: str) -> "partial[float]":
    """Start a web server with settings of its own, and return its measurement."""
    port = str(ports.remembered(world.place.run / f"{name}.port"))
    command = commands((ROOT / "Procfile").read_text())["web"]
    data = {"DATA_DIR": str(world.place.data / name)}
    program = world.program(name, command, PORT=port, **data, **environment)
    url = f"http://127.0.0.1:{port}"
    until(lambda: answers(url))
    return partial(_microseconds, url, program, ask, REQUESTS * world.size, status)


def _microseconds(url: str, program: Program, ask: bytes, count: int, status: HTTPStatus) -> float:
    begun = cpu_seconds(leader(program))
    replies = drive(url, [ask] * count, CONNECTIONS)
    assert {each.status for each in replies} <= {HTTPStatus.OK, status}, replies[0].body  # one a minute is let through
    return (cpu_seconds(leader(program)) - begun) / count * MICRO
