"""What a Python client of the document is good for: register, look at what is offered, and book. Usage: use.py SERVER."""

import sys
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from typing import TypeVar
from uuid import uuid4

from aionbooking.api.auth import register
from aionbooking.api.availability import list_slots
from aionbooking.api.bookings import create_booking
from aionbooking.api.businesses import create_business
from aionbooking.api.services import create_service, list_services
from aionbooking.client import AuthenticatedClient, Client
from aionbooking.models.amount import Amount
from aionbooking.models.booking_request import BookingRequest
from aionbooking.models.booking_view import BookingView
from aionbooking.models.business_request import BusinessRequest
from aionbooking.models.new_business_view import NewBusinessView
from aionbooking.models.register_request import RegisterRequest
from aionbooking.models.service_request import ServiceRequest
from aionbooking.models.service_view import ServiceView
from aionbooking.models.service_view_list import ServiceViewList
from aionbooking.models.slots_view import SlotsView
from aionbooking.models.token_view import TokenView

PRICE = Amount(amount=450_000, currency="NGN")
Told = TypeVar("Told")


def expected(kind: type[Told], told: object) -> Told:
    """Return what was told, or end with the problem that was told instead."""
    if not isinstance(told, kind):
        sys.exit(f"{told}")
    return told


def registered(server: str, name: str) -> AuthenticatedClient:
    """Register somebody, and return the client that they ask with."""
    body = RegisterRequest(email=f"{name}.{uuid4().hex}@example.com", password=token_urlsafe(), name=name)
    told = expected(TokenView, register.sync(client=Client(server), body=body))
    return AuthenticatedClient(server, token=told.access_token)


def opened(ada: AuthenticatedClient) -> NewBusinessView:
    """Open a salon in which a haircut can be booked."""
    body = BusinessRequest(name="Ada's Salon", timezone="Africa/Lagos", currency="NGN")
    salon = expected(NewBusinessView, create_business.sync(client=ada, body=body))
    haircut = ServiceRequest(business_id=salon.id, name="Haircut", duration_minutes=30, price=PRICE)
    expected(ServiceView, create_service.sync(client=ada, body=haircut))
    return salon


def booked(bo: AuthenticatedClient, salon: NewBusinessView) -> BookingView:
    """Book the first time that the salon's first service is free at."""
    haircut = expected(ServiceViewList, list_services.sync(client=bo, business_id=salon.id)).data[0]
    today = datetime.now(UTC).date()
    week = list_slots.sync(client=bo, service_id=haircut.id, from_=today, to=today + timedelta(days=7))
    free = expected(SlotsView, week)
    wanted = BookingRequest(business_id=salon.id, service_id=haircut.id, starts_at=free.slots[0].starts_at)
    return expected(BookingView, create_booking.sync(client=bo, body=wanted, idempotency_key=str(uuid4())))


def main(server: str) -> None:
    """Have Bo book at Ada's."""
    booking = booked(registered(server, "bo"), opened(registered(server, "ada")))
    print(f"{booking.id} at {booking.starts_at:%Y-%m-%d %H:%M}: {booking.status.value}")


if __name__ == "__main__":
    main(sys.argv[1])
