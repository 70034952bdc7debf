"""Facts: what a message is about, as it is now, in one statement."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, ScalarSelect, bindparam, exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from domain.accounts.tables import Member, User
from domain.bookings.tables import Booking, Move, Reschedule
from domain.catalog.tables import Business, Resource, Service
from domain.kernel.addresses import folded, folded_column
from domain.kernel.calendars import Method
from domain.kernel.events import Event
from domain.notifications.queries.by_link import is_on_link, told_by_link
from domain.notifications.rules.notices import ENTRIES, Audience, MessageState, Notice
from domain.notifications.tables import MessageSettings, Notification, ReminderOptOut, ReminderPlan
from domain.payments.rules.states import RefundReason, RefundState, State
from domain.payments.tables import Payment, Refund


class About(NamedTuple):
    """A message with its booking, and the rows around that. *settings*, *plan*: None where the business has said nothing."""

    notification: Notification
    booking: Booking
    business: Business
    service: Service
    settings: MessageSettings | None
    plan: ReminderPlan | None
    is_superseded: bool
    is_unsubscribed: bool
    told_lately: int
    told_by_link: int
    is_on_link: bool
    is_proven: bool
    is_of_staff: bool
    has_entry: bool
    is_member: bool

    @property
    def account_id(self) -> UUID:
        """Return the account that it counts against."""
        return self.notification.account_id or self.business.account_id


def _is_superseded() -> ColumnElement[bool]:
    later = aliased(Notification)
    return exists().where(
        later.booking_id == Notification.booking_id,
        later.kind == Notice.REMINDER,
        later.sequence == Notification.sequence,
        later.address == Notification.address,
        later.due_at > Notification.due_at,
        later.due_at <= bindparam("now"),
    )


def _is_unsubscribed() -> ColumnElement[bool]:
    return exists().where(
        ReminderOptOut.business_id == Notification.business_id,
        ReminderOptOut.address == folded_column(Notification.address),
    )


def is_proven() -> ColumnElement[bool]:
    """Return whether a user has proven that a message's address is theirs."""
    theirs = folded_column(User.email) == folded_column(Notification.address)
    return exists().where(theirs, User.email_verified_at.is_not(None)).correlate(Notification)


def _is_member() -> ColumnElement[bool]:
    """Return whether a message's address is that of a member of its business by now."""
    theirs = (folded_column(User.email) == folded_column(Notification.address), Member.user_id == User.id)
    return exists().where(*theirs, Member.business_id == Notification.business_id).correlate(Notification)


def _is_of_staff() -> ColumnElement[bool]:
    """Return whether a message's address is that of a member of its business, who has proven it, and agreed to be one."""
    theirs = (folded_column(User.email) == folded_column(Notification.address), User.email_verified_at.is_not(None))
    return (
        exists()
        .where(*theirs, Member.user_id == User.id, Member.business_id == Notification.business_id, Member.has_agreed)
        .correlate(Notification)
    )


def _has_entry() -> ColumnElement[bool]:
    """Return whether the booking may stand in the recipient's calendar: what is being sent may have arrived."""
    other = aliased(Notification)
    return exists().where(
        other.booking_id == Notification.booking_id,
        other.address == Notification.address,
        other.kind.in_([notice for notice, method in ENTRIES.items() if method is Method.REQUEST]),
        other.state.in_([MessageState.SENT, MessageState.SENDING]),
    )


def _told_lately() -> ScalarSelect[int]:
    """Return how many messages an address got within the hour on the same account: others' do not silence this one."""
    other = aliased(Notification)
    lately = bindparam("now", type_=DateTime(timezone=True)) - literal(timedelta(hours=1))
    sent = select(func.count()).where(
        folded_column(other.address) == folded_column(Notification.address),
        other.sent_at > lately,
        other.audience == Notification.audience,
        other.account_id == Notification.account_id,
    )
    return sent.correlate(Notification).scalar_subquery()


# Built once: it runs with every message.
ABOUT = (
    select(
        Notification,
        Booking,
        Business,
        Service,
        MessageSettings,
        ReminderPlan,
        _is_superseded(),
        _is_unsubscribed(),
        _told_lately(),
        told_by_link(),
        is_on_link(),
        is_proven(),
        _is_of_staff(),
        _has_entry(),
        _is_member(),
    )
    .join(Booking, Booking.id == Notification.booking_id)
    .join(Business, Business.id == Booking.business_id)
    .join(Service, Service.id == Booking.service_id)
    .outerjoin(MessageSettings, MessageSettings.business_id == Booking.business_id)
    .outerjoin(ReminderPlan, ReminderPlan.business_id == Booking.business_id)
    .where(Notification.id == bindparam("notification_id"))
    .execution_options(populate_existing=True)
)
PERSONAL = (
    select(Notification, Business, MessageSettings)
    .outerjoin(Business, Business.id == Notification.business_id)
    .outerjoin(MessageSettings, MessageSettings.business_id == Notification.business_id)
    .where(Notification.id == bindparam("notification_id"))
    .execution_options(populate_existing=True)
)


def about(session: Session, notification_id: UUID, *, now: datetime) -> About | None:
    """Return what a message is about; None of one that is about no booking."""
    row = session.execute(ABOUT, {"notification_id": notification_id, "now": now}).one_or_none()
    return None if row is None else About._make(row)


def personal(session: Session, notification_id: UUID) -> tuple[Notification, Business | None, MessageSettings | None]:
    """Return a message that is about no booking, with the business that it is about, if any, and how that writes."""
    row = session.execute(PERSONAL, {"notification_id": notification_id}).one()
    return row[0], row[1], row[2]


def serving(session: Session, resource_ids: Collection[UUID]) -> Collection[str]:
    """Return the addresses, folded, of the users that some resources are."""
    them = select(folded_column(User.email)).join(Resource, Resource.user_id == User.id)
    return session.scalars(them.where(Resource.id.in_(resource_ids))).all()


def sent_of_late(session: Session, kind: str, address: str, *, now: datetime) -> Mapping[UUID | None, int]:
    """Count the messages of a kind that an address was sent within the day, by the business that they were about."""
    theirs = (folded_column(Notification.address) == folded(address), Notification.kind == kind)
    lately = Notification.sent_at > now - timedelta(days=1)
    sent = select(Notification.business_id, func.count()).where(*theirs, lately).group_by(Notification.business_id)
    return {row[0]: row[1] for row in session.execute(sent).all()}


def was_told(session: Session, business_id: UUID, address: str) -> bool:
    """Tell whether an address was sent anything about a booking at a business, by what the log has still."""
    theirs = (folded_column(Notification.address) == folded(address), Notification.business_id == business_id)
    sent = (Notification.sent_at.is_not(None), Notification.audience == Audience.CUSTOMER)
    return bool(session.scalar(select(exists().where(*theirs, *sent))))


def notification_by_id(session: Session, notification_id: UUID) -> Notification:
    """Return a message, which must exist, whoever asks."""
    return session.get_one(Notification, notification_id, populate_existing=True)


def resource_names(session: Session, resource_ids: Sequence[UUID]) -> Sequence[str]:
    """Return the names of resources that stand for something; the default one is the business itself."""
    named = select(Resource.name).where(Resource.id.in_(resource_ids), ~Resource.is_default)
    return session.scalars(named.order_by(Resource.name)).all()


def move_at(session: Session, booking_id: UUID, version: int) -> Move | None:
    """Return the line of a booking's history by which it reached a version."""
    return session.scalar(select(Move).where(Move.booking_id == booking_id, Move.version == version))


def refused_move(session: Session, booking_id: UUID, starts_at: datetime) -> Reschedule:
    """Return the latest move of a booking to a time that was refused, of which there must be one."""
    refused = select(Reschedule).where(
        Reschedule.booking_id == booking_id, Reschedule.starts_at == starts_at, Reschedule.status == "refused"
    )
    return session.scalars(refused.order_by(Reschedule.accepted_no.desc()).limit(1)).one()


def refunds_asked_for(session: Session, booking_id: UUID) -> int:
    """Return what of a booking's money somebody at the business has given back, in minor units, or is about to."""
    asked = select(func.coalesce(func.sum(Refund.amount), 0)).where(
        Refund.booking_id == booking_id,
        Refund.reason == RefundReason.REQUESTED,
        Refund.state != RefundState.FAILED,
    )
    return int(session.scalars(asked).one())


def refund_by(session: Session, event_id: UUID | None) -> tuple[str, str | None, bool] | None:
    """Return who took the payment of the refund that an event tells of, how, and whether a provider gave it back.

    How is known of what the business itself took. None: there is no such refund.
    """
    told = (
        select(Payment.provider, Payment.method, Refund.provider_ref.is_not(None))
        .join(Refund, Refund.payment_id == Payment.id)
        .join(Event, Event.subject_id == Refund.id)
        .where(Event.public_id == event_id)
    )
    row = session.execute(told).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def paid_by(session: Session, booking_id: UUID) -> Sequence[tuple[str, str | None]]:
    """Return to whom a booking's payments were made, and how those that the business itself took; each once."""
    paid = select(Payment.provider, Payment.method).where(
        Payment.booking_id == booking_id, Payment.state == State.SUCCEEDED
    )
    return [(provider, method) for provider, method in session.execute(paid.distinct())]
