"""Letters: a message's rows, put into the words of its business."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import queries as accounts
from domain.bookings.rules import BY_LINK, Status
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind, shown
from domain.kernel.money import Money
from domain.kernel.tickets import Keys
from domain.notifications import queries
from domain.notifications.queries import About
from domain.notifications.rules.framing import Said, TooLong
from domain.notifications.rules.letters import Letter, Party, unlinked
from domain.notifications.rules.notices import ASKED_FOR, Audience, Notice, Skip
from domain.notifications.rules.saying import Facts, said
from domain.notifications.rules.speech import STAFF, Speech, Wording, speech, wording
from domain.notifications.service.amounts import due, fee, refund, way
from domain.notifications.service.entries import invitation
from domain.notifications.tables import MessageSettings

LOCALE = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """What a letter needs to know of the installation: its name, *host*, and address, and how links are made.

    *account* makes one of a purpose and a ticket, and *account_keys* is what tickets of accounts are signed with.
    *most_strangers* is how many messages a free account may send within a day to people who have not proven their address,
    *most_if_young* how many while it has not been known for long. *asks_for_proof*: mail leaves the house, so that accounts have to
    be known before they write to these.
    """

    house: str
    host: str
    sender: str
    manage: Callable[[Booking], str]
    unsubscribe: Callable[[UUID, str], str]
    remind_again: Callable[[UUID, str, datetime], str]
    account: Callable[[str, str], str]
    account_keys: Keys = field(repr=False)
    most_strangers: int
    most_if_young: int
    asks_for_proof: bool


class Written(NamedTuple):
    """A letter, and the locale that it is written in."""

    letter: Letter
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A message is not to be sent before *until*: enough were of late to its address, to strangers on *account_id*, or by its link.

    Or nobody answers yet for what that account says.
    """

    why: Skip
    account_id: UUID
    until: datetime


def written(session: Session, about: About, links: Links, *, now: datetime) -> Written:
    """Write a letter about a booking as it is now."""
    row, locale = about.notification, locale_of(about.settings)
    words = spoken(locale)
    kind = STAFF if row.audience == Audience.STAFF else row.kind
    unsubscribe_url = links.unsubscribe(about.business.id, row.address) if Notice(row.kind) in ASKED_FOR else ""
    facts = facts_of(session, about, links, unsubscribe_url)
    told = _told(facts, words, kind, wording_of(session, about.business.id, kind, words.language))
    name = (about.settings.sender_name if about.settings else None) or about.business.name
    sender, recipient = Party(name=name, address=links.sender), Party(name=row.name, address=row.address)
    letter = Letter(
        message_id=f"<{shown(Kind.NOTIFICATION, row.id)}@{links.host}>",
        sender=sender,
        recipient=recipient,
        subject=told.subject,
        text=told.text,
        html=told.html,
        date=now,
        reply_to=about.settings.reply_to if about.settings else None,
        invitation=invitation(about, sender, recipient, host=links.host, now=now),
        unsubscribe_url=unsubscribe_url or None,
    )
    return Written(letter, locale)


def _told(facts: Facts, words: Speech, kind: str, wording_used: Wording) -> Said:
    """Put facts into a business's words; into ours, where names and notes make more of those than mail programs show."""
    try:
        return said(facts, words, wording_used)
    except TooLong:
        return said(facts, words, wording(kind, words.language))


def locale_of(settings: MessageSettings | None) -> str:
    """Return the tag of the locale that a business writes in."""
    return settings.locale if settings else LOCALE


def spoken(locale: str) -> Speech:
    """Return how a place speaks; English where its words were taken away since it was chosen."""
    found = speech(locale) or speech(LOCALE)
    assert found is not None  # noqa: S101 - English comes with the program
    return found


def wording_of(session: Session, business_id: UUID, kind: str, language: str) -> Wording:
    """Return a business's own template, or ours."""
    own = queries.template(session, business_id, kind, language)
    return Wording(subject=own.subject, text=own.text, html=own.html) if own else wording(kind, language)


def facts_of(session: Session, about: About, links: Links, unsubscribe_url: str) -> Facts:
    """Collect what there is to say."""
    row, booking, notice = about.notification, about.booking, Notice(about.notification.kind)
    ids = [UUID(each["resource_id"]) for each in booking.resources]
    note, by, member = _by_whom(session, about)
    audience = Audience(row.audience)
    manage_url = links.manage(booking) if audience is Audience.CUSTOMER else ""
    return Facts(
        notice=notice,
        audience=audience,
        business=about.business.name,
        customer=unlinked(booking.customer_name),
        service=about.service.name,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        timezone=booking.timezone,
        reference=shown(Kind.BOOKING, booking.id),
        with_whom=tuple(queries.resource_names(session, ids)),
        party=booking.party,
        price=Money(booking.price_amount, booking.currency),
        paid=Money(booking.paid_amount, booking.currency),
        due=due(booking),
        deadline=booking.hold_expires_at,
        refund=refund(session, about),
        refunded=Money(booking.refunded_amount, booking.currency),
        fee=fee(booking),
        way=way(session, about),
        old_start=_old_start(about),
        asked_start=asked_start(about),
        why=_why(about),
        cancelled_by=by if notice is Notice.CANCELLED else None,
        member=member,
        **(_contact(booking) if audience is Audience.STAFF else {}),
        note=note if by == "business" else unlinked(note),
        manage_url=manage_url,
        pay_url=manage_url if booking.status == Status.AWAITING_PAYMENT else "",
        unsubscribe_url=unsubscribe_url,
    )


def _contact(booking: Booking) -> Mapping[str, str]:
    """Return how a customer is reached and what they wrote, for staff: a customer's mail goes to whoever they named."""
    return {
        "email": booking.customer_email,
        "phone": booking.customer_phone or "",
        "notes": unlinked(booking.notes or ""),
    }


def _by_whom(session: Session, about: About) -> tuple[str, str, str]:
    """Return what was said with the move that is told of, who made it, and the name of the member who did.

    A guest's move has no user, and names its link.
    """
    row, booking = about.notification, about.booking
    move = queries.move_at(session, booking.id, row.version) if row.version is not None else None
    if move is None or (move.actor_id is None and move.reason != BY_LINK):
        return "", "nobody", ""
    note = move.note or ""
    if move.actor_id is None or acts_for_customer(session, booking, move.actor_id):
        return note, "customer", ""
    return note, "business", unlinked(accounts.profile(session, move.actor_id).name)


def acts_for_customer(session: Session, booking: Booking, actor_id: UUID | None) -> bool:
    """Tell whether somebody acts as a booking's customer: by its manage link (None), or as the user that it is for.

    Or as who booked it, and was no member of the business then, nor is.
    """
    if actor_id is None or actor_id == booking.customer_id:
        return True
    return (
        actor_id == booking.booked_by
        and not booking.by_member
        and accounts.member(session, booking.business_id, actor_id) is None
    )


def _old_start(about: About) -> datetime | None:
    row = about.notification
    return (
        datetime.fromisoformat(row.details["starts_at"][0])
        if row.kind in {Notice.RESCHEDULED, Notice.HANDED_OVER}
        else None
    )


def asked_start(about: About) -> datetime | None:
    """Return to when a booking was to be moved, of a move that was refused."""
    row = about.notification
    return datetime.fromisoformat(row.details["starts_at"]) if row.kind == Notice.RESCHEDULE_REFUSED else None


def _why(about: About) -> str | None:
    """Return the code of why there was no place."""
    row = about.notification
    return str(row.details["reason"]) if row.kind in {Notice.REJECTED, Notice.RESCHEDULE_REFUSED} else None
