"""Letters about an account, or a business that somebody runs."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import service as accounts
from domain.catalog.tables import Business
from domain.kernel.ids import Kind, shown
from domain.notifications import queries
from domain.notifications.rules.judging import PATIENCE, WAITS
from domain.notifications.rules.letters import Letter, Party, unlinked
from domain.notifications.rules.notices import Personal, Skip
from domain.notifications.rules.personal import PersonalFacts, said_personally
from domain.notifications.service.letters import Links, Wait, Written, locale_of, spoken
from domain.notifications.tables import MessageSettings, Notification

MOST: Mapping[Personal, tuple[int, int]] = {
    Personal.ENDPOINT_DISABLED: (10, 20),
    Personal.REMIND_AGAIN: (5, 5),
    Personal.INVITATION: (5, 10),
}
"""Mails of a kind to one address within a day, of one business and of all: anybody may have made its user the owner, or
the customer, of many, or invite them to many."""


def written_personally(
    session: Session,
    row: Notification,
    business: Business | None,
    settings: MessageSettings | None,
    links: Links,
    *,
    now: datetime,
) -> Written | Skip | Wait:
    """Write such a letter, or return why not: its token was used, nobody is there, or they were told that often today.

    Or why not yet: an invitation is what its business chooses to say to anybody, and waits until somebody answers for it.
    """
    if _is_one_too_many(session, row, now):
        return Skip.TOO_MANY
    if business and links.asks_for_proof and row.kind == Personal.INVITATION and not _is_known(session, business):
        why = Skip.ACCOUNT_UNPROVEN
        return (
            why
            if now > row.due_at + PATIENCE[why]
            else Wait(why=why, account_id=business.account_id, until=now + WAITS[why])
        )
    locale = row.details.get("locale") or locale_of(settings)
    facts = _facts(session, row, business, links, now)
    if facts is None:
        return Skip.NOTHING_TO_SAY
    told = said_personally(facts, spoken(locale))
    letter = Letter(
        message_id=f"<{shown(Kind.NOTIFICATION, row.id)}@{links.host}>",
        sender=Party(name=links.house, address=links.sender),
        recipient=Party(name=facts.name, address=row.address),
        subject=told.subject,
        text=told.text,
        html=told.html,
        date=now,
    )
    return Written(letter, locale)


def _is_one_too_many(session: Session, row: Notification, now: datetime) -> bool:
    if row.kind not in MOST:
        return False
    of_one, of_all = MOST[Personal(row.kind)]
    sent = queries.sent_of_late(session, row.kind, row.address, now=now)
    return sent.get(row.business_id, 0) >= of_one or sum(sent.values()) >= of_all


def _is_known(session: Session, business: Business) -> bool:
    return queries.senders(session, {business.account_id}, "")[business.account_id].is_known()


def _facts(
    session: Session, row: Notification, business: Business | None, links: Links, now: datetime
) -> PersonalFacts | None:
    notice, name = Personal(row.kind), business.name if business else ""
    if notice is Personal.ENDPOINT_DISABLED:
        host, reason = str(row.details["host"]), str(row.details["reason"])
        return PersonalFacts(
            notice=notice,
            house=links.house,
            name=row.name,
            business=unlinked(name),
            host=unlinked(host),
            reason=reason,
        )
    if notice is Personal.REMIND_AGAIN:
        return _again(session, row, name, links)
    link = accounts.link_of(session, UUID(row.details["token_id"]), keys=links.account_keys, now=now)
    if link is None:
        return None
    return PersonalFacts(
        notice=notice,
        house=links.house,
        name=unlinked(link.name or "") if link.is_proven else "",  # whoever has registered with it may be another
        link=links.account(notice.value, link.ticket),
        until=link.expires_at,
        left=link.expires_at - now,
        timezone=business.timezone if business else "UTC",
        business=unlinked(name),
        invited_by=unlinked(link.invited_by or ""),
        role=link.role.value if link.role else "",
    )


def _again(session: Session, row: Notification, business: str, links: Links) -> PersonalFacts | None:
    off_at = datetime.fromisoformat(str(row.details["off_at"]))
    if row.business_id is None or queries.opted_out_at(session, row.business_id, row.address) != off_at:
        return None
    if not queries.was_told(session, row.business_id, row.address):
        return None  # whoever turned them off is not who is there: a business can be shown the links of its bookings
    return PersonalFacts(
        notice=Personal.REMIND_AGAIN,
        house=links.house,
        link=links.remind_again(row.business_id, row.address, off_at),
        business=unlinked(business),
    )
