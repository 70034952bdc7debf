"""What is said to people about their account, or about a business that they run. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.notifications.rules.framing import Said, framed
from domain.notifications.rules.language import in_html, in_text
from domain.notifications.rules.letters import one_line
from domain.notifications.rules.notices import Personal
from domain.notifications.rules.speech import Speech, wording


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalFacts:
    """What is known when such a message is sent. Names that are not known are empty; *role* and *reason* are codes.

    The link is good for as long as *left*, *until* a moment that is told in *timezone*: the business's, or UTC.
    """

    notice: Personal
    house: str
    name: str = ""
    link: str = ""
    until: datetime | None = None
    left: timedelta = timedelta()
    timezone: str = "UTC"
    business: str = ""
    invited_by: str = ""
    role: str = ""
    host: str = ""
    reason: str = ""


_WHY: Mapping[Personal, str] = {Personal.INVITATION: "invited", Personal.REMIND_AGAIN: "asked_again"}
"""Who is invited, or was a customer, may have no account."""


def said_personally(facts: PersonalFacts, speech: Speech) -> Said:
    """Put *facts* into words."""
    words, values = wording(facts.notice.value, speech.language), _values(facts, speech)
    subject = one_line(in_text(words.subject, values))
    page = framed(
        subject,
        in_html(words.html, values),
        speech,
        head=facts.business or facts.house,
        why=f"{speech.words['frame'][_WHY.get(facts.notice, 'personally')]} {facts.house}.",
    )
    return Said(subject=subject, text=in_text(words.text, values).strip() + "\n", html=page)


def _values(facts: PersonalFacts, speech: Speech) -> Mapping[str, str]:
    until = facts.until.astimezone(ZoneInfo(facts.timezone)) if facts.until else None
    return {
        **{name: speech.set_apart(getattr(facts, name)) for name in ("name", "business", "invited_by", "house")},
        "link": facts.link,
        "host": facts.host,
        "until": f"{speech.whole(until)} ({speech.zone(until)})" if until else "",
        "left": speech.lasting(facts.left) if until else "",
        "role": speech.words["roles"].get(facts.role, ""),
        "reason": speech.words["reasons"].get(facts.reason, ""),
    }
