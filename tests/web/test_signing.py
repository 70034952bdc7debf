"""What is signed with SECRET_KEY: links of mails, cursors. It outlives that key while the key is listed, and no longer."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from config import links, mail, signing
from config.settings import Settings
from domain.bookings.rules import manage_ticket
from domain.kernel.ids import Kind
from domain.kernel.tickets import is_good

NEW = "n" * 32


@pytest.fixture
def under(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Yield what changes the keys, as a restart with another environment does."""

    def forget() -> None:
        signing.signer.cache_clear()
        signing.derived.cache_clear()

    def change(**keys: object) -> None:
        given = Settings(**keys)  # type: ignore[arg-type]
        monkeypatch.setattr(signing, "settings", lambda: given)
        forget()

    yield change
    forget()


def test_links_and_tickets_outlive_the_key_while_it_is_listed(under: Callable[..., None]) -> None:
    business, booking = uuid4(), uuid4()
    before = Settings().secret_key
    token = mail.unsubscribe_url(business, "ada@example.com").rpartition("/")[2]
    ticket = manage_ticket(booking, 1, keys=links.manage_keys())

    under(secret_key=NEW, previous_secret_keys=(before,))
    assert mail.unsubscribing(token) == (business, "ada@example.com")
    assert is_good(Kind.BOOKING, booking, "1", ticket, keys=links.manage_keys())
    assert mail.unsubscribe_url(business, "ada@example.com").rpartition("/")[2] != token, "the new one signs"

    under(secret_key=NEW)
    assert mail.unsubscribing(token) is None
    assert not is_good(Kind.BOOKING, booking, "1", ticket, keys=links.manage_keys())
