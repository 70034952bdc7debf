"""The audit log in the database: written with the change or not at all, never changed, and deleted once it is old."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from config.clock import clock
from config.transaction import Session, transaction
from domain.bookings.tables import Move
from domain.catalog import service as catalog
from domain.kernel import audit
from domain.kernel.actors import OPERATOR, SYSTEM, Through
from domain.kernel.audit import AuditEntry
from tests.builders import Shop, a_booking, a_reschedule, a_shop, decide, weekday
from tests.statements import statements
from workers.maintenance import audit_purged

YEAR = timedelta(days=401)


def entries(subject_id: UUID) -> Sequence[AuditEntry]:
    with transaction() as session:
        return session.scalars(
            select(AuditEntry).where(AuditEntry.subject_id == subject_id).order_by(AuditEntry.id)
        ).all()


def written(at: datetime) -> UUID:
    """Write an entry of that time; return what it is about."""
    subject_id = uuid4()
    with transaction() as session:
        audit.record(session, SYSTEM, "service.updated", subject_id, business_id=uuid4(), now=at)
    return subject_id


def renamed(session: Session, shop: Shop, name: str) -> None:
    catalog.change_service(session, shop.service.id, {"name": name}, caller=shop.owner, now=clock())


def undone(shop: Shop) -> None:
    with transaction() as session:
        renamed(session, shop, "Shave")
        session.flush()
        raise RuntimeError


def test_a_change_and_its_entry_are_committed_together() -> None:
    shop = a_shop()
    with transaction() as session:
        renamed(session, shop, "Shave")
    last = entries(shop.service.id)[-1]
    assert (last.action, last.changes) == ("service.updated", {"name": ["Cut", "Shave"]})
    assert (last.actor_id, last.through, last.through_id) == (
        shop.owner.user_id,
        Through.SESSION,
        shop.owner.session_id,
    )
    assert (last.business_id, last.account_id) == (shop.business.id, None)


def test_a_change_that_is_rolled_back_leaves_no_entry() -> None:
    shop = a_shop()
    before = len(entries(shop.service.id))
    with pytest.raises(RuntimeError):
        undone(shop)
    assert len(entries(shop.service.id)) == before


def test_a_change_that_changes_nothing_leaves_no_entry() -> None:
    shop = a_shop()
    before = len(entries(shop.service.id))
    with transaction() as session:
        renamed(session, shop, shop.service.name)
    assert len(entries(shop.service.id)) == before


def test_a_change_costs_one_statement_more() -> None:
    shop = a_shop()
    with statements() as seen, transaction() as session:
        renamed(session, shop, "Shave")
    assert len([each for each in seen if "audit_entries" in each]) == 1


def test_what_happens_to_bookings_costs_none_and_is_told_by_their_history() -> None:
    shop = a_shop()
    with statements() as seen:
        booking = a_booking(shop, weekday())
        decide(shop)
        a_reschedule(booking, weekday(ahead=8), by=shop.owner)
        decide(shop)
    assert not [each for each in seen if "audit_entries" in each]
    with transaction() as session:
        lines = session.scalars(select(Move).where(Move.booking_id == booking.id).order_by(Move.version)).all()
    told = [(each.reason, each.through, each.business_id) for each in lines if each.entry_id]
    assert told == [(None, "session", shop.business.id), ("reschedule_requested", "session", shop.business.id)]
    assert [each.reason for each in lines if not each.entry_id] == [None, "rescheduled"]


def test_an_action_that_is_not_listed_is_a_mistake() -> None:
    with pytest.raises(KeyError), transaction() as session:
        audit.record(session, OPERATOR, "service.painted", uuid4(), now=clock())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET actor_id = NULL",
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries",
        "SET LOCAL aionbooking.purging = 'audit_entries'; DELETE FROM audit_entries",
    ],
)
def test_the_database_refuses_to_change_what_was_written(statement: str) -> None:
    subject_id = written(clock())
    with pytest.raises(IntegrityError, match="never changed"), transaction() as session:
        session.execute(text(statement))
    assert len(entries(subject_id)) == 1


def test_not_even_an_old_one_is_deleted_by_anybody_but_the_purge() -> None:
    subject_id = written(clock() - YEAR)
    with pytest.raises(IntegrityError, match="never changed"), transaction() as session:
        session.execute(text("DELETE FROM audit_entries WHERE subject_id = :id"), {"id": subject_id})
    assert len(entries(subject_id)) == 1


def test_what_is_older_than_the_setting_is_purged_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    old, young = [written(clock() - YEAR) for _ in range(3)], written(clock() - timedelta(days=399))
    monkeypatch.setattr(audit, "PURGED", 2)
    batches = 0
    more = True
    while more:
        with transaction() as session:
            before = session.scalars(select(func.count()).select_from(AuditEntry)).one()
            more = audit_purged(session, now=clock())
            assert before - session.scalars(select(func.count()).select_from(AuditEntry)).one() <= 2
        batches += 1
    assert batches >= 2
    assert not any(entries(each) for each in old)
    assert len(entries(young)) == 1
