"""What the races over HTTP are run on."""

import pytest
from flask import Flask

from config import transaction as transactions
from web.app import create_app


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Return an application that nudges nobody."""
    monkeypatch.setattr(transactions, "_handlers", [])
    made = create_app()
    transactions.after_commit(lambda _: None)  # nobody is there to be nudged
    return made
