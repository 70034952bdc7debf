"""The world of a run: throwaway servers with a database of its own, and the programs on them, begun when first needed."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import psycopg
import requests

from config.local import ports
from config.local.places import Place, place_at
from config.local.procfile import Program, commands
from domain.accounts.rules import Claims, Principal
from tests.builders import Shop, a_shop
from tests.chaos.verdict import wrongs
from tests.servers import throwaway
from tests.stack import ROOT, Stack
from web.app import create_app
from web.auth import access_token

OURS, BARE = "web.serving:create_served_app", "tests.bench.bare:create_app"
PATIENCE = 120


@dataclass
class World:
    """Where the rows measure; *size* is 1 in the short form and more in the long one."""

    place: Place
    size: int
    left: ExitStack = field(default_factory=ExitStack)

    @property
    def environment(self) -> dict[str, str]:
        """What a program is told: production's defaults, in our world."""
        own = {name: value for name, value in os.environ.items() if name != "DB_POOL_SIZE"}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return own | {"PATH": path, "HOST": "127.0.0.1", "DATA_DIR": str(self.place.data)}

    @cached_property
    def stack(self) -> Stack:
        """The Procfile's programs."""
        return self.left.enter_context(Stack(self.place, self.environment))

    @cached_property
    def bare(self) -> tuple[str, Program]:
        """A bare Flask application on the web server's own settings: where it answers, and its program."""
        port = str(ports.remembered(self.place.run / "bare.port"))
        command = commands((ROOT / "Procfile").read_text())["web"].replace(OURS, BARE)
        program = self.program("bare", command, PORT=port)
        url = f"http://127.0.0.1:{port}"
        until(lambda: answers(url))
        return url, program

    @cached_property
    def database(self) -> psycopg.Connection:
        """A connection past the application."""
        return self.left.enter_context(psycopg.connect(os.environ["DATABASE_URL"], autocommit=True))

    @cached_property
    def shop(self) -> Shop:
        """A business with twenty chairs."""
        return a_shop(resources=20)

    def program(self, name: str, command: str, **environment: str) -> Program:
        """Start a program of our own, which ends with the world."""
        program = Program(name, command, self.place, ROOT, self.environment | environment)
        program.start()
        self.left.callback(program.kill)
        return program

    def count(self, query: str, *parameters: object) -> int:
        """Return a query's one number."""
        row = self.database.execute(query.encode(), parameters).fetchone()
        assert row is not None
        return int(row[0])

    def pending(self) -> int:
        """Return how many bookings are undecided."""
        return self.count("SELECT count(*) FROM bookings WHERE status = 'pending'")

    def settled(self) -> None:
        """Return once everything is decided; whatever is wrong then ends the run."""
        until(lambda: self.pending() == 0)
        found = wrongs(self.database)
        assert not found, found


@contextmanager
def world(size: int) -> Iterator[World]:
    """Yield a world; leave nothing of it."""
    with throwaway() as servers, ExitStack() as left:
        servers.enter("bench")
        os.environ["LOG_LEVEL"] = "WARNING"
        yield World(place_at(Path(servers.folder, "programs")), size, left)


def tokens(principals: Sequence[Principal]) -> Sequence[str]:
    """Return an access token for each."""
    with create_app().app_context():
        return [access_token(Claims(user_id=each.user_id, session_id=each.session_id)) for each in principals]


def until(is_so: Callable[[], bool], pause: float = 0.005) -> None:
    """Return once it is so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(pause)


def leader(program: Program) -> int:
    """Return the pid that leads a program's group."""
    assert program.process is not None
    return program.process.pid


def answers(url: str) -> bool:
    """Tell whether a web server is there."""
    try:
        return requests.get(f"{url}/livez", timeout=2).ok
    except requests.RequestException:
        return False
