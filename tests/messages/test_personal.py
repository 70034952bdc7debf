"""Mails about accounts and about endpoints: to whom they are for, with links that are good, and never to strangers."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pytest

from config.clock import clock
from config.links import account_keys
from config.transaction import transaction
from domain.accounts import queries
from domain.accounts import service as accounts
from domain.accounts.rules import Purpose
from domain.kernel import events
from domain.kernel.ids import new_id
from domain.notifications.rules.letters import unlinked
from tests.builders import a_business, prove, prove_no_more
from tests.letters import invited
from tests.messages.office import DAY, Office, an_office, text_of


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        yield made


def asked(email: str, locale: str | None = None) -> None:
    with transaction() as session:
        accounts.ask_for_reset(session, email, now=clock(), locale=locale)


def link_in(office: Office, purpose: str) -> str:
    """Return the ticket in the only mail that there is."""
    (mail,) = office.server.got
    text = mail.get_body(("plain",))
    assert text is not None
    return str(text.get_content().partition(f"/account#{purpose}=")[2].split()[0])


def test_who_forgot_their_password_gets_a_link_that_works(office: Office) -> None:
    prove(office.customer.email)
    asked(office.customer.email)
    office.post()
    ticket = link_in(office, "reset_password")
    with transaction() as session:
        token_id = accounts.reset_known(session, ticket, keys=account_keys(), now=clock())
        accounts.reset_password(session, token_id, "another hash", ends_access=False, now=clock())
    assert office.server.got[0]["Subject"] == "Choose another password"
    assert "Hello Ada Obi," in str(office.server.got[0].get_body(("plain",)))


def test_who_has_not_proven_an_address_has_no_say_in_how_it_is_greeted(office: Office) -> None:
    """Somebody else may have registered with it, by a name that is an advertisement."""
    asked(office.customer.email)
    office.post()
    (mail,) = office.server.got
    assert "Hello," in text_of(mail)
    assert "Ada Obi" not in str(mail)


def test_who_forgot_their_password_is_written_to_as_they_have_registered(office: Office) -> None:
    asked(office.customer.email.upper())
    office.post()
    assert office.server.got[0]["To"].addresses[0].addr_spec == office.customer.email


def test_who_forgot_their_password_is_written_to_in_the_language_in_which_they_asked(office: Office) -> None:
    asked(office.customer.email, "ar")
    asked(office.customer.email)
    office.post()
    arabic, english = sorted(text_of(mail, "html").partition('dir="')[2][:3] for mail in office.server.got)[::-1]
    assert (arabic, english) == ("rtl", "ltr")
    assert {row.locale for row in office.log(kind="reset_password")} == {"ar", "en"}


def test_who_forgot_their_password_is_told_what_a_reset_leaves(office: Office) -> None:
    asked(office.customer.email)
    office.post()
    text = " ".join(text_of(office.server.got[0]).split())
    assert "it ends API keys and calendar links as well. What stays in any case are your places in businesses" in text


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


def test_until_when_a_link_is_good_is_understood_anywhere(office: Office) -> None:
    asked(office.customer.email)
    office.post()
    text = text_of(office.server.got[0])
    assert "The link is good once and for 60 minutes, until " in text
    assert "(Coordinated Universal Time)" in text


def test_an_invitation_tells_its_deadline_in_the_zone_of_the_business(office: Office) -> None:
    invited(office.shop.owner, office.shop.business.id, "bo@example.com")
    office.post()
    (mail,) = office.server.to("bo@example.com")
    assert "The link is good for 7 days, until " in text_of(mail)
    assert "(West Africa Standard Time)" in text_of(mail)
    assert "Coordinated" not in str(mail)
    assert "your account" not in text_of(mail, "html"), "they may have none"


def test_nobody_is_invited_more_than_ten_times_a_day_by_however_many(office: Office) -> None:
    for _ in range(12):
        owner, business = a_business()
        prove(owner.email)
        invited(owner, business.id, "bo@example.com")
    office.post()
    assert outcomes(office) == {("sent", None): 10, ("skipped", "too_many"): 2}


def test_no_ticket_is_kept(office: Office) -> None:
    asked(office.customer.email)
    office.post()
    ticket = link_in(office, "reset_password")
    (row,) = office.log()
    assert ticket not in repr({name: getattr(row, name) for name in row.__mapper__.columns.keys()})  # noqa: SIM118 - of SQLAlchemy's


def disabled(
    business_id: UUID, endpoint_id: UUID | None = None, *, reason: str = "gone", at: datetime | None = None
) -> None:
    """Have an endpoint of a business be disabled: one that was not before, or this one."""
    fact = events.Fact(
        kind="webhook_endpoint.disabled",
        business_id=business_id,
        subject_id=endpoint_id or new_id(),
        subject_version=2,
        payload={"reason": reason, "host": "hooks.example.com"},
    )
    with transaction() as session:
        events.record(session, [fact], now=at or clock())


def test_owners_hear_of_an_endpoint_that_was_disabled(office: Office) -> None:
    prove(office.shop.owner.email)
    disabled(office.shop.business.id)
    office.post()
    (mail,) = office.server.got
    assert (mail["To"], mail["Subject"]) == (
        f"Ada <{office.shop.owner.email}>",
        f"Webhooks are sent no more to {unlinked('hooks.example.com')}",
    )


def test_owners_do_not_hear_of_what_they_have_asked_for(office: Office) -> None:
    prove(office.shop.owner.email)
    disabled(office.shop.business.id, reason="asked")
    office.post()
    assert office.log() == office.server.got == []


def test_an_owner_who_has_not_proven_their_address_is_not_written_to(office: Office) -> None:
    prove_no_more(office.shop.owner.email)
    disabled(office.shop.business.id)
    office.post()
    assert office.log() == office.server.got == []


def test_however_often_an_endpoint_is_disabled_owners_hear_of_it_once_a_day_and_reason(office: Office) -> None:
    prove(office.shop.owner.email)
    noon, this = clock().replace(hour=12), new_id()
    for _ in range(3):
        disabled(office.shop.business.id, this, at=noon)
        office.follow()
    disabled(office.shop.business.id, this, reason="failing", at=noon)
    disabled(office.shop.business.id, this, reason="failing", at=noon)
    disabled(office.shop.business.id, this, at=noon - DAY)
    office.follow()
    assert sorted((each.due_at, each.details["reason"]) for each in office.log()) == [
        (noon - DAY, "gone"),
        (noon, "failing"),
        (noon, "gone"),
    ]


def test_each_endpoint_that_is_disabled_is_told_of_ten_of_a_business_a_day(office: Office) -> None:
    prove(office.shop.owner.email)
    for _ in range(2):
        disabled(office.shop.business.id)
        office.post()
    assert outcomes(office) == {("sent", None): 2}
    for _ in range(10):
        disabled(office.shop.business.id)
    office.post()
    assert outcomes(office) == {("sent", None): 10, ("skipped", "too_many"): 2}


def test_whoever_owns_many_businesses_hears_twenty_times_a_day_at_most(office: Office) -> None:
    owner = office.shop.owner
    prove(owner.email)
    for _ in range(22):
        owner, business = a_business(owner=owner)
        disabled(business.id)
    office.post()
    assert outcomes(office) == {("sent", None): 20, ("skipped", "too_many"): 2}


def outcomes(office: Office) -> Counter[tuple[str, str | None]]:
    return Counter((each.state, each.skip_reason) for each in office.log())
