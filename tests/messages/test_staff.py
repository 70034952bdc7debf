"""What staff are told: as the business chooses, in their own words, and never by a customer's link."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import Role
from domain.notifications import service as notifications
from tests.builders import a_member, a_user, prove, serve, weekday
from tests.messages.office import Office, an_office


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch, resources=1) as made:
        yield made


def choose(office: Office, given: Mapping[str, Any]) -> None:
    with transaction() as session:
        notifications.change_message_settings(
            session, office.shop.business.id, given, caller=office.shop.owner, now=clock()
        )


def test_staff_are_told_of_nothing_unless_the_business_says_so(office: Office) -> None:
    office.booked()
    office.post()
    assert {str(each["To"]) for each in office.server.got} == {f"Ada Obi <{office.customer.email}>"}


def test_those_listed_and_who_serves_are_told_once_each(office: Office) -> None:
    barber = a_member(office.shop, Role.STAFF)
    serve(barber, office.shop.resource_ids[0])
    addresses = ["desk@example.com", barber.email]
    choose(office, {"staff_notices": ["confirmed"], "staff_addresses": addresses, "tells_who_serves": True})
    office.booked()
    office.post()
    told = [each.address for each in office.log(audience="staff")]
    assert sorted(told) == sorted(addresses)
    (mail,) = office.server.to("desk@example.com")
    assert mail["Subject"].startswith("A booking was confirmed: Cut")
    assert "Ada Obi" in str(mail.get_body(("plain",)))
    assert "/manage#" not in str(mail)
    assert "/manage#" in str(office.mails()[0].get_body(("plain",)))


def test_only_what_was_chosen_is_told(office: Office) -> None:
    choose(office, {"staff_notices": ["cancelled"], "staff_addresses": ["desk@example.com"]})
    booking = office.booked()
    office.post()
    office.cancel(booking, by=office.customer)
    office.post()
    assert [each.kind for each in office.log(audience="staff")] == ["cancelled"]


def test_a_business_writes_in_its_own_name_and_language(office: Office) -> None:
    choose(office, {"locale": "ar-EG", "sender_name": "صالون آدا", "reply_to": "desk@example.com"})
    office.booked()
    office.post()
    (mail,) = office.mails()
    html = mail.get_body(("html",))
    assert html is not None
    assert (mail["From"], mail["Reply-To"]) == ("صالون آدا <post@example.com>", "desk@example.com")
    assert mail["Subject"].startswith("تم التأكيد: ")
    assert 'dir="rtl"' in html.get_content()
    assert office.log(kind="confirmed")[0].locale == "ar-EG"


def test_only_a_members_proven_address_is_told_of_everything(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.notifications.rules.judging.MOST_AN_HOUR", 1)
    member, outsider = a_member(office.shop, Role.STAFF), a_user()
    prove(member.email)
    prove(outsider.email)
    choose(office, {"staff_notices": ["confirmed"], "staff_addresses": [member.email, outsider.email]})
    for ahead in (3, 10):
        office.booked(weekday(ahead=ahead))
        office.post()
    assert [each.last_error for each in office.log(address=member.email)] == [None, None]
    assert [each.last_error for each in office.log(address=outsider.email)] == [None, "too_many"]
