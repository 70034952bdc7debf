"""How mail is introduced: when it was sent, and by whom."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from config import links, mail
from config.clock import clock
from config.settings import settings
from config.transaction import transaction
from domain.accounts import service as accounts
from tests.builders import weekday
from tests.messages.office import HOUR, Office, an_office


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        yield made


def called(url: str, monkeypatch: pytest.MonkeyPatch) -> str | None:
    """Return what we call ourselves where an installation is reached by a URL."""
    monkeypatch.setattr(links, "settings", partial(settings().model_copy, update={"base_url": url}))
    return mail.greeting()


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://bookings.example.com/", "bookings.example.com"),
        ("https://bücher.example", "xn--bcher-kva.example"),
        ("http://192.0.2.7:8000", "[192.0.2.7]"),
        ("http://[2001:db8::7]:8000", "[IPv6:2001:db8::7]"),
        ("http://localhost:8000", None),
    ],
)
def test_a_server_is_greeted_by_a_name_that_leads_to_us(
    url: str, name: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert called(url, monkeypatch) == name


def test_what_an_outage_has_kept_is_dated_when_it_is_sent(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert called("https://bookings.example.com", monkeypatch)
    office.booked(weekday(ahead=9))
    with transaction() as session:
        accounts.ask_for_reset(session, office.customer.email, now=clock())
    office.follow()
    later = clock() + HOUR / 4
    office.send(at=later)
    dates = [each["Date"].datetime for each in office.mails()]
    assert len(dates) >= 2
    assert all(abs(each - later) < timedelta(seconds=2) for each in dates)
    assert set(office.server.greeted) == {"bookings.example.com"}
