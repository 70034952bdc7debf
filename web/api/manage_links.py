"""Manage links: opened for an access token to one booking; given and revoked by who serves it."""

from flask import Response

from config.clock import clock
from config.links import manage_keys, manage_link
from config.transaction import reading, transaction
from domain.bookings import service as booking_service
from domain.notifications import service as notifications
from domain.payments import service as payments
from web.answers import shown
from web.api.account_links import auth
from web.api.bookings import shown_booking
from web.api.payments import platform
from web.api.reschedules import bookings
from web.auth import caller, public
from web.limits import guessable
from web.openapi import operation
from web.schemas.bookings import BookingPath
from web.schemas.manage_links import BookingAccessView, BookingLinkRequest, ManageLinkView

__all__ = ["auth", "bookings"]


@operation(auth.post, "/booking-link", success={200: BookingAccessView}, problems=("link_invalid",))
@public
@guessable
def open_booking_link(body: BookingLinkRequest) -> Response:
    """Exchange a manage link's token for an access token that is good for its booking, and for nothing else.

    It sees the booking, pays it, and moves or cancels it as its customer may. It ends within the hour: send the link's
    token again. It ends at once when the link is revoked.
    """
    now = clock()
    with reading() as session:
        claims, found = booking_service.opened(session, body.token, keys=manage_keys(), now=now)
        moved = booking_service.last_reschedule(session, found.booking.id)
        business = found.business
        locale = notifications.locale_of_business(session, business.id)
        pays_by = payments.taken_by(session, business.id, found.booking.currency, platform=platform())
    view = shown_booking(found.booking, moved, now)
    return shown(BookingAccessView.of(claims, found, view, locale=locale, pays_by=pays_by)).response()


@operation(
    bookings.post,
    "/<booking_id>/manage-link",
    success={200: ManageLinkView},
    problems=("members_only", "own_resources_only"),
)
def show_manage_link(path: BookingPath) -> Response:
    """Return the link by which the customer manages the booking, for who serves it to hand on.

    It is the one that mails carry, until it is revoked. An `Idempotency-Key` is ignored: nothing is made.
    """
    with transaction() as session:
        link = booking_service.manage_link(session, path.booking_id, keys=manage_keys(), caller=caller(), now=clock())
    return shown(ManageLinkView(url=manage_link(link.ticket), expires_at=link.expires_at)).response()


@operation(
    bookings.delete,
    "/<booking_id>/manage-link",
    success={204: None},
    problems=("members_only", "own_resources_only"),
)
def revoke_manage_links(path: BookingPath) -> Response:
    """End every manage link of the booking, and whatever was opened by one, at once. The next link is another."""
    with transaction() as session:
        booking_service.revoke_manage_links(session, path.booking_id, caller=caller(), now=clock())
    return Response(status=204)
