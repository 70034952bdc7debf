"""Templates: a business's own words in place of ours, checked when they are saved, and shown with made-up facts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.catalog.service.authority import active_for_update, require_admin, require_member
from domain.catalog.service.changes import NONE_YET, apply, expect
from domain.catalog.tables import Business
from domain.kernel import lineage
from domain.kernel.changes import Changes, Pair, fresh, gone
from domain.kernel.money import Money
from domain.notifications import queries
from domain.notifications.rules.errors import NoOwnTemplate, TemplateFaulty, UnknownLocale, UnknownTemplate
from domain.notifications.rules.framing import LONGEST, Said, TooLong
from domain.notifications.rules.inert import active_part_of
from domain.notifications.rules.language import Fault, fault_of
from domain.notifications.rules.notices import ASKED_FOR, Audience, Notice
from domain.notifications.rules.saying import NAMES, Facts, said
from domain.notifications.rules.speech import KINDS, LANGUAGES, STAFF, Speech, Wording, speech, wording
from domain.notifications.service.choices import Versions, note, tell
from domain.notifications.service.letters import spoken
from domain.notifications.tables import MessageTemplate

CONTACT = {"email": "ada@example.com", "phone": "+234 800 000 0000", "notes": "My hair is long."}
"""How a made-up customer is reached, and what they wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """The template that is used for a kind of message in a language; *version* 0: it is ours."""

    kind: str
    language: str
    wording: Wording
    version: int = NONE_YET


def templates(session: Session, business_id: UUID, *, caller: Principal) -> Sequence[Worded]:
    """Return the templates that a business uses, its own and ours. Errors: MembersOnly."""
    require_member(caller, business_id)
    own = {(each.kind, each.language): each for each in queries.templates(session, business_id)}
    return [_worded(own.get((kind, language)), kind, language) for language in LANGUAGES for kind in KINDS]


def template(session: Session, business_id: UUID, kind: str, language: str, *, caller: Principal) -> Worded:
    """Return the template that a business uses for a kind of message. Errors: MembersOnly, UnknownTemplate."""
    require_member(caller, business_id)
    _require_known(kind, language)
    return _worded(queries.template(session, business_id, kind, language), kind, language)


def replace_template(
    session: Session,
    business_id: UUID,
    kind: str,
    language: str,
    words: Wording,
    *,
    caller: Principal,
    now: datetime,
    versions: Versions = None,
) -> Worded:
    """Let a business say something in its own words.

    Errors: MembersOnly, AdminsOnly, UnknownTemplate, Archived, StaleVersion, TemplateFaulty with its place.
    """
    require_admin(caller, business_id)
    _require_known(kind, language)
    _refuse_faults(words)
    business = active_for_update(session, business_id)
    _shown(business, kind, spoken(language), words, now)
    row = queries.template_for_update(session, business_id, kind, language)
    if versions is not None:
        expect(row.version if row else NONE_YET, versions)
    changes: Changes = fresh(asdict(words))
    if row is None:
        version = lineage.begins(session, business_id, _lineage(kind, language))
        key = {"business_id": business_id, "kind": kind, "language": language}
        row = MessageTemplate(**key, version=version, **asdict(words))
        session.add(row)
    else:
        changes = apply(row, asdict(words), now=now)  # type: ignore[arg-type]
    if changes:
        tell(session, "message_template.changed", business, now=now, kind=kind, language=language)
        changes = {**_which(kind, language), **changes}
        note(session, caller, "message_template.changed", business_id, changes, now=now)
    return _worded(row, kind, language)


def remove_template(
    session: Session,
    business_id: UUID,
    kind: str,
    language: str,
    *,
    caller: Principal,
    now: datetime,
    versions: Versions = None,
) -> None:
    """Let a business use our words again.

    Errors: MembersOnly, AdminsOnly, UnknownTemplate, NoOwnTemplate, Archived, StaleVersion.
    """
    require_admin(caller, business_id)
    _require_known(kind, language)
    business = active_for_update(session, business_id)
    row = queries.template_for_update(session, business_id, kind, language)
    if row is None:
        raise NoOwnTemplate(kind=kind, language=language)
    expect(row.version, versions)
    tell(session, "message_template.removed", business, now=now, kind=kind, language=language)
    was = gone({"subject": row.subject, "text": row.text, "html": row.html})
    note(session, caller, "message_template.removed", business_id, _which(kind, language) | was, now=now)
    lineage.ends(session, business_id, _lineage(kind, language), row.version)
    session.delete(row)
    session.flush()


def preview(
    session: Session,
    business: Business,
    kind: str,
    locale: str,
    words: Wording | None,
    *,
    caller: Principal,
    now: datetime,
) -> Said:
    """Show a template (None: the one that is used) filled with made-up facts.

    Errors: MembersOnly, UnknownTemplate, UnknownLocale, TemplateFaulty.
    """
    require_member(caller, business.id)
    place = speech(locale)
    if place is None:
        raise UnknownLocale(locale=locale, languages=", ".join(LANGUAGES))
    if words is None:
        words = template(session, business.id, kind, place.language, caller=caller).wording
    _require_known(kind, place.language)
    _refuse_faults(words, within="/template")
    return _shown(business, kind, place, words, now, within="/template")


def _shown(business: Business, kind: str, place: Speech, words: Wording, now: datetime, *, within: str = "") -> Said:
    """Fill a template with made-up facts. Raises TemplateFaulty for one that makes too long a message of them."""
    try:
        return said(_made_up(business, kind, now), place, words)
    except TooLong as error:
        why = f"the message gets longer than {LONGEST} letters, at which mail programs cut it off"
        fault = Fault(error.line, why, "shorten it, or say fewer variables")
        raise TemplateFaulty(**fault._asdict()).at(f"{within}/{error.part}") from None


def _which(kind: str, language: str) -> dict[str, Pair | None]:
    """Return which template has changed, as the audit log tells it: a template has no id of its own."""
    return {"kind": (kind, kind), "language": (language, language)}


def _lineage(kind: str, language: str) -> str:
    return f"message_template/{kind}/{language}"


def _worded(row: MessageTemplate | None, kind: str, language: str) -> Worded:
    if row is None:
        return Worded(kind=kind, language=language, wording=wording(kind, language))
    words = Wording(subject=row.subject, text=row.text, html=row.html)
    return Worded(kind=kind, language=language, wording=words, version=row.version)


def _require_known(kind: str, language: str) -> None:
    if kind not in KINDS or language not in LANGUAGES:
        raise UnknownTemplate(kind=kind, language=language, kinds=", ".join(KINDS), languages=", ".join(LANGUAGES))


def _refuse_faults(words: Wording, *, within: str = "") -> None:
    """Refuse the first fault, by its place in a body that has the template *within*. Raises TemplateFaulty."""
    for name, source in asdict(words).items():
        fault = fault_of(source, NAMES) or (active_part_of(source) if name == "html" else None)
        if fault:
            raise TemplateFaulty(**fault._asdict()).at(f"{within}/{name}")


def _made_up(business: Business, kind: str, now: datetime) -> Facts:
    start = now.replace(hour=13, minute=0, second=0, microsecond=0) + timedelta(days=3)
    price = Money(450_000, business.currency)
    half = price.share(50)
    pays = kind == Notice.AWAITING_PAYMENT
    return Facts(
        notice=Notice.CONFIRMED if kind == STAFF else Notice(kind),
        business=business.name,
        audience=Audience.STAFF if kind == STAFF else Audience.CUSTOMER,
        customer="Ada Obi",
        **(CONTACT if kind == STAFF else {}),
        service="Haircut",
        starts_at=start,
        ends_at=start + timedelta(minutes=30),
        timezone=business.timezone,
        reference="bkg_01k5e2v8x3q7m9n4p6r0s2t4w6",
        with_whom=("Bola",),
        party=2,
        price=price,
        paid=half if pays else price,
        due=half,
        deadline=now + timedelta(minutes=15),
        refund=half,
        way="stripe",
        refunded=half if kind == Notice.REFUNDED else None,
        fee=half,
        old_start=start - timedelta(days=1),
        asked_start=start + timedelta(days=1),
        why="slot_taken",
        cancelled_by="customer",
        note="Please ring twice.",
        manage_url="https://example.com/manage",
        pay_url="https://example.com/pay",
        unsubscribe_url="https://example.com/unsubscribe" if kind in ASKED_FOR else "",
    )
