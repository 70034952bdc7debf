"""A secret that is rotated twice: it is good no more at once, for it may have leaked."""

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from config.clock import clock
from config.transaction import transaction
from domain.webhooks import service as webhooks
from tests.builders import a_shop
from tests.outbound.hooks import an_endpoint, follow, happened, sealed, send_now
from tests.receivers import Receiver

pytestmark = pytest.mark.usefixtures("nothing_is_due")


def test_a_second_rotation_ends_the_first_secret_and_leaves_the_second() -> None:
    with Receiver() as receiver:
        shop = a_shop()
        made = an_endpoint(shop.owner, shop.business.id, receiver.url, "booking.*")
        secrets = [made.secret]
        for _ in range(2):
            with transaction() as session:
                again = webhooks.rotate_secret(session, made.row.id, seal=sealed, caller=shop.owner, now=clock())
            secrets.append(again.secret)
        happened(shop.business.id, "booking.confirmed")
        follow()
        send_now()
    (got,) = receiver.got

    leaked, *good = secrets
    for secret in good:
        Webhook(secret).verify(got.body, dict(got.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(leaked).verify(got.body, dict(got.headers))
