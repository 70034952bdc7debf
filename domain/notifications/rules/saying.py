"""Saying it: what is known about a booking, put into the words of a place, and those into a template. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from domain.kernel.money import Money
from domain.notifications.rules.framing import LONGEST, Said, TooLong, framed
from domain.notifications.rules.language import in_html, in_text, line_of_length
from domain.notifications.rules.letters import one_line
from domain.notifications.rules.notices import Audience, Notice
from domain.notifications.rules.speech import Speech, Wording

VARIABLES: Mapping[str, str] = {
    "business": "the business's name",
    "customer": "the customer's name",
    "email": "the customer's address, in mail to staff",
    "phone": "the customer's telephone number, in mail to staff",
    "notes": "what the customer wrote when they booked, in mail to staff",
    "service": "the service's name",
    "date": "the day of the booking, in the business's zone",
    "time": "when it starts",
    "end_time": "when it ends",
    "timezone": "the zone that these are told in",
    "hours": "from when to when, with the zone",
    "with_whom": "the names of its resources",
    "party": "for how many people, if more than one",
    "price": "the price, if there is one",
    "paid": "what was paid of it",
    "refunded": "what has gone back of that by now",
    "due": "what is to be paid now",
    "deadline": "until when its place is held",
    "refund": "what goes back",
    "way": "by which way that goes back, and how long it usually takes, in a sentence",
    "fee": "what is kept of what was paid",
    "old_date": "the day before it was moved",
    "old_time": "when it started before it was moved",
    "asked_date": "the day to which it could not be moved",
    "asked_time": "the time to which it could not be moved",
    "why": "why there was no place, in a sentence",
    "cancelled_by": "by whom it was cancelled: at your request, by the business, automatically; staff also read which member",
    "note": "what whoever did it had to say",
    "reference": "the booking's id",
    "headline": "what has happened, in a sentence",
    "details": "date, time, service and whatever else there is to know, as a list",
    "manage_url": "where the customer sees and changes the booking",
    "pay_url": "where the customer pays",
    "unsubscribe_url": "where reminders are turned off",
}
"""The names that a template may say, and what they stand for. What there is nothing to say of is empty."""

NAMES = frozenset(VARIABLES)

NAMED = ("business", "customer", "email", "phone", "notes", "service", "note")
"""What people have called something, or written."""

BY_BUSINESS, BY_SEVERAL = "other", "several"
"""Ways by which money goes back, beside providers, and methods of what the business took: by its own hands, by several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known when a message is sent. Moments are instants.

    *cancelled_by* is `customer`, `business` or `nobody`, *member* who it was of the business, *way* the code of how money
    goes back, and *why* that of a refusal.
    """

    notice: Notice
    audience: Audience = Audience.CUSTOMER
    business: str
    customer: str
    email: str = ""
    phone: str = ""
    notes: str = ""
    service: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    reference: str
    with_whom: tuple[str, ...] = ()
    party: int = 1
    price: Money | None = None
    paid: Money | None = None
    due: Money | None = None
    deadline: datetime | None = None
    refund: Money | None = None
    way: str | None = None
    refunded: Money | None = None
    fee: Money | None = None
    old_start: datetime | None = None
    asked_start: datetime | None = None
    why: str | None = None
    cancelled_by: str | None = None
    member: str = ""
    note: str = ""
    manage_url: str = ""
    pay_url: str = ""
    unsubscribe_url: str = ""


def said(facts: Facts, speech: Speech, wording: Wording) -> Said:
    """Put *facts* into words. Errors: TooLong, by a template that comes with a business, not with the program."""
    values = _values(facts, speech)
    rows = [(speech.words["labels"][name], values[name]) for name in _told(speech) if values[name]]
    in_lines = values | {"details": "\n".join(f"{label}: {value}" for label, value in rows)}
    in_page = values | {"details": _table(rows)}
    text, html = in_text(wording.text, in_lines), in_html(wording.html, in_page)
    if len(text) > LONGEST:
        raise TooLong("text", line_of_length(wording.text, in_lines, LONGEST))
    subject = one_line(in_text(wording.subject, values | {"details": ""}))
    head = values["business"]
    why = f"{speech.words['frame']['why']} {head}."
    links = {name: values[name] for name in ("unsubscribe_url", "manage_url")}
    try:
        page = framed(subject, html, speech, head=head, why=why, **links)
    except TooLong:
        raise TooLong("html", line_of_length(wording.html, in_page, LONGEST)) from None
    missing = [
        (name, url)
        for name, url in (("manage", facts.manage_url), ("unsubscribe", facts.unsubscribe_url))
        if url not in text
    ]
    text = "\n\n".join([text.strip(), *(f"{speech.words['frame'][name]}:\n{url}" for name, url in missing)])
    return Said(subject=subject, text=text + "\n", html=page)


def _values(facts: Facts, speech: Speech) -> dict[str, str]:
    zone = ZoneInfo(facts.timezone)
    start, end = facts.starts_at.astimezone(zone), facts.ends_at.astimezone(zone)
    before, asked, deadline = (
        moment.astimezone(zone) if moment else None for moment in (facts.old_start, facts.asked_start, facts.deadline)
    )
    amounts = {name: getattr(facts, name) for name in ("price", "paid", "refunded", "due", "refund", "fee")}
    comma = speech.words["marks"]["comma"]
    starts, zone_name = speech.time(start), speech.zone(start)
    ends = speech.time(end) if end.date() == start.date() else speech.whole(end)
    return {
        **{name: speech.set_apart(getattr(facts, name)) for name in NAMED},
        **{name: getattr(facts, name) for name in ("reference", "manage_url", "pay_url", "unsubscribe_url")},
        **{name: speech.money(amount) if amount and amount.amount else "" for name, amount in amounts.items()},
        "date": speech.date(start),
        "time": starts,
        "end_time": ends,
        "timezone": zone_name,
        "hours": f"{starts}{speech.words['marks']['until']}{ends} ({zone_name})",
        "with_whom": comma.join(map(speech.set_apart, facts.with_whom)),
        "party": str(facts.party) if facts.party > 1 else "",
        "deadline": f"{speech.whole(deadline)} ({speech.zone(deadline)})" if deadline else "",
        "old_date": speech.date(before) if before else "",
        "old_time": speech.time(before) if before else "",
        "asked_date": speech.date(asked) if asked else "",
        "asked_time": speech.time(asked) if asked else "",
        "why": speech.words["refusals"][facts.why] if facts.why else "",
        "way": speech.words["ways"][facts.way] if facts.way else "",
        "cancelled_by": _by_whom(facts, speech) if facts.cancelled_by else "",
        "headline": speech.words["headlines"][facts.notice.value],
    }


def _by_whom(facts: Facts, speech: Speech) -> str:
    """Return who has cancelled: to staff no `you`, and of the business its member."""
    is_to_staff = facts.audience is Audience.STAFF
    whom = speech.words["cancelled_by_to_staff" if is_to_staff else "cancelled_by"][str(facts.cancelled_by)]
    return f"{whom} ({speech.set_apart(facts.member)})" if is_to_staff and facts.member else whom


def _told(speech: Speech) -> Iterable[str]:
    """Return which values are listed, in their order: those that there is a label for."""
    return speech.words["labels"]


def _table(rows: Iterable[tuple[str, str]]) -> Markup:
    cells = (f"<tr><th>{escape(label)}</th><td>{escape(value)}</td></tr>" for label, value in rows)
    return Markup(f'<table class="details" role="presentation">{"".join(cells)}</table>')  # noqa: S704 - escaped above
