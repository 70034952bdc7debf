"""What webhooks said, for operators: to be looked at, and looked into once more."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.accounts.rules.errors import OperatorsOnly
from domain.kernel import audit
from domain.kernel.errors import NotFound
from domain.kernel.periods import Period
from domain.payments import queries
from domain.payments.queries import Heard
from domain.payments.service.hear import again
from domain.payments.tables import ProviderEvent


def all_heard(
    session: Session,
    made: Period,
    *,
    state: str | None,
    kind: str | None,
    caller: Principal,
    after: UUID | None,
    limit: int,
) -> Sequence[Heard]:
    """Return what was said, without its bodies, the newest first, before the id *after*. Errors: OperatorsOnly."""
    _refuse_unless_operator(caller)
    return queries.events(session, made, state=state, kind=kind, before=after, limit=limit)


def heard(session: Session, event_id: UUID, *, caller: Principal) -> Heard:
    """Return what was said, with its body. Errors: OperatorsOnly, NotFound."""
    _refuse_unless_operator(caller)
    event = queries.event_by_id(session, event_id)
    if event is None:
        raise NotFound(what="webhook")
    return Heard(event, queries.account(session, event.account_id))


def was_looked_into(event: ProviderEvent) -> bool:
    """Tell whether what was said has been looked into since it was last asked for."""
    return event.state != "new"


def is_looked_into(session: Session, event_id: UUID) -> bool:
    """Tell so of an event by its id; one that is not there any more will not be looked into."""
    event = queries.event_by_id(session, event_id)
    return event is None or was_looked_into(event)


def replay(session: Session, event_id: UUID, *, caller: Principal, now: datetime) -> Heard:
    """Have what was said looked into once more, whatever became of it. Errors: OperatorsOnly, NotFound."""
    heard(session, event_id, caller=caller)
    again(session, event_id, now=now)
    audit.record(session, caller.actor, "provider_event.replayed", event_id, now=now)
    return heard(session, event_id, caller=caller)


def _refuse_unless_operator(caller: Principal) -> None:
    if not caller.is_operator:
        raise OperatorsOnly
