"""Mails about accounts and about endpoints: to whom they are for, with links that are good, and never to strangers."""

from collections.abc import Iterator

import pytest

from config.clock import clock
from config.links import account_keys
from config.transaction import transaction
from domain.accounts import queries
from domain.accounts import service as accounts
from domain.accounts.rules import Purpose
from domain.kernel import events
from domain.kernel.ids import new_id
from tests.messages.office import Office, an_office


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        yield made


def asked(email: str) -> None:
    with transaction() as session:
        accounts.ask_for_reset(session, email, now=clock())


def link_in(office: Office, purpose: str) -> str:
    """Return the ticket in the only mail that there is."""
    (mail,) = office.server.got
    text = mail.get_body(("plain",))
    assert text is not None
    return str(text.get_content().partition(f"/account#{purpose}=")[2].split()[0])


def test_who_forgot_their_password_gets_a_link_that_works(office: Office) -> None:
    asked(office.customer.email)
    office.post()
    ticket = link_in(office, "reset_password")
    with transaction() as session:
        token_id = accounts.reset_known(session, ticket, keys=account_keys(), now=clock())
        accounts.reset_password(session, token_id, "another hash", now=clock())
    assert office.server.got[0]["Subject"] == "Choose another password"
    assert "Hello Ada Obi," in str(office.server.got[0].get_body(("plain",)))


def test_who_has_not_registered_is_not_written_to(office: Office) -> None:
    asked("nobody@example.com")
    office.post()
    assert office.server.got == []
    assert [(each.kind, each.skip_reason) for each in office.log()] == [("reset_password", "nothing_to_say")]


def test_a_link_that_was_used_meanwhile_is_not_sent(office: Office) -> None:
    asked(office.customer.email)
    office.follow()
    with transaction() as session:
        (row,) = office.log(kind="reset_password")
        queries.revoke_tokens(session, Purpose.RESET_PASSWORD, row.address, now=clock())
    office.send()
    assert office.told() == [("reset_password", "skipped")]


def test_no_ticket_is_kept(office: Office) -> None:
    asked(office.customer.email)
    office.post()
    ticket = link_in(office, "reset_password")
    (row,) = office.log()
    assert ticket not in repr({name: getattr(row, name) for name in row.__mapper__.columns.keys()})  # noqa: SIM118 - of SQLAlchemy's


def test_owners_hear_of_an_endpoint_that_was_disabled(office: Office) -> None:
    fact = events.Fact(
        kind="webhook_endpoint.disabled",
        business_id=office.shop.business.id,
        subject_id=new_id(),
        subject_version=2,
        payload={"reason": "gone", "host": "hooks.example.com"},
    )
    with transaction() as session:
        events.record(session, [fact], now=clock())
    office.post()
    (mail,) = office.server.got
    assert (mail["To"], mail["Subject"]) == (
        f"Ada <{office.shop.owner.email}>",
        "Webhooks are sent no more to hooks.example.com",
    )
