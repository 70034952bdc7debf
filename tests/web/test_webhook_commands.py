"""What operators do about webhook endpoints from a terminal."""

import json
from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import select

from config.transaction import transaction
from domain.kernel.audit import AuditEntry
from domain.kernel.events import Event
from domain.kernel.ids import Kind, shown
from domain.webhooks.service import Made, switching
from domain.webhooks.tables import WebhookEndpoint
from tests.builders import a_business
from tests.outbound.hooks import an_endpoint, change, endpoint, follow, happened, states


def run(app: Flask, *words: str) -> tuple[int, str]:
    outcome = app.test_cli_runner().invoke(args=["webhooks", *words])
    return outcome.exit_code, outcome.output


def disabled() -> Made:
    """Return an endpoint that was disabled while a delivery waited."""
    owner, business = a_business()
    made = an_endpoint(owner, business.id, "https://hooks.example.com/x", "booking.*")
    happened(business.id, "booking.confirmed")
    follow()
    change(WebhookEndpoint, made, state="disabled", disabled_reason="failing")
    return made


def left(made: Made) -> tuple[Sequence[AuditEntry], Sequence[Event]]:
    """Return what was written down about the enabling of an endpoint, and what was told."""
    kind = "webhook_endpoint.enabled"
    with transaction() as session:
        entries = select(AuditEntry).where(AuditEntry.subject_id == made.row.id, AuditEntry.action == kind)
        events = select(Event).where(Event.subject_id == made.row.id, Event.kind == kind)
        return session.scalars(entries).all(), session.scalars(events).all()


def test_a_disabled_endpoint_goes_on_as_if_its_owner_had_enabled_it(app: Flask) -> None:
    made = disabled()
    named = shown(Kind.WEBHOOK_ENDPOINT, made.row.id)
    assert run(app, "enable", named) == (0, f"{named} is enabled: what happens from now on is sent there.\n")
    now = endpoint(made)
    assert (now.state, now.disabled_reason, now.version) == ("enabled", None, made.row.version + 1)
    assert states(made) == ["dead"]
    ((entry,), (event,)) = left(made)
    assert (entry.through, entry.actor_id, entry.business_id) == ("command", None, made.row.business_id)
    assert event.subject_version == now.version
    happened(made.row.business_id, "booking.cancelled")
    follow()
    assert states(made) == ["dead", "due"]


def test_what_is_enabled_already_is_left_alone(app: Flask) -> None:
    made = disabled()
    named = shown(Kind.WEBHOOK_ENDPOINT, made.row.id)
    assert json.loads(run(app, "enable", named, "--json")[1]) == {"id": named, "enabled": True}
    assert json.loads(run(app, "enable", named, "--json")[1]) == {"id": named, "enabled": False}
    assert run(app, "enable", named) == (0, f"{named} was enabled already.\n")
    assert [len(each) for each in left(made)] == [1, 1]


def test_what_is_not_dead_yet_keeps_it_disabled(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switching, "AT_ONCE", 0)
    made = disabled()
    status, said = run(app, "enable", shown(Kind.WEBHOOK_ENDPOINT, made.row.id))
    assert (status, said) == (
        1,
        "Error: What waited for the endpoint is still being given up; enable it in a few seconds.\n",
    )
    assert endpoint(made).state == "disabled"


def test_what_is_no_endpoint_or_is_deleted_is_told_so(app: Flask) -> None:
    made = disabled()
    change(WebhookEndpoint, made, state="deleted", disabled_reason=None)
    sentence = "Error: There is no such webhook endpoint.\n"
    for word in (shown(Kind.WEBHOOK_ENDPOINT, made.row.id), "whe_01k5e2v8x3q7m9n4p6r0s2t4w6", "x"):
        assert run(app, "enable", word) == (1, sentence)
    assert endpoint(made).state == "deleted"
