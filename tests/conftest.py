"""One PostgreSQL and one Valkey for a test run; each of its processes has a database of its own.

The environment is complete before the first test module, and so any settings, can be imported.
Properties are tried on few examples, or on many with HYPOTHESIS_PROFILE=long.
"""

import gc
import os
from contextlib import ExitStack
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

from tests.servers import Servers, throwaway

SERVERS = pytest.StashKey[Servers]()
ALONE = "main"

# Neither a slow example nor slow drawing says anything about a property: the machine is shared.
for profile, examples in (("short", 100), ("long", 2000)):
    settings.register_profile(
        profile, max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the servers, or in one of xdist's workers take those that its controller started."""
    _spend_little_on_passwords()
    given = getattr(session.config, "workerinput", None)
    if given:
        Servers(**given["servers"]).enter(given["workerid"])
    else:
        stack = ExitStack()
        session.config.add_cleanup(stack.close)  # also after Ctrl-C, and when the next line fails half-way
        servers = stack.enter_context(throwaway())
        session.config.stash[SERVERS] = servers
        servers.enter(ALONE)
    _hold_answers_to_the_document()


def pytest_collection_finish() -> None:
    """Let no collection of garbage look at half a million objects of modules and tests, which are there to the end."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Have one process more than there are cores: tests wait for servers and for other processes two fifths of the time."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist does not export its type
    """Tell a new worker where the servers are."""
    node.workerinput["servers"] = node.config.stash[SERVERS].packed()


def _spend_little_on_passwords() -> None:
    """Let thousands register here; what a password costs everywhere else, rules/test_cost_of_passwords.py says."""
    from domain.accounts.rules import passwords  # noqa: PLC0415 - not before it is known that there will be tests

    passwords.HASHER = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1)


def _hold_answers_to_the_document() -> None:
    """Let no test be answered by the application what the OpenAPI document does not promise."""
    from tests.conformance import Held  # noqa: PLC0415 - the environment was not complete before
    from web.openapi import Api  # noqa: PLC0415

    Api.test_client_class = Held


@pytest.fixture(scope="session", autouse=True)
def settled_feed() -> None:
    """Begin the epoch of the process's database, as beat does within seconds of a first start.

    Ten thousand events later a reader would be told to wait for beat, of which there is none here.
    """
    from config.clock import clock  # noqa: PLC0415 - the environment was not complete before
    from config.transaction import transaction  # noqa: PLC0415
    from domain.kernel import epochs  # noqa: PLC0415

    with transaction() as session:
        epochs.current(session, now=clock())


@pytest.fixture
def nothing_is_due() -> None:
    """Take away what other tests have left to be sent, so that nobody is called for them."""
    from sqlalchemy import delete  # noqa: PLC0415 - as above

    from config.transaction import transaction  # noqa: PLC0415
    from domain.webhooks.tables import WebhookDelivery, WebhookEndpoint  # noqa: PLC0415

    with transaction() as session:
        session.execute(delete(WebhookDelivery))
        session.execute(delete(WebhookEndpoint))
