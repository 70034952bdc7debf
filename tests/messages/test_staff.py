"""What staff are told: as the business chooses, in their own words, and never by a customer's link."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from config.clock import clock
from config.links import account_keys
from config.transaction import transaction
from domain.accounts import queries
from domain.accounts import service as accounts
from domain.accounts.rules import Purpose, Role
from domain.bookings.rules import Customer
from domain.notifications import service as notifications
from domain.notifications.queries import about
from domain.notifications.rules.letters import unlinked
from tests import letters
from tests.builders import a_member, a_user, prove, serve, weekday
from tests.messages.office import Office, an_office, entry, text_of


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch, resources=1) as made:
        yield made


def test_whoever_is_staff_no_more_is_told_no_more(office: Office) -> None:
    """Mail may wait for days, and what is in it is for members."""
    barber = a_member(office.shop, Role.STAFF)
    serve(barber, office.shop.resource_ids[0])
    told = {"staff_notices": ["confirmed"], "staff_addresses": ["desk@example.com"], "tells_who_serves": True}
    choose(office, told)
    office.booked()
    office.follow()
    choose(office, {"staff_addresses": []})
    with transaction() as session:
        accounts.remove_member(session, office.shop.business.id, barber.user_id, caller=office.shop.owner, now=clock())
    office.send()
    assert {(each.address, each.skip_reason) for each in office.log(audience="staff")} == {
        (barber.email, "not_staff_any_more"),
        ("desk@example.com", "not_staff_any_more"),
    }


BO = Customer(name="Bo", email="bo@example.com", phone="+234 800 000 0000")


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


def test_whoever_was_made_a_member_unasked_is_told_as_staff_once_they_accept(office: Office) -> None:
    barber, business_id = a_user("Bea"), office.shop.business.id
    prove(barber.email)
    with transaction() as session:
        accounts.add_member(session, business_id, barber.email, Role.STAFF, caller=office.shop.owner, now=clock())
    serve(barber, office.shop.resource_ids[0])
    choose(office, {"staff_notices": ["confirmed"], "tells_who_serves": True})
    office.booked()
    office.post()
    assert office.log(audience="staff") == []
    letters.invited(office.shop.owner, business_id, barber.email)
    ticket = letters.ticket(Purpose.INVITATION, barber.email)
    with transaction() as session:
        accounts.accept(session, ticket, keys=account_keys(), caller=barber, now=clock())
    office.booked(weekday(ahead=9))
    office.post()
    assert [each.address for each in office.log(audience="staff")] == [barber.email]


@pytest.mark.parametrize("accepts", [True, False])
def test_the_rate_of_staff_is_for_members_who_have_agreed(office: Office, accepts: bool) -> None:  # noqa: FBT001
    barber, business_id = a_user("Bea"), office.shop.business.id
    prove(barber.email)
    with transaction() as session:
        accounts.add_member(session, business_id, barber.email, Role.STAFF, caller=office.shop.owner, now=clock())
        if accepts:
            queries.agree(session, business_id, barber.user_id)
    choose(office, {"staff_notices": ["confirmed"], "staff_addresses": [barber.email]})
    office.booked()
    office.follow()
    (row,) = office.log(audience="staff")
    with transaction() as session:
        found = about(session, row.id, now=clock())
    assert found is not None
    assert found.is_of_staff is accepts


def test_only_what_was_chosen_is_told(office: Office) -> None:
    choose(office, {"staff_notices": ["cancelled"], "staff_addresses": ["desk@example.com"]})
    booking = office.booked()
    office.post()
    office.cancel(booking, by=office.customer)
    office.post()
    assert [each.kind for each in office.log(audience="staff")] == ["cancelled"]


def test_staff_are_told_how_to_reach_the_customer_and_what_they_wrote(office: Office) -> None:
    choose(office, {"staff_notices": ["confirmed"], "staff_addresses": ["desk@example.com"]})
    prove(office.customer.email)
    office.booked(customer=BO, notes="Wants a fringe\nhttps://evil.example <b>")
    office.post()
    (mail,), (to_bo,) = office.server.to("desk@example.com"), office.server.to(BO.email)
    for part in (text_of(mail), text_of(mail, "html")):
        assert "+234 800 000 0000" in part
        assert BO.email in part
        assert "Wants a fringe" in part
        assert "https://evil.example" not in part, "what a stranger wrote leads nowhere"
    assert "<b>" not in text_of(mail, "html")
    assert "Wants a fringe" not in text_of(to_bo), "the customer's mail says what it has always said"


def test_staff_are_told_by_whom_a_booking_was_cancelled(office: Office) -> None:
    choose(office, {"staff_notices": ["cancelled"], "staff_addresses": ["desk@example.com"]})
    office.cancel(office.booked(), by=office.customer, note="I am ill")
    office.post()
    office.cancel(office.booked(), by=office.shop.owner, note="We are ill")
    office.post()
    by_customer, by_owner = map(text_of, office.server.to("desk@example.com"))
    assert "Cancelled: by the customer" in by_customer
    assert "I am ill" in by_customer
    assert f"Cancelled: by the business ({office.shop.owner.name})" in by_owner
    assert "cancelled by the business." in text_of(office.mails()[-1]), "customers read of the business only"


@pytest.mark.parametrize("missing", ["rescheduled", "cancelled"])
def test_staff_who_would_not_hear_of_the_end_have_no_entry(office: Office, missing: str) -> None:
    told = {"confirmed", "rescheduled", "cancelled"} - {missing}
    choose(office, {"staff_notices": sorted(told), "staff_addresses": ["desk@example.com"]})
    office.booked()
    office.post()
    (mail,) = office.server.to("desk@example.com")
    assert "text/calendar" not in {part.get_content_type() for part in mail.walk()}


def test_the_calendars_of_staff_say_who_comes(office: Office) -> None:
    told = ["confirmed", "rescheduled", "cancelled"]
    choose(office, {"staff_notices": told, "staff_addresses": ["desk@example.com"]})
    prove(office.customer.email)
    booking = office.booked(customer=BO, notes="Wants a fringe, see evil.example")
    office.post()
    office.cancel(booking, by=office.shop.owner)
    office.post()
    (asked, made), (asked_then, gone) = map(entry, office.server.to("desk@example.com"))
    theirs = entry(office.server.to(BO.email)[0])[1].events[0]
    assert (asked, asked_then) == ("REQUEST", "CANCEL")
    assert str(made.events[0]["summary"]) == "Bo: Cut"
    assert (
        str(made.events[0]["description"]) == f"{BO.email}\n{BO.phone}\nWants a fringe, see {unlinked('evil.example')}"
    )
    assert str(theirs["summary"]) == f"Cut, {office.shop.business.name}"
    assert made.events[0]["uid"] == gone.events[0]["uid"] == theirs["uid"]


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
