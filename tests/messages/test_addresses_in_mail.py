"""Addresses in mail: long ones are written whole, and what is none fails for good, by whatever way mail goes."""

from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from config import mail
from config.transaction import transaction
from domain.accounts.tables import Account
from domain.notifications.gateway import Refused
from domain.notifications.rules.letters import Party
from domain.notifications.tables import Notification
from tests.messages.office import Office, an_office
from tests.messages.sink import sink
from tests.rules.test_letters_written import a_letter
from workers.delivery.mailbox import Mailbox
from workers.delivery.smtp import Smtp

NAMES = ["Ada O. Obi, M.D., " * 8 + "of Lagos", "Ọlá, " * 40, "字,ọ" * 60]
LONGEST = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 58}.ng"


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        yield made


def left_in(folder: Path) -> EmailMessage:
    """Return the one mail in a mailbox."""
    (file,) = folder.iterdir()
    return message_from_bytes(file.read_bytes(), policy=default)


@pytest.mark.parametrize("name", NAMES)
def test_a_long_name_with_commas_is_one_recipient_in_the_mailbox(name: str, tmp_path: Path) -> None:
    Mailbox(tmp_path).send(a_letter(recipient=Party(name=name, address="ada@example.com")))
    (recipient,) = left_in(tmp_path)["To"].addresses
    assert (recipient.display_name, recipient.addr_spec) == (" ".join(name.split())[:200], "ada@example.com")


def test_an_address_of_another_script_lies_in_the_mailbox_as_it_is(tmp_path: Path) -> None:
    Mailbox(tmp_path).send(a_letter(recipient=Party(name="Bọlá", address="bọlá@example.com")))
    (file,) = tmp_path.iterdir()
    assert "<bọlá@example.com>".encode() in file.read_bytes()


def test_an_address_is_as_long_as_it_may_be(tmp_path: Path) -> None:
    assert len(LONGEST) == 254
    letter = a_letter(recipient=Party(name=NAMES[1], address=LONGEST), reply_to=LONGEST)
    Mailbox(tmp_path).send(letter)
    with sink() as server, closing(Smtp(mail.Server(host="127.0.0.1", port=server.port, security="none"))) as post:
        post.send(letter)
    for each in (left_in(tmp_path), *server.got):
        assert [each[name].addresses[0].addr_spec for name in ("To", "Reply-To")] == [LONGEST, LONGEST]


@pytest.mark.parametrize("address", ["ada@exam\nple.com", "ada", "@example.com", "ada@", "ada@exam\ud800ple.com"])
def test_what_is_no_address_is_refused_by_whatever_way(address: str, tmp_path: Path) -> None:
    letter = a_letter(recipient=Party(name="Ada", address=address))
    for post in (Mailbox(tmp_path), Smtp(mail.Server(host="127.0.0.1", port=1, security="none"))):
        with pytest.raises(Refused, match=r"^address: "):
            post.send(letter)


def test_what_is_no_address_fails_for_good_at_once(office: Office) -> None:
    office.booked()
    office.follow()
    with transaction() as session:
        session.execute(update(Account).values(plan="paid"))
        session.execute(update(Notification).values(address="ada"))
    with capture_logs() as lines:
        office.send()
    (row,) = office.log(kind="confirmed")
    assert (row.state, row.attempts, row.last_error) == ("failed", 1, "address: it is no plain address")
    assert not any("exc_info" in each for each in lines)
