"""The newest of several ways to see rows: as if all were read and sorted, and one short statement however many ways."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, Select

from config.clock import clock
from config.transaction import transaction
from domain.kernel.ids import new_id
from domain.kernel.newest import newest
from domain.notifications.tables import Notification
from tests.builders import a_shop


def test_the_newest_are_found_whichever_way_they_are_seen() -> None:
    shops = [a_shop().business.id for _ in range(3)]
    rows = [told(shop, name) for _ in range(4) for shop in shops for name in ("x", "y")]
    mine = {row.id for row in rows if row.business_id in shops[:2] or row.name == "y"}
    for limit in (1, 5, 100):
        with transaction() as session:
            found = session.scalars(seen(shops[:2], Notification.name == "y", shops=shops, limit=limit)).all()
        assert sorted(found, reverse=True)[:limit] == sorted(mine, reverse=True)[:limit]
        assert len(found) == len(set(found)) <= 3 * limit


@pytest.mark.parametrize("values", [0, 1, 500])
def test_nothing_is_found_of_what_nobody_may_see(values: int) -> None:
    shop = a_shop().business.id
    told(shop, "x")
    with transaction() as session:
        assert not session.scalars(
            seen([new_id() for _ in range(values)], Notification.name == "nobody", shops=[shop], limit=9)
        ).all()


def test_however_many_values_the_statement_is_as_long() -> None:
    lengths = {
        len(str(seen([new_id() for _ in range(count)], Notification.name == "y", limit=9))) for count in (1, 500)
    }
    assert len(lengths) == 1


def seen(
    values: list[UUID], way: ColumnElement[bool], *, limit: int, shops: list[UUID] | None = None
) -> Select[tuple[UUID]]:
    where = [Notification.business_id.in_(shops or [])]
    return newest(Notification.id, [way], of=Notification.business_id, values=values, where=where, limit=limit)


def told(business_id: UUID, name: str) -> Notification:
    """Make a message that is told to nobody: it was skipped."""
    row = Notification(
        id=new_id(),
        business_id=business_id,
        kind="invitation",
        channel="email",
        audience="user",
        address="a@example.com",
        name=name,
        sequence=0,
        state="skipped",
        skip_reason="too_late",
        due_at=clock() - timedelta(days=1),
        created_at=clock(),
    )
    with transaction() as session:
        session.add(row)
    return row
