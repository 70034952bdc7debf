"""Nobody mails strangers before they have shown who they are, and not many of them in their first week."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from config import mail
from config.clock import clock
from config.transaction import transaction
from domain.accounts import service as accounts
from domain.accounts.rules import Plan
from domain.bookings.rules import Customer
from domain.kernel.actors import OPERATOR
from domain.notifications.rules.judging import YOUNG
from tests.builders import a_user, prove, prove_no_more
from tests.flows.desk import desk
from tests.letters import invited
from tests.messages.office import DAY, HOUR, Office, an_office, handed_to
from tests.messages.test_strangers import booked, confirmed
from workers import notifications

NEW = {"name": "Salon", "timezone": "Africa/Lagos", "currency": "NGN"}


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        prove_no_more(made.shop.owner.email)
        yield made


def test_an_account_that_has_proven_no_address_mails_no_strangers_until_it_has(office: Office) -> None:
    booked(office, 3, by=office.shop.owner)
    (row,) = office.log(kind="confirmed")
    assert (row.state, row.last_error, office.server.got) == ("due", "account_unproven", [])
    prove(office.shop.owner.email)
    office.send(at=clock() + HOUR)
    assert confirmed(office) == ["sent"]


def test_what_has_waited_for_three_days_is_not_sent_any_more(office: Office) -> None:
    booked(office, 10, by=office.shop.owner)
    office.send(at=clock() + 3 * DAY + HOUR)
    assert {each.skip_reason for each in office.log(kind="confirmed")} == {"account_unproven"}


def test_customers_who_have_proven_their_address_are_told(office: Office) -> None:
    prove(office.customer.email)
    office.booked()
    office.post()
    assert confirmed(office) == ["sent"]


def test_whoever_registers_with_the_address_of_another_has_a_business_of_nobody_write_to_it_no_sooner(
    office: Office,
) -> None:
    office.booked()
    office.post()
    assert confirmed(office) == ["due"]


def test_nor_are_others_who_have_proven_theirs_and_did_not_ask(office: Office) -> None:
    """A business may call itself as it likes, and name anybody as its customer."""
    prove(office.customer.email)
    booked(office, 3, by=office.shop.owner, whom=Customer(name="Bo", email=office.customer.email))
    assert [each.last_error for each in office.log(kind="confirmed")] == ["account_unproven"]
    prove(office.shop.owner.email)
    office.send(at=clock() + HOUR)
    assert confirmed(office) == ["sent"]


def test_an_invitation_waits_until_somebody_answers_for_the_business(office: Office) -> None:
    invited(office.shop.owner, office.shop.business.id, "bo@example.com")
    office.post()
    assert [(each.state, each.last_error) for each in office.log(kind="invitation")] == [("due", "account_unproven")]
    prove(office.shop.owner.email)
    office.send(at=clock() + HOUR)
    assert office.told(kind="invitation") == [("invitation", "sent")]


def test_and_not_for_ever(office: Office) -> None:
    invited(office.shop.owner, office.shop.business.id, "bo@example.com")
    office.follow()
    office.send(at=clock() + 3 * DAY + HOUR)
    assert [each.skip_reason for each in office.log(kind="invitation")] == ["account_unproven"]
    assert office.server.got == []


def test_customers_hear_of_their_own_bookings_at_a_proven_business(office: Office) -> None:
    prove(office.shop.owner.email)
    office.booked()
    office.post()
    assert confirmed(office) == ["sent"]


def test_whoever_has_proven_nothing_has_no_strangers_written_to_by_booking_elsewhere(office: Office) -> None:
    prove(office.shop.owner.email)
    booked(office, 3, by=a_user())
    assert [each.last_error for each in office.log(kind="confirmed")] == ["account_unproven"]


def test_an_account_writes_to_few_strangers_a_day_within_a_week_of_its_proof(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = notifications.settings().model_copy(update={"new_daily_stranger_mails": 1})
    monkeypatch.setattr(notifications, "settings", lambda: changed)
    prove(office.shop.owner.email)
    for ahead in (3, 10):
        booked(office, ahead, by=office.shop.owner)
    assert confirmed(office) == ["sent", "due"]
    prove(office.shop.owner.email, ago=YOUNG + timedelta(minutes=1))
    office.send(at=clock() + 4 * HOUR)
    assert confirmed(office) == ["sent", "sent"]


def test_an_operator_vouches_for_a_paid_account(office: Office) -> None:
    with transaction() as session:
        accounts.change_plan(session, office.shop.owner.email, Plan.PAID, by=OPERATOR, now=clock())
    booked(office, 3, by=office.shop.owner)
    assert confirmed(office) == ["sent"]


def test_where_mail_lands_in_a_mailbox_nothing_is_held_back(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    handed_to(monkeypatch, None)
    monkeypatch.setattr(mail, "mailbox", lambda: tmp_path)
    booked(office, 3, by=office.shop.owner)
    assert confirmed(office) == ["sent"]


@pytest.mark.usefixtures("office")
def test_whoever_opens_a_business_is_told_that_its_mail_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    who = a_user()
    assert desk(who).post("/api/businesses", NEW).get_json()["is_mail_held_back"] is True
    prove(who.email)
    assert desk(who).post("/api/businesses", NEW).get_json()["is_mail_held_back"] is False
    prove_no_more(who.email)
    handed_to(monkeypatch, None)
    assert desk(who).post("/api/businesses", NEW).get_json()["is_mail_held_back"] is False
