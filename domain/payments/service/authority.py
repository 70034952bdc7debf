"""Who may decide about a booking's money: whoever serves the booking."""

from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.bookings.service.authority import serves
from domain.bookings.tables import Booking
from domain.kernel.errors import MembersOnly, OwnResourcesOnly
from domain.payments import queries
from domain.payments.queries import Books
from domain.payments.service.look import seen
from domain.payments.tables import Payment


def serving_for_update(session: Session, payment_id: UUID, *, caller: Principal) -> tuple[Books, Payment]:
    """Lock a booking and its money by one of its payments. Errors: NotFound, MembersOnly, OwnResourcesOnly."""
    books = queries.books_for_update(session, seen(session, payment_id, caller=caller).booking_id)
    refuse_unless_serving(session, books.booking, caller)
    return books, books.payment(payment_id)


def refuse_unless_serving(session: Session, booking: Booking, caller: Principal) -> None:
    """Refuse whoever does not serve a booking. Errors: MembersOnly, OwnResourcesOnly."""
    if not serves(session, booking, caller):
        raise OwnResourcesOnly if caller.is_member(booking.business_id) else MembersOnly
