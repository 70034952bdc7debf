"""Manage links: a booking is seen, moved, paid and cancelled by one, as its customer may, and nothing else is."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import BookingClaims
from domain.bookings.tables import Move, Reschedule
from domain.kernel.errors import NotFound
from domain.kernel.events import Event
from domain.kernel.ids import Kind, shown
from domain.kernel.money import Money
from tests.application import application
from tests.builders import a_shop, a_user, decide, weekday
from tests.flows.desk import a_decided, a_wish, desk, said
from tests.flows.guests import Guest, a_guest, changed, for_bo, id_of, opened, ticket_of
from web.auth import booking_token

LATE = {"free_until_hours": 8760, "fee_percent": 50}


def test_a_link_shows_its_booking_and_what_it_is_for() -> None:
    shop = a_shop(name="Haircut")
    booking = for_bo(shop, shop.owner)
    answer = opened(application().test_client(), ticket_of(booking))
    found = answer.get_json()
    assert (found["token_type"], found["expires_in"]) == ("Bearer", 3600)
    assert (found["service_name"], found["business_name"]) == ("Haircut", shop.business.name)
    assert found["booking"] == a_guest(booking).look(booking).get_json()
    assert (found["booking"]["status"], found["booking"]["customer"]["name"]) == ("confirmed", "Bo")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_guest_cancels_and_the_history_says_that_it_was_by_the_link() -> None:
    shop = a_shop()
    booking = for_bo(shop, shop.owner)
    assert said(a_guest(booking).turn(booking, "cancel", reason="Ill")) == (200, "cancelled")
    with transaction() as session:
        line = session.scalars(select(Move).where(Move.booking_id == id_of(booking)).order_by(Move.id.desc())).first()
        event = session.scalars(
            select(Event).where(Event.kind == "booking.cancelled", Event.subject_id == id_of(booking))
        )
        payload = event.one().payload
    assert line is not None
    assert (line.actor_id, line.reason, line.note) == (None, "manage_link", "Ill")
    assert payload["reason"] == "manage_link"


def test_a_guest_has_a_customers_rights_whoever_made_the_booking() -> None:
    """The owner made it, and would pay nothing; whom it is for pays what its policy says, and decides nothing."""
    shop = a_shop(price=Money(4500, "NGN"), payment_required=False, cancellation_policy=LATE)
    booking = for_bo(shop, shop.owner)
    guest = a_guest(booking)
    for status in ("complete", "no_show", "confirm", "decline"):
        assert said(guest.turn(booking, status)) == (403, "members_only")
    quote = guest.get(f"/api/bookings/{booking['id']}/cancellation-quote").get_json()
    assert quote["fee"]["amount"] == 2250
    body = {"status": "cancel", "quote": quote["quote"]}
    cancelled = guest.client.patch(f"/api/bookings/{booking['id']}/status", json=body, headers=guest.signed)
    assert cancelled.get_json()["cancellation_fee"]["amount"] == 2250


def test_a_guest_moves_it_to_a_time_that_is_offered_for_it() -> None:
    shop = a_shop()
    booking = for_bo(shop, shop.owner)
    guest = a_guest(booking)
    query = f"service_id={booking['service_id']}&date={weekday(ahead=5).date()}&reschedule_of={booking['id']}"
    slots = guest.get(f"/api/availability?{query}").get_json()["slots"]
    asked = guest.post(f"/api/bookings/{booking['id']}/reschedule", {"starts_at": slots[0]["starts_at"]})
    assert asked.status_code == 202
    decide(shop)
    moved = guest.look(booking).get_json()
    assert (moved["starts_at"], moved["sequence"]) == (slots[0]["starts_at"], 1)
    with transaction() as session:
        row = session.scalars(select(Reschedule).where(Reschedule.booking_id == id_of(booking))).one()
    assert row.asked_by is None


def test_a_guest_is_held_to_the_policy_and_to_the_start() -> None:
    shop = a_shop(price=Money(4500, "NGN"), payment_required=False, cancellation_policy=LATE)
    booking = for_bo(shop, shop.owner)
    guest = a_guest(booking)
    body = {"starts_at": weekday(ahead=5).isoformat()}
    assert guest.post(f"/api/bookings/{booking['id']}/reschedule", body).get_json()["code"] == "policy_window_closed"
    waiving = guest.post(f"/api/bookings/{booking['id']}/reschedule", body | {"override": ["hours"]})
    assert waiving.status_code in {403, 409}
    changed(booking, starts_at=clock() - timedelta(minutes=1))
    assert said(guest.turn(booking, "cancel")) == (409, "already_started")


@pytest.mark.parametrize(
    "path",
    [
        "/api/availability?service_id={service_id}&date={date}",
        "/api/availability?service_id={service_id}&date={date}&reschedule_of={other}",
        "/api/bookings/{other}",
        "/api/bookings/{other}/cancellation-quote",
        "/api/bookings/{other}?wait=1",
    ],
)
def test_the_other_bookings_of_who_made_it_are_nothing_to_a_guest(path: str) -> None:
    shop = a_shop()
    mine, other = (for_bo(shop, shop.owner, ahead=ahead) for ahead in (3, 10))
    named = {"service_id": mine["service_id"], "date": weekday(ahead=5).date(), "other": other["id"]}
    answer = a_guest(mine).get(path.format(**named))
    assert (answer.status_code, answer.get_json()["code"]) in {(403, "booking_only"), (404, "not_found")}


def test_the_rooms_refuse_a_guest_another_booking_whatever_the_web_lets_through() -> None:
    from domain.bookings import service as bookings  # noqa: PLC0415

    shop = a_shop()
    mine, other = (for_bo(shop, shop.owner, ahead=ahead) for ahead in (3, 10))
    with transaction() as session:
        guest = bookings.guest(session, BookingClaims(booking_id=id_of(mine), manage_no=1), now=clock())
        assert bookings.seen(session, id_of(mine), caller=guest).id == id_of(mine)
        assert bookings.visible(session, [id_of(mine), id_of(other)], caller=guest) == {id_of(mine)}
        with pytest.raises(NotFound):
            bookings.seen(session, id_of(other), caller=guest)


def test_a_guest_is_not_answered_with_what_was_kept_for_who_made_the_booking() -> None:
    shop, customer = a_shop(), a_user()
    booking = a_decided(shop, desk(customer))
    body = {"starts_at": weekday(ahead=6).isoformat()}
    path = f"/api/bookings/{booking['id']}/reschedule"
    first = desk(customer).post(path, body, Idempotency_Key="one")
    again = a_guest(booking).post(path, body, Idempotency_Key="one")
    assert (first.status_code, again.status_code) == (202, 409)
    assert "Idempotency-Replayed" not in again.headers


def test_a_token_for_a_booking_is_signed_and_ends_within_the_hour() -> None:
    shop = a_shop()
    booking = for_bo(shop, shop.owner)
    app = application()
    with app.app_context():
        token = booking_token(BookingClaims(booking_id=id_of(booking), manage_no=1))
    head, body, signature = token.split(".")
    client = app.test_client()
    path = f"/api/bookings/{booking['id']}"
    assert client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    forged = f"{head}.{body}.{signature[::-1]}"
    assert client.get(path, headers={"Authorization": f"Bearer {forged}"}).status_code == 401


def test_a_guest_is_no_user() -> None:
    booking = for_bo(shop := a_shop(), shop.owner)
    guest: Guest = a_guest(booking)
    for path in ("/api/auth/me", "/api/auth/sessions", "/api/api-keys", "/api/bookings", "/api/payments"):
        assert guest.get(path).get_json()["code"] == "booking_only"
    assert guest.post("/api/bookings", a_wish(shop)).get_json()["code"] == "booking_only"
    assert guest.get(f"/api/businesses/{shown(Kind.BUSINESS, shop.business.id)}").get_json()["code"] == "booking_only"


def test_the_log_names_the_booking_and_not_who_made_it(capsys: pytest.CaptureFixture[str]) -> None:
    booking = for_bo(shop := a_shop(), shop.owner)
    guest = a_guest(booking)
    capsys.readouterr()
    guest.look(booking)
    logged = capsys.readouterr().err
    assert booking["id"] in logged
    assert shown(Kind.USER, shop.owner.user_id) not in logged
    secret = guest.ticket.split("_", 2)[2]  # whatever it has of "_" itself
    assert len(secret) == 43
    assert secret not in logged
