"""Before each test nothing is left to be sent, so that nobody is called for another test."""

import pytest
from sqlalchemy import delete

from config.transaction import transaction
from domain.webhooks.tables import WebhookDelivery, WebhookEndpoint


@pytest.fixture(autouse=True)
def nothing_is_due() -> None:
    with transaction() as session:
        session.execute(delete(WebhookDelivery))
        session.execute(delete(WebhookEndpoint))
