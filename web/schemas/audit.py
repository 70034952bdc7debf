"""Shapes of the audit log."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from domain.bookings.queries.trail import Entry
from domain.kernel.actions import ACTIONS
from domain.kernel.actors import NAMED, Through
from domain.kernel.audit import Sought
from domain.kernel.ids import Kind, shown
from domain.kernel.outside import outside
from web.answers import View
from web.fields import ApiKeyId, AuditEntryId, BusinessId, OneOf, SubjectId, UserId
from web.moments import Instant
from web.pagination import DatedQuery, Listing
from web.parsing import Path

Action = Annotated[str, OneOf(frozenset(ACTIONS), "an action, such as service.updated")]


class EntryPath(Path):
    """Which entry."""

    audit_entry_id: AuditEntryId


class EntriesQuery(DatedQuery):
    """Which entries."""

    actor_id: Annotated[UserId | None, Field(description="Only what this user has done")] = None
    key_id: Annotated[ApiKeyId | None, Field(description="Only what was done with this API key")] = None
    subject_id: Annotated[SubjectId | None, Field(description="Only what was done to this")] = None
    action: Annotated[tuple[Action, ...], Field(description="Only these; may be repeated")] = ()

    def sought(self) -> Sought:
        """Return what entries are asked for."""
        actions = frozenset(self.action) or None
        if self.subject_id is not None:
            of_kind = {each for each, kind in ACTIONS.items() if kind is self.subject_id.kind}
            actions = frozenset(of_kind if actions is None else actions & of_kind)
        return Sought(
            actor_id=self.actor_id,
            key_id=self.key_id,
            subject_id=self.subject_id.value if self.subject_id else None,
            actions=actions,
            made=self.made(),
        )


class AuditQuery(EntriesQuery):
    """Whose entries, and which."""

    business_id: Annotated[
        BusinessId | None, Field(description="Of which business; left out: what was done to your own account")
    ] = None


class ThroughView(View):
    """What somebody came through who made a change."""

    kind: Annotated[
        Through,
        Field(
            description="`manage_link`: a guest, by the link of a booking; `mailed_link`: by a link in a mail about the "
            "account; `command`: an operator, on the server; `system`: the server by itself"
        ),
    ]
    id: Annotated[
        str | None,
        Field(
            description="Of the session, the API key, the booking whose link it is, or what the mailed link stands for",
            examples=["key_01k5e2v8x3q7m9n4p6r0s2t4w6"],
        ),
    ]


class AuditSubjectView(View):
    """What a change was made to."""

    kind: Annotated[str, Field(description="What it is", examples=["service"])]
    id: Annotated[str | None, Field(description="Its id", examples=["svc_01k5e2v8x3q7m9n4p6r0s2t4w6"])]


class ChangeView(View):
    """What one field was and has become."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    before: Annotated[Any, Field(alias="from", description="What it was; null: nothing, or it is withheld")]
    after: Annotated[Any, Field(alias="to", description="What it is; null: nothing, or it is withheld")]
    is_withheld: Annotated[bool, Field(description="It has changed, and that is all that is kept of it")]


class AuditEntryView(View):
    """One change: who made it, when, and through what."""

    id: AuditEntryId
    object: Literal["audit_entry"] = "audit_entry"
    business_id: Annotated[BusinessId | None, Field(description="Null: of an account, or of the installation")]
    action: Annotated[str, Field(description="What was done", examples=["service.updated"])]
    actor_id: Annotated[UserId | None, Field(description="By which user; null: by nobody who is known as one")]
    through: ThroughView
    subject: AuditSubjectView
    changes: Annotated[dict[str, ChangeView], Field(description="By field; of what was made, that which was given")]
    request_id: Annotated[str | None, Field(description="In which request, as its `X-Request-Id` told")]
    created_at: Instant

    @classmethod
    def of(cls, entry: Entry) -> "AuditEntryView":
        """Show an entry."""
        return cls(
            id=entry.id,
            business_id=entry.business_id,
            action=entry.action,
            actor_id=entry.actor_id,
            through=_through(entry),
            subject=_subject(entry),
            changes={name: _change(name, pair) for name, pair in entry.changes.items()},
            request_id=entry.request_id,
            created_at=entry.created_at,
        )


AuditEntryList = Listing[AuditEntryView]


def _through(entry: Entry) -> ThroughView:
    through = Through(entry.through)
    return ThroughView(kind=through, id=shown(NAMED[through], entry.through_id) if entry.through_id else None)


def _subject(entry: Entry) -> AuditSubjectView:
    kind: Kind = ACTIONS[entry.action]
    return AuditSubjectView(kind=kind.name.lower(), id=shown(kind, entry.subject_id) if entry.subject_id else None)


def _change(name: str, pair: list[Any] | None) -> ChangeView:
    if pair is None:
        return ChangeView(before=None, after=None, is_withheld=True)
    before, after = outside(name, pair)
    return ChangeView(before=before, after=after, is_withheld=False)
