"""The receivers in our own guide: they take what we send, once, and nothing that somebody else has signed."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from socket import SO_REUSEADDR, SOL_SOCKET, create_connection, socket

import pytest

from config.clock import clock
from config.transaction import transaction
from domain.webhooks import service as webhooks
from domain.webhooks.gateway import Call, Heard, Outcome
from domain.webhooks.service import Made
from domain.webhooks.tables import WebhookDelivery, WebhookEndpoint
from tests.builders import Shop, a_shop
from tests.outbound.hooks import HERE, an_endpoint, change, deliveries, follow, happened, sealed, send_now, states
from tests.receivers import until
from tests.servers import ROOT
from workers.calls import Calls
from workers.delivery.http import Post
from workers.webhooks import send

pytestmark = pytest.mark.usefixtures("nothing_is_due")

GUIDE = (ROOT / "docs/how-to/receive-webhooks.md").read_text()
BLOCKS = dict(re.findall(r"```(python|javascript|php)\n(.*?)```", GUIDE, re.DOTALL))
FILES = {"python": "receiver.py", "javascript": "receiver.cjs", "php": "receiver.php"}
RUN = {
    "python": [sys.executable],
    "javascript": ["node"],
    "php": ["php", "-d", "variables_order=EGPCS", "-S", "127.0.0.1:{port}"],
}
LANGUAGES = [
    pytest.param(name, marks=pytest.mark.skipif(not shutil.which(RUN[name][0]), reason=f"there is no {name} here"))
    for name in RUN
]


@dataclass(frozen=True)
class Running:
    """A receiver of the guide, as it runs."""

    url: str
    printed: Path

    def took(self) -> Sequence[str]:
        """Return the events that it says it has taken, in any order."""
        return sorted(re.findall(r"(booking\.\w+) bkg_", self.printed.read_text()))


@contextmanager
def running(language: str, secret: str, folder: Path, port: int) -> Iterator[Running]:
    program, printed = folder / FILES[language], folder / "printed"
    program.write_text(BLOCKS[language])
    environment = {"PATH": os.environ["PATH"], "PORT": str(port), "WEBHOOK_SECRET": secret, "SEEN": str(folder)}
    command = [each.format(port=port) for each in RUN[language]]
    with (
        printed.open("w") as out,
        subprocess.Popen([*command, str(program)], env=environment, stdout=out, stderr=subprocess.STDOUT) as process,
    ):
        try:
            until(lambda: _listens(port))
            yield Running(f"http://127.0.0.1:{port}/", printed)
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    try:
        create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.fixture
def port() -> Iterator[int]:
    """Yield a port that nobody else is given: it is bound, and left to a receiver that may use it all the same."""
    with socket() as taken:
        taken.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


@pytest.fixture
def told(port: int) -> tuple[Shop, Made]:
    shop = a_shop()
    return shop, an_endpoint(shop.owner, shop.business.id, f"http://127.0.0.1:{port}/", "booking.*")


def sent_again(made: Made) -> None:
    """Send all of an endpoint's deliveries once more, as if no answer had come."""
    change(WebhookDelivery, made, state="due", next_attempt_at=clock(), finished_at=None)
    send_now()


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_takes_each_event_once_before_during_and_after_a_rotation(
    language: str, tmp_path: Path, port: int, told: tuple[Shop, Made]
) -> None:
    shop, made = told
    happened(shop.business.id, "booking.confirmed", "booking.cancelled")
    follow()
    with running(language, made.secret, tmp_path, port) as receiver:
        send_now()
        sent_again(made)
        with transaction() as session:
            webhooks.rotate_secret(session, made.row.id, seal=sealed, caller=shop.owner, now=clock())
        sent_again(made)

        assert states(made) == ["delivered"] * 2
        assert receiver.took() == ["booking.cancelled", "booking.confirmed"]
        change(WebhookEndpoint, made, previous_until=clock())
        sent_again(made)
        assert {each.last_error for each in deliveries(made)} == {"status 400"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA v1a,BBBB"},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": "soon"},
        {"webhook-id": "evt_other"},
    ],
    ids=["unsigned", "wrong", "old", "no time", "another id"],
)
def test_it_refuses_what_is_not_genuine(
    language: str, headers: dict[str, str], tmp_path: Path, port: int, told: tuple[Shop, Made]
) -> None:
    shop, made = told
    happened(shop.business.id, "booking.confirmed")
    follow()
    genuine, calls = Post(reach=HERE), list[Call]()

    def carry(call: Call) -> Outcome:
        calls.append(call)
        return genuine(call)

    with running(language, made.secret, tmp_path, port) as receiver:
        with Calls(1) as room:
            send(carry, room, seconds=20)
        forged = replace(calls[0], headers={**calls[0].headers, **headers})
        answer = genuine(forged)

        assert isinstance(answer, Heard)
        assert answer.status == 400
        assert states(made) == ["delivered"]
        assert receiver.took() == ["booking.confirmed"]
