"""The newest rows of several ways to see them: each way is read by an index of its own, from its end."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, func, literal, select, true, union


def newest(
    key: Any,  # noqa: ANN401 - a mapped column
    ways: Sequence[ColumnElement[bool]],
    *,
    of: Any,  # noqa: ANN401 - likewise
    values: Collection[UUID],
    where: Sequence[ColumnElement[bool]],
    limit: int,
) -> Select[Any]:
    """Return a statement for ids that has the newest *limit* among them, by *key*, of what may be seen.

    That is what is so in one of *ways*, or has one of *values* in the column *of*, and is as *where* says. The values
    stand in the statement once: a user of five hundred businesses asks no longer question than one of a single one.
    """
    found = [_best(key, limit, way, *where) for way in ways]
    if values:
        each = func.unnest(literal([*values], ARRAY(Uuid))).table_valued("id", name="each").render_derived()
        best = _best(key, limit, of == each.c.id, *where).lateral()
        found.append(select(best.c.id).select_from(each).join(best, true()))
    seen = union(*(select(way.subquery().c.id) for way in found)).subquery()
    return select(seen.c.id)


def _best(key: Any, limit: int, *where: ColumnElement[bool]) -> Select[Any]:  # noqa: ANN401 - as above
    return select(key).where(*where).order_by(key.desc()).limit(limit)
