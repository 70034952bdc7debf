"""What a business chooses: how it writes, whom of its staff it tells, when it reminds. For its owners and admins."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.catalog import queries as catalog
from domain.catalog.service.authority import active_for_update, require_admin, require_member
from domain.catalog.service.changes import apply, expect, touch
from domain.catalog.tables import Business
from domain.kernel import audit, events
from domain.kernel.changes import Changes
from domain.kernel.errors import NotFound
from domain.notifications import queries
from domain.notifications.rules.errors import UnknownLocale
from domain.notifications.rules.reminding import DEFAULT, ReminderRules
from domain.notifications.rules.speech import LANGUAGES, speech
from domain.notifications.service.letters import LOCALE, locale_of
from domain.notifications.tables import MessageSettings, ReminderPlan

Versions = Collection[int] | None
UNSAID: Mapping[str, Any] = {
    "locale": LOCALE,
    "sender_name": None,
    "reply_to": None,
    "staff_notices": [],
    "staff_addresses": [],
    "tells_who_serves": False,
    "version": 1,
}
"""How a business writes that has said nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminding:
    """By which rules a business reminds, and their version."""

    rules: ReminderRules
    version: int


def message_settings(session: Session, business_id: UUID, *, caller: Principal) -> MessageSettings:
    """Return how a business writes. Errors: MembersOnly."""
    require_member(caller, business_id)
    return queries.settings_of(session, business_id) or MessageSettings(business_id=business_id, **UNSAID)


def locale_of_business(session: Session, business_id: UUID) -> str:
    """Return the tag of the locale in which a business speaks to its customers."""
    return locale_of(queries.settings_of(session, business_id))


def change_message_settings(
    session: Session,
    business_id: UUID,
    given: Mapping[str, Any],
    *,
    caller: Principal,
    now: datetime,
    versions: Versions = None,
) -> MessageSettings:
    """Change how a business writes. Errors: MembersOnly, AdminsOnly, Archived, StaleVersion, UnknownLocale."""
    require_admin(caller, business_id)
    if "locale" in given and speech(given["locale"]) is None:
        raise UnknownLocale(locale=given["locale"], languages=", ".join(LANGUAGES))
    business = active_for_update(session, business_id)
    row = queries.settings_for_update(session, business_id, UNSAID)
    expect(row.version, versions)
    changes = apply(row, given, now=now)  # type: ignore[arg-type]
    if changes:
        tell(session, "message_settings.changed", business, now=now)
        note(session, caller, "message_settings.changed", business_id, changes, now=now)
    return row


def is_held_back(session: Session, account_id: UUID) -> bool:
    """Tell whether an account has to prove an address before it may write to strangers."""
    return not queries.senders(session, {account_id}, "")[account_id].is_known()


def reminding(session: Session, business_id: UUID, *, caller: Principal) -> Reminding:
    """Return by which rules a business reminds. Errors: MembersOnly."""
    require_member(caller, business_id)
    return _read(queries.reminder_plan(session, business_id))


def replace_reminders(
    session: Session,
    business_id: UUID,
    rules: ReminderRules,
    *,
    caller: Principal,
    now: datetime,
    versions: Versions = None,
) -> Reminding:
    """Replace the rules by which a business reminds; what a rule had planned that is there no more is judged so when it is due.

    Errors: MembersOnly, AdminsOnly, Archived, StaleVersion, NotFound for a service that is not the business's.
    """
    require_admin(caller, business_id)
    _require_services(session, business_id, rules)
    business = active_for_update(session, business_id)
    row = queries.reminder_plan_for_update(session, business_id, DEFAULT.packed())
    expect(row.version, versions)
    changes = apply(row, {"rules": rules.packed()}, now=now)  # type: ignore[arg-type]
    if changes:
        tell(session, "reminder_rules.changed", business, now=now)
        note(session, caller, "reminder_rules.changed", business_id, changes, now=now)
    return _read(row)


def tell(session: Session, event: str, business: Business, *, now: datetime, **payload: str) -> None:
    """Raise the version of a locked business that has chosen something, and write the event.

    What is chosen has a version of its own, for who changes it; events are about the business, and are put in order by its.
    """
    touch(business, now=now)
    session.flush()
    fact = events.Fact(
        kind=event,
        business_id=business.id,
        subject_id=business.id,
        subject_version=business.version,
        payload=payload,
    )
    events.record(session, [fact], now=now)


def note(
    session: Session, caller: Principal, action: str, business_id: UUID, changes: Changes, *, now: datetime
) -> None:
    """Write down who has chosen what."""
    audit.record(session, caller.actor, action, business_id, business_id=business_id, changes=changes, now=now)


def _require_services(session: Session, business_id: UUID, rules: ReminderRules) -> None:
    found = catalog.services_by_id(session, list(rules.services))
    if any(each not in found or found[each].business_id != business_id for each in rules.services):
        raise NotFound(what="service")


def _read(row: ReminderPlan | None) -> Reminding:
    return (
        Reminding(rules=ReminderRules.read(row.rules), version=row.version)
        if row
        else Reminding(rules=DEFAULT, version=1)
    )
