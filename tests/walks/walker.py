"""A walker: goes through every operation of the OpenAPI document, in a world where each of them can be done."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import update
from werkzeug.test import TestResponse

from config.transaction import transaction
from domain.accounts.tables import User
from tests.asking import BODIES, PATHS, QUERIES
from tests.everything import Everything
from web.app import create_app
from web.openapi import Api
from web.problems import MEDIA_TYPE

HARD = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@cache
def app() -> Api:
    """Return the application."""
    return create_app()


@cache
def operations() -> Mapping[str, dict[str, Any]]:
    """Return every operation of the document by `METHOD /path`."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in app().api_doc["paths"].items()
        for method, operation in methods.items()
    }


def is_public(name: str) -> bool:
    """Tell whether an operation asks nobody who they are."""
    return operations()[name].get("security") == []


def takes_a_body(name: str) -> bool:
    """Tell whether an operation takes a body."""
    return "requestBody" in operations()[name]


class Walker:
    """Asks for operations by name, each with ids, a query and a body by which its owner, an operator, can do it."""

    def __init__(self) -> None:
        self.world = Everything(app()).complete()
        owner = self.world.people["owner"].user_id
        with transaction() as session:
            session.execute(update(User).where(User.id == owner).values(is_operator=True))
        self.owner = self.world.headers("owner")
        self._bodies = {name: json.dumps(make(self.world)) for name, make in BODIES.items()}

    def path(self, name: str) -> str:
        """Return the address of an operation."""
        return self.world.path(name.partition(" ")[2], **(PATHS[name](self.world) if name in PATHS else {}))

    def query(self, name: str) -> dict[str, Any]:
        """Return the query that an operation needs."""
        return dict(QUERIES[name](self.world)) if name in QUERIES else {}

    def body(self, name: str) -> dict[str, Any]:
        """Return a body with which an operation can be done."""
        made: dict[str, Any] = json.loads(self._bodies[name])
        return made

    def ask(
        self,
        name: str,
        headers: Mapping[str, str | None] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        raw: bytes | None = None,
        content_type: str = "application/json",
    ) -> TestResponse:
        """Ask for an operation as the owner, or with other *headers*, more in the *query*, or another *raw* body."""
        sent = {"If-Match": "*"} | dict(self.owner if headers is None else headers)
        if raw is None and takes_a_body(name):
            raw = self._bodies[name].encode()
        return (
            app()
            .test_client()
            .open(
                self.path(name),
                method=name.partition(" ")[0],
                query_string=self.query(name) | dict(query or {}),
                data=raw,
                content_type=content_type if raw is not None else None,
                headers={each: value for each, value in sent.items() if value is not None},
            )
        )


@cache
def walker() -> Walker:
    """Return the walker of this process, in whose world nothing is ever done: it is asked for what is refused."""
    return Walker()


@cache
def doer() -> Walker:
    """Return another, who does what can be done again and again in one world."""
    return Walker()


def refused(answer: TestResponse, status: int, code: str) -> None:
    """Require an answer to be this problem, told as every problem is."""
    told = answer.get_json()
    assert (answer.status_code, told["code"]) == (status, code), told
    assert answer.content_type == MEDIA_TYPE
    assert told["request_id"] == answer.headers["X-Request-Id"]
    hardened(answer)


def hardened(answer: TestResponse) -> None:
    """Require the headers that keep browsers from doing anything with an answer, and none that opens it to others."""
    assert {name: answer.headers.get(name) for name in HARD} == HARD
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert [name for name, _ in answer.headers if name.startswith("Access-Control-")] == []
    assert "Set-Cookie" not in answer.headers


def objects(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON
    """Yield every object within a body, itself among them."""
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from objects(each)
