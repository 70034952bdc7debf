"""Routes that only the tests have: each shows one manner of the web's spine."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid4

from flask import Response
from pydantic import Field
from sqlalchemy import insert, text

from config.transaction import Session, transaction
from domain.accounts.tables import Account
from domain.kernel.errors import InvalidTransition, StaleVersion
from web.answers import Answer, View, shown
from web.auth import public
from web.describing import IDEMPOTENCY_KEY, IF_MATCH, PREFER
from web.fields import BusinessId, Currency, Email, Line, Prose, Slug, Timezone, Whole
from web.idempotency import write
from web.moments import Instant, LocalDate, LocalTime
from web.openapi import noun, operation
from web.pagination import Listing, PageQuery, listed, position
from web.parsing import Path, Query, Schema
from web.problems import Refusal
from web.versions import expected_versions

probes = noun("probes", "Routes that only the tests have.")


class Colour(StrEnum):
    """One of few words."""

    RED = "red"


class Inner(Schema):
    """An object within one."""

    number: int


class Echo(Schema):
    """One field of each type."""

    not_accepted = {"price": "price_not_accepted"}  # noqa: RUF012

    count: int | None = None
    flag: bool | None = None
    line: Annotated[Line, Field(max_length=10)] | None = None
    prose: Prose | None = None
    slug: Slug | None = None
    email: Email | None = None
    currency: Currency | None = None
    timezone: Timezone | None = None
    day: LocalDate | None = None
    at: LocalTime | None = None
    instant: Instant | None = None
    business_id: BusinessId | None = None
    colour: Annotated[Colour | None, Field(strict=False)] = None
    inner: Inner | None = None
    items: list[Inner] = Field(default_factory=list)
    metadata: dict[str, str] | None = None


class EchoView(View):
    """What was read."""

    day: LocalDate | None
    at: LocalTime | None
    instant: Instant | None
    business_id: BusinessId | None
    email: str | None
    line: str | None


class EchoQueryView(View):
    """What was read of a query."""

    number: int
    colours: list[Colour]
    day: LocalDate | None


class EffectView(View):
    """What an effect has made."""

    id: UUID
    state: str


class EchoQuery(Query):
    """One parameter of each type."""

    number: Whole = 0
    colours: tuple[Colour, ...] = ()
    day: LocalDate | None = None
    timezone: Timezone | None = None


class ItemView(View):
    """One item of a list."""

    id: int
    version: int


class ItemsQuery(PageQuery):
    """A list with a filter."""

    even: Annotated[str | None, Field(max_length=5)] = None


class FailurePath(Path):
    """Which failure."""

    kind: str


class ItemPath(Path):
    """Which thing."""

    business_id: BusinessId


@operation(
    probes.post,
    "/echo",
    success={200: EchoView},
    problems=("not_found", "unknown_currency", "unknown_timezone"),
)
@public
def echo_body(body: Echo) -> Response:
    """Say the body again."""
    return shown(EchoView.model_validate(body, from_attributes=True)).response()


@operation(probes.get, "/echo", success={200: EchoQueryView}, problems=("unknown_timezone",))
@public
def echo_query(query: EchoQuery) -> Response:
    """Say the query again."""
    return shown(EchoQueryView(number=query.number, colours=list(query.colours), day=query.day)).response()


@operation(probes.get, "/things/<business_id>", success={204: None})
@public
def show_thing(path: ItemPath) -> Response:
    """Show nothing of a thing."""
    assert isinstance(path.business_id, UUID)
    return Response(status=204)


@operation(probes.get, "/items", success={200: Listing[ItemView]}, problems=("invalid_cursor",))
@public
def list_items(query: ItemsQuery) -> Response:
    """List forty-five items."""
    after = position(query)
    rows = [number for number in range(45) if not after or number > int(after[0])][: query.limit + 1]
    return listed(query, rows, view=lambda row: ItemView(id=row, version=1), key=lambda row: [row])


@operation(probes.get, "/other-items", success={200: Listing[ItemView]}, problems=("invalid_cursor",))
@public
def list_other_items(query: ItemsQuery) -> Response:
    """List nothing."""
    position(query)
    return listed(query, [], view=lambda row: row, key=lambda row: [row])


@operation(probes.get, "/failures/<kind>", success={204: None}, problems=("invalid_transition", "stale_version"))
@public
def fail(path: FailurePath) -> Response:
    """Fail in the way that is asked for."""
    failure = FAILURES[path.kind]()
    raise failure


def _sleep_long() -> Exception:
    with transaction() as session:
        session.execute(text("SET LOCAL statement_timeout = 20"))
        session.execute(text("SELECT pg_sleep(1)"))
    raise AssertionError("the statement was cut short")


FAILURES: dict[str, Callable[[], Exception]] = {
    "bug": lambda: RuntimeError("the secret is 42"),
    "transition": lambda: InvalidTransition(status="expired", wanted="confirmed", allowed={"cancelled"}),
    "stale": lambda: StaleVersion(version=7),
    "timeout": _sleep_long,
}


@operation(
    probes.post,
    "/effects",
    success={200: EffectView, 201: EffectView},
    problems=("conflict",),
    takes=(IDEMPOTENCY_KEY, PREFER),
)
def cause_effect(body: Inner) -> Response:
    """Have one effect: an account on a made-up id."""

    def work(session: Session) -> Answer:
        made = uuid4()
        session.execute(insert(Account).values(id=made, plan="paid"))
        session.execute(text("SELECT pg_sleep(0.05)"))
        if body.number < 0:
            raise Refusal("conflict")
        return Answer(
            status=201,
            body={"id": str(made), "state": "as it was made"},
            headers={"Location": f"/made/{made}"},
            object_id=made if body.number == 2 else None,
        )

    return write(work, show=lambda made: Answer(status=200, body={"id": str(made), "state": "as it is now"}))


@operation(probes.patch, "/versioned", success={204: None}, problems=("stale_version",), takes=(IF_MATCH,))
@public
def change_versioned() -> Response:
    """Change version 3."""
    wanted = expected_versions()
    if wanted is not None and 3 not in wanted:
        raise StaleVersion(version=3)
    return Response(status=204)
