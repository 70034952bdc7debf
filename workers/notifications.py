"""The task of the notifications room: sending what is due. No transaction is open while mail is handed over."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from threading import BoundedSemaphore, Event
from time import monotonic
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded

from config import mail
from config.clock import clock
from config.links import account_keys, account_link, host, manage_keys, manage_link
from config.logging import bind_contextvars, log
from config.publisher import ask_for
from config.settings import settings
from config.transaction import DatabaseAway, Session, patiently, reading, transaction
from domain.bookings.rules import manage_ticket
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind, shown
from domain.notifications import service as notifications
from domain.notifications.gateway import Answer, Away, Post, PostError
from domain.notifications.rules.notices import Skip
from domain.notifications.rules.retrying import ANSWERED, LEASE, PAUSE
from domain.notifications.service import Claim, Links, Wait, Written
from workers.delivery.mailbox import Mailbox
from workers.delivery.nowhere import Nowhere
from workers.delivery.smtp import Smtp
from workers.delivery.waiting import Waiting

HELD = (LEASE - timedelta(seconds=15)).total_seconds()
"""Seconds from a claim in which what became of it is written down, however often that takes: the database may be away for a
moment, and what was taken must not be sent again. A last try may last ten seconds, and the lease is not over then."""

TURN = 10.0
"""Seconds of sending before another task has its turn: others are called by the same processes."""

PLACES = BoundedSemaphore(4)
"""So many send at a time in a process: a mail server that hangs must not take all of its threads."""


WAITING = Waiting(12)
"""So many answers are waited for apart. Where a server answers nothing any more, 4 letters begin to wait in 70 seconds (45, and
`PAUSE`), so that each is waited for four minutes nevertheless; and no server sees more lines from one process than it may like."""

PATIENCE = 10.0
"""Seconds that a process which has done all else waits for answers before it ends."""

STOPPING = Event()
"""Set when the worker is told to stop: the letter in hand is sent, and the others are given back."""


@dataclass(slots=True)
class Rest:
    """Until when this process sends nothing, because nobody took it: None, or over, while somebody does.

    And the account that had its turn last, of more than can have theirs at once.
    """

    until: datetime | None = None
    turn: UUID | None = None


REST = Rest()


@dataclass(frozen=True, slots=True)
class Held:
    """A message that is this process's own by a lease; *until* is when that is nearly over, by `monotonic`."""

    id: UUID
    lease: UUID
    until: float

    @property
    def named(self) -> dict[str, str]:
        """Return what a line of the log calls it."""
        return {"notification": shown(Kind.NOTIFICATION, self.id)}


def stop() -> None:
    """Begin no more letters in this process. Called in a signal's handler."""
    STOPPING.set()


def hang_up(*, patience: float = PATIENCE) -> None:
    """Wait no longer for answers than so many seconds. What may have been taken is sent again."""
    WAITING.end(patience=patience)


def send() -> None:
    """Send what is due, until nothing is or the turn is over: then others have theirs, and the next nudge goes on."""
    if (REST.until is not None and clock() < REST.until) or not PLACES.acquire(blocking=False):
        return
    try:
        _send()
    finally:
        PLACES.release()


def _send() -> None:
    post = _post()
    until = monotonic() + TURN
    try:
        while monotonic() < until and not STOPPING.is_set():
            held_until = monotonic() + HELD
            with transaction() as session:
                claim = notifications.claim(session, after=REST.turn, now=clock())
            REST.turn = claim.turn
            if not claim.ids or not _sent(post, claim, until, held_until):
                return
    finally:
        post.close()


def nudge() -> None:
    """Ask for messages to be sent if any is due."""
    with reading() as session:
        is_any_due = notifications.is_any_due(session, now=clock())
    if is_any_due:
        ask_for("notifications.send")


def _sent(post: Post, claim: Claim, until: float, held_until: float) -> bool:
    """Send what was claimed, and give back what the turn was too short for; tell whether to go on.

    When the line is dead, this process rests for a while: to try one letter after the other would only keep it busy.
    """
    left = [*claim.ids]
    is_alive = True
    try:
        while left and is_alive and monotonic() < until and not STOPPING.is_set():
            is_alive = _one(post, Held(left.pop(0), claim.lease, held_until))
    finally:
        with transaction() as session:
            notifications.give_back(session, left, claim.lease, now=clock())
    REST.until = None if is_alive else clock() + PAUSE
    return is_alive and not left


def _one(post: Post, held: Held) -> bool:
    """Send one message and write down what became of it; False: the line is dead."""
    try:
        with reading() as session:
            bind_contextvars(request_id=notifications.request_of(session, held.id))
            what = notifications.prepared(session, held.id, held.lease, links(), now=clock())
        if what is None:
            log.warning("message_was_held_too_long", **held.named)
            return True
        answer = post.send(what.letter) if isinstance(what, Written) else None
    except (DatabaseAway, SoftTimeLimitExceeded):
        raise  # the lease lapses, and another has it then
    except PostError as error:
        _failed(held, error)
        return not error.is_of_the_line
    except Exception as error:  # noqa: BLE001 - whatever it is may sit in one message; the others must not wait for it
        log.exception("message_failed", **held.named)
        _failed(held, error)
    else:
        if answer is not None:
            _wait_apart(held, what, answer)
            return False
        _done(held, what)
    return True


def _wait_apart(held: Held, what: Written | Skip | Wait, answer: Answer) -> None:
    """Leave the answer to a thread of its own, with a lease as long: no other letter waits behind this one."""
    longer = replace(held, until=held.until + ANSWERED.total_seconds())
    log.info("message_waits_for_answer", **held.named)
    try:
        patiently(
            partial(notifications.prolong, notification_id=held.id, lease=held.lease, now=clock()), until=held.until
        )
    finally:  # without a longer lease, too: the answer may come before it is over
        WAITING.begin(answer, partial(_answered, longer, what, answer))


def _answered(held: Held, what: Written | Skip | Wait, answer: Answer) -> None:
    try:
        answer.wait()
    except PostError as error:
        _failed(held, error)
    else:
        _done(held, what)


def _done(held: Held, what: Written | Skip | Wait) -> None:
    def write(session: Session) -> None:
        if isinstance(what, Skip):
            notifications.skipped(session, held.id, held.lease, what)
        elif isinstance(what, Wait):
            notifications.postponed(session, held.id, held.lease, what, now=clock())
        else:
            notifications.sent(session, held.id, held.lease, what, now=clock())

    patiently(write, until=held.until)
    if isinstance(what, Skip):
        log.info("message_skipped", why=what, **held.named)
    elif isinstance(what, Wait):
        log.info("message_waits", why=what.why, until=str(what.until), **held.named)
    else:
        log.info("message_sent", **held.named)


def _failed(held: Held, error: Exception) -> None:
    """Write down what went wrong. What cannot be written so is no reason to give up the message, or all others."""
    for each in (error, Away("not_noted", type(error).__name__)):
        write = partial(notifications.failed, notification_id=held.id, lease=held.lease, error=each, now=clock())
        try:
            later = patiently(write, until=held.until)
        except (DatabaseAway, SoftTimeLimitExceeded):
            raise  # the lease lapses, and another has it then
        except Exception:  # noqa: BLE001 - as above
            log.exception("message_error_not_noted", **held.named)
        else:
            note = log.warning if isinstance(error, Away) else log.error
            note("message_not_sent", **held.named, error=str(error), again=str(later))
            return


def links() -> Links:
    """Return how letters lead back here."""
    return Links(
        house=mail.HOUSE,
        host=host(),
        sender=mail.sender(),
        manage=_manage,
        unsubscribe=mail.unsubscribe_url,
        remind_again=mail.remind_again_url,
        account=account_link,
        account_keys=account_keys(),
        most_strangers=settings().free_daily_stranger_mails,
        most_if_young=settings().new_daily_stranger_mails,
        asks_for_proof=mail.server() is not None,
    )


def _manage(booking: Booking) -> str:
    return manage_link(manage_ticket(booking.id, booking.manage_no, keys=manage_keys()))


def _post() -> Post:
    server, folder = mail.server(), mail.mailbox()
    if server is not None:
        return Smtp(server, mail.greeting())
    return Mailbox(folder) if folder is not None else Nowhere()
