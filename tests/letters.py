"""Letters: the links that people would have been mailed, for tests that do what their readers do."""

from uuid import UUID

from sqlalchemy import func, select

from config.clock import clock
from config.links import account_keys, manage_keys
from config.transaction import transaction
from domain.accounts import service as accounts
from domain.accounts.rules import Principal, Purpose, Role
from domain.accounts.rules import ticket as ticket_of
from domain.accounts.rules.tokens import Link
from domain.accounts.tables import AccountToken
from domain.bookings.rules import manage_ticket
from domain.bookings.tables import Booking


def letter(purpose: Purpose, email: str) -> Link | None:
    """Return what the mail about the latest token for an address says; None: there is nothing to send."""
    with transaction() as session:
        latest = (
            select(AccountToken.id)
            .where(AccountToken.purpose == purpose.value, func.lower(AccountToken.email) == email.lower())
            .order_by(AccountToken.created_at.desc(), AccountToken.id.desc())
            .limit(1)
        )
        return accounts.link_of(session, session.scalars(latest).one(), keys=account_keys(), now=clock())


def ticket(purpose: Purpose, email: str) -> str:
    """Return the ticket in that mail."""
    found = letter(purpose, email)
    assert found is not None
    return found.ticket


def written(token_id: UUID, purpose: Purpose) -> str:
    """Return the ticket for a token that nobody is mailed about."""
    return ticket_of(token_id, purpose, keys=account_keys())


def forgotten(email: str) -> str:
    """Have somebody forget their password; return the ticket that they are mailed."""
    with transaction() as session:
        accounts.ask_for_reset(session, email, now=clock())
    return ticket(Purpose.RESET_PASSWORD, email)


def unproven(who: Principal) -> str:
    """Have somebody asked to prove their address; return the ticket that they are mailed."""
    with transaction() as session:
        accounts.ask_for_verification(session, accounts.profile(session, who.user_id), now=clock())
    return ticket(Purpose.VERIFY_EMAIL, who.email)


def invited(by: Principal, business_id: UUID, email: str, role: Role = Role.STAFF) -> UUID:
    """Have an address invited to a business; return the invitation."""
    with transaction() as session:
        return accounts.invite(session, business_id, email, role, caller=by, now=clock()).id


def manage(booking_id: UUID) -> str:
    """Return the ticket in the mails about a booking."""
    with transaction() as session:
        booking = session.get_one(Booking, booking_id)
        return manage_ticket(booking.id, booking.manage_no, keys=manage_keys())
