"""The examples of events: one of every type, and each says what a real one says."""

import pytest
from sqlalchemy import select

from config.clock import clock
from config.transaction import transaction
from domain.kernel.events import Event
from domain.kernel.outside import SUBJECTS
from domain.kernel.plot import PLOT
from domain.webhooks.rules.kinds import TEST
from tests.web.authority import rows
from tests.web.test_authority import Worlds
from web.api import payments
from web.event_examples import SAID, examples
from web.schemas.events import EventView

DECIDED = {("payment.succeeded", "accepted", "amount", "booking_id", "currency")}
"""What is said otherwise where a person has decided about money in review."""


def test_every_type_has_an_example_in_the_shape_of_the_feed() -> None:
    shown = dict(examples())
    assert shown.keys() == {*PLOT, TEST}
    for example in shown.values():
        assert EventView.model_validate(example).dump() == example


def test_what_really_happens_says_what_its_example_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payments, "WAIT", 0)  # there is no worker here
    begun, worlds = clock(), Worlds()
    for name in sorted(rows()):
        worlds.ask(name, "owner")
    with transaction() as session:
        recorded = session.scalars(select(Event).where(Event.created_at >= begun)).all()
    said = {(event.kind, *sorted(event.payload)) for event in recorded}
    expected = {(kind, *sorted(SAID.get(kind, {}))) for kind in PLOT} | DECIDED

    assert said - expected == set()
    assert {kind.partition(".")[0] for kind, *_ in said} >= {*SUBJECTS} - {"dispute"}
    assert len(said) >= 30
