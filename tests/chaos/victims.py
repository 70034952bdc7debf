"""What faults are done to: a stack whose servers are its own, so that nobody else's tests are on them."""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from config.local.locks import only_run
from config.local.places import place_at
from config.local.postgres import Postgres
from config.local.valkey import Valkey
from tests.chaos.load import Load
from tests.messages.sink import Sink, sink
from tests.receivers import Receiver
from tests.servers import PREFIX
from tests.stack import ROOT, Caller, Stack

CALLERS = 4
SHOPS = 6
HOOKED = 1  # of the shops; what is told is less of the load than what is booked
# The machine survives, so what the system has been given is safe; a commit must have been given to it.
MORTAL = {"max_connections": "200", "fsync": "off"}


@dataclass(frozen=True)
class Victims:
    """What the faults are done to, and the load they are done under."""

    stack: Stack
    postgres: Postgres
    valkey: Valkey
    callers: list[Caller]
    shops: list[dict[str, str]]
    mails: Sink
    hooks: Receiver
    secrets: Mapping[str, str]
    """Of the endpoint of each business, by the path that it is called at."""

    def load(self) -> Load:
        """Return a load, not begun."""
        return Load(self.callers, self.shops)


@contextmanager
def prepared() -> Iterator[Victims]:
    """Yield victims that are ready for a booking; leave nothing of them."""
    with ExitStack() as stack:
        place = place_at(Path(tempfile.mkdtemp(prefix=PREFIX)))
        stack.callback(place.remove)
        stack.enter_context(only_run(place.run))
        postgres, valkey = Postgres(place, MORTAL), Valkey(place)
        for server in (postgres, valkey):
            stack.callback(server.stop)
            server.start()
        mails, hooks = stack.enter_context(sink()), stack.enter_context(Receiver())
        mailing = f"smtp://127.0.0.1:{mails.port}?starttls=never"
        environment = {**os.environ, "DATABASE_URL": postgres.url, "REDIS_URL": valkey.url, "SMTP_URL": mailing}
        subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, env=environment, check=True)
        running = stack.enter_context(Stack(place, environment, [postgres]))
        callers = [
            stack.enter_context(Caller(running.url, f"caller-{secrets.token_hex(4)}-{number}"))
            for number in range(CALLERS)
        ]
        shops = [callers[0].shop(f"Shop {number}") for number in range(SHOPS)]
        _prove(postgres.url)
        hooked = dict(_hooked(callers[0], hooks.url, shop["business_id"]) for shop in shops[:HOOKED])
        yield Victims(running, postgres, valkey, callers, shops, mails, hooks, hooked)


def _prove(url: str) -> None:
    """Let everybody have proven their address long ago: what is said to strangers waits."""
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE users SET email_verified_at = now() - interval '30 days'")


def _hooked(owner: Caller, url: str, business_id: str) -> tuple[str, str]:
    """Have a business's events sent to a path of its own; return that and the secret."""
    path = f"/{business_id}"
    return path, str(owner.made("/api/webhook-endpoints", business_id=business_id, url=url + path)["secret"])
