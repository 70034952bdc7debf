"""Pagination: keyset pages with signed cursors, each good for one list under one set of filters."""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, Literal, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, request
from itsdangerous import BadData
from pydantic import Field

from config.signing import signer
from domain.kernel.periods import Period
from web.answers import Answer, View
from web.fields import DIGITS
from web.moments import Instant
from web.parsing import Query
from web.problems import Fault, Refusal

Row = TypeVar("Row")
Item = TypeVar("Item", bound=View)
Position = Sequence[str | int]

LONGEST = 1000


class PageQuery(Query):
    """What every list takes; its filters are the fields of a descendant."""

    limit: Annotated[int, Field(ge=1, le=100, description="How many to return"), DIGITS] = 20
    cursor: Annotated[str | None, Field(max_length=LONGEST, description="`next_cursor` of the previous page")] = None


class DatedQuery(PageQuery):
    """What a list of what happens takes, too."""

    created_from: Annotated[Instant | None, Field(description="Made then or later")] = None
    created_to: Annotated[Instant | None, Field(description="Made before then")] = None

    def made(self) -> Period:
        """Return when what is asked for was made."""
        return Period(self.created_from, self.created_to)


class Listing(View, Generic[Item]):
    """One page of a list."""

    object: Literal["list"] = "list"
    data: list[Item]
    has_more: bool
    next_cursor: str | None

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Name the page after what it lists."""
        return f"{params[0].__name__}List"


def position(query: PageQuery) -> Position | None:
    """Return where the page begins (after this position), or None for the first page. Refuses a foreign cursor."""
    if query.cursor is None:
        return None
    found = opened(query.cursor, _binding(query))
    if found is None:
        detail = "The cursor is not one of this list, or the filters are not those it was made under."
        raise Refusal("invalid_cursor", detail, errors=[Fault("?cursor", "invalid_cursor", detail)])
    return found


def sealed(place: Position, binding: str) -> str:
    """Return *place* as an opaque cursor that is good under *binding* only."""
    return _text(signer("cursor").dumps([binding, *place]))


def opened(cursor: str, binding: str) -> Position | None:
    """Return the place that a cursor was made of, or None when it is none of ours or was made under another binding."""
    found: list[str | int]
    try:
        # What is read may be inflated first: a cursor's length is bounded, and one with a bad signature is not read.
        bound, *found = signer("cursor").loads(cursor)
    except (BadData, ValueError, TypeError):
        return None
    return found if bound == binding else None


def after(query: PageQuery) -> UUID | None:
    """Return the id after which a page of rows in order of their ids begins, or None for the first page."""
    found = position(query)
    return UUID(str(found[0])) if found else None


def listed(
    query: PageQuery, rows: Sequence[Row], *, view: Callable[[Row], View], key: Callable[[Row], Position]
) -> Response:
    """Answer with a page of *rows*, read up to one beyond the limit, ordered by *key* (text and integers)."""
    page = rows[: query.limit]
    more = len(rows) > query.limit
    cursor = sealed(key(page[-1]), _binding(query)) if more else None
    body = {
        "object": "list",
        "data": [view(row).dump() for row in page],
        "has_more": more,
        "next_cursor": cursor,
    }
    return Answer(status=200, body=body, headers=next_link("cursor", cursor) if cursor else {}).response()


def next_link(parameter: str, cursor: str) -> dict[str, str]:
    """Return the header that gives this request's address again, with *parameter* at *cursor*."""
    parameters = request.args.to_dict(flat=False) | {parameter: [cursor]}
    return {"Link": f'<{request.path}?{urlencode(parameters, doseq=True)}>; rel="next"'}


def _binding(query: PageQuery) -> str:
    filters = query.model_dump(mode="json", exclude={"limit", "cursor"})
    name = json.dumps([request.path, filters], sort_keys=True)
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _text(signed: str | bytes) -> str:
    return signed if isinstance(signed, str) else signed.decode()
