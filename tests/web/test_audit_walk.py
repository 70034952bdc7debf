"""Every operation of the document that changes something leaves its entry in the audit log, or the reason why not is here."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from audited import LEAVES, LEAVES_NONE
from authority import PUBLIC, rows
from sqlalchemy import select, union_all, update
from werkzeug.test import TestResponse

from config.transaction import transaction
from domain.accounts.tables import User
from domain.bookings.queries.trail import ENTRIES, LINES, Entry
from domain.kernel.actors import Through
from domain.kernel.ids import Kind, new_id, parsed, shown
from domain.webhooks.tables import WebhookEndpoint
from tests.asking import BODIES, PATHS, spoils
from tests.belongings import PASSWORD
from tests.everything import Everything
from tests.statements import statements
from web.api import payments
from web.app import create_app

APP = create_app()
ROWS = rows()
CHANGING = {
    f"{method.upper()} {path}"
    for path, methods in APP.api_doc["paths"].items()
    for method in methods
    if method not in {"get", "head"}
}

THROUGH_LINKS = {"POST /api/auth/password/reset", "POST /api/auth/email/verify"}
SUNDAYS = {"weekly": [{"weekday": 6, "start": "10:00", "end": "12:00"}], "overrides": []}
INSTEAD: Mapping[str, dict[str, Any]] = {
    "PUT /api/businesses/{slug}/schedule": SUNDAYS,
    "PUT /api/resources/{resource_id}/schedule": SUNDAYS,
    "PUT /api/businesses/{slug}/message-templates/{kind}/{language}": {
        "subject": "Until then",
        "text": "{{ details }}",
        "html": "<p>{{ details }}</p>",
    },
}
"""Bodies that change something, where the world is as the others have it already: nor is it that afterwards."""
TOLD_ONCE = {"key", "secret", "token", "url", "access_token", "refresh_token"}
"""Fields of answers whose values nobody else is to read."""


class Asked:
    """An operation that somebody has asked for, with what it left and the statements that it took."""

    def __init__(self, world: Everything, name: str, by: str) -> None:
        self.id = shown(Kind.REQUEST, new_id())
        self.known = [world.key, world.refresh_token, *world.tickets.values()]  # before what is asked for ends them
        method, _, path = name.partition(" ")
        self.body = INSTEAD.get(name) or (BODIES[name](world) if name in BODIES else None)
        place = world.path(path, **(PATHS[name](world) if name in PATHS else {}))
        headers = {"If-Match": "*", "X-Request-Id": self.id} | (world.headers(by) if by else {})
        with statements() as seen:
            self.answer: TestResponse = APP.test_client().open(place, method=method, json=self.body, headers=headers)
        self.written = [each for each in seen if each.startswith("INSERT INTO audit_entries")]
        self.entries = left_by(self.id)

    @property
    def actions(self) -> list[str]:
        """Return what the entries tell of."""
        return sorted(each.action for each in self.entries)


def left_by(request_id: str) -> list[Entry]:
    """Return what a request has left, in whichever table."""
    both = [
        select(*(source.c[name] for name in Entry._fields)).where(source.c.request_id == request_id)
        for source in (ENTRIES, LINES)
    ]
    with transaction() as session:
        return [Entry(*row) for row in session.execute(union_all(*both))]


def _disabled(world: Everything) -> None:
    with transaction() as session:
        mine = WebhookEndpoint.id == parsed(Kind.WEBHOOK_ENDPOINT, world.ids["endpoint_id"][0])
        session.execute(update(WebhookEndpoint).where(mine).values(state="disabled", disabled_reason="gone"))


def _operating(world: Everything) -> None:
    with transaction() as session:
        mine = User.id == world.people["owner"].user_id
        session.execute(update(User).where(mine).values(is_operator=True))


def _lasting(world: Everything) -> None:
    assert all(world.ids[name] for name in ("feed_id", "endpoint_id", "invitation_id"))


BEFORE: Mapping[str, Callable[[Everything], None]] = {
    "POST /api/auth/password/reset": _lasting,
    "POST /api/webhook-endpoints/{endpoint_id}/enable": _disabled,
    "POST /api/system/provider-events/{provider_event_id}/replay": _operating,
}
ENDS_ALL = "POST /api/auth/password/reset"
"""Leaves an entry for each key and feed that there is, of which others may have made more."""
OPERATING = "POST /api/system/provider-events/{provider_event_id}/replay"


class Worlds:
    """A world at a time: the same one, until what was done in it is not to be done again."""

    def __init__(self) -> None:
        self._world: Everything | None = None

    def ask(self, name: str, by: str) -> tuple[Everything, Asked]:
        """Ask for an operation, which has to be done."""
        self._world = world = (None if name == ENDS_ALL else self._world) or Everything(APP)
        if name in BEFORE:
            BEFORE[name](world)
        asked = Asked(world, name, by)
        assert asked.answer.status_code < 300, asked.answer.get_json()
        if spoils(name) or name in BEFORE or name in INSTEAD:
            self._world = None
        return world, asked


@pytest.fixture(scope="module")
def worlds() -> Worlds:
    return Worlds()


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no worker here that would make a payment possible."""
    monkeypatch.setattr(payments, "WAIT", 0)


def by(name: str) -> str:
    """Return who is to ask: nobody who says so where that is for everybody, a key where one may, else its owner, else a guest."""
    if name in PUBLIC:
        return ""
    if name == OPERATING:
        return "key"
    return next(each for each in ("key", "owner", "guest") if ROWS[name][each] < 300)


def test_every_operation_that_is_no_reading_is_in_one_of_the_tables() -> None:
    assert LEAVES.keys() | LEAVES_NONE.keys() == CHANGING
    assert LEAVES.keys() & LEAVES_NONE.keys() == set()


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_it_leaves_its_entry_with_who_asked_and_no_secret_in_one_statement(name: str, worlds: Worlds) -> None:
    world, asked = worlds.ask(name, by(name))
    assert asked.actions == sorted(LEAVES[name])
    assert len(asked.written) <= len(LEAVES[name])
    for each in asked.entries:
        assert each.subject_id is not None
        assert each.through == through(name)
        if each.through == Through.API_KEY:
            assert each.through_id == parsed(Kind.API_KEY, world.ids["key_id"][0])
        if by(name) or name in THROUGH_LINKS:
            assert each.actor_id == (None if by(name) == "guest" else world.people["owner"].user_id)
    assert not [secret for secret in _secrets(asked) if secret in _written(asked)]


@pytest.mark.parametrize("name", sorted(LEAVES_NONE))
def test_what_changes_nothing_leaves_nothing(name: str, worlds: Worlds) -> None:
    _, asked = worlds.ask(name, by(name))
    assert asked.actions == []


def through(name: str) -> Through:
    """Return what whoever asks has come through."""
    if name in THROUGH_LINKS:
        return Through.MAILED_LINK
    return {"key": Through.API_KEY, "guest": Through.MANAGE_LINK}.get(by(name), Through.SESSION)


def _written(asked: Asked) -> str:
    return json.dumps([each.changes for each in asked.entries])


def _secrets(asked: Asked) -> Iterator[str]:
    """Yield what must not be in what was written: passwords, keys, tokens, and addresses of people."""
    yield from (PASSWORD, "quite different horse", "sk_test", "whsec_", "example.com", "hooks.example/")
    yield from asked.known
    for name, value in (asked.answer.get_json(silent=True) or {}).items():
        if name in TOLD_ONCE and isinstance(value, str):
            yield value
