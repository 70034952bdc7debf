"""Answers: what a view returns, as data that can also be stored and replayed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response
from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """An object as callers see it."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    def dump(self) -> dict[str, Any]:
        """Return this as plain JSON values."""
        return self.model_dump(mode="json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status, a body and headers.

    *object_id* says whose present state a replay should show instead of the body. A body that *tells_secrets* is kept
    for a replay encrypted.
    """

    status: int
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    object_id: UUID | None = None
    tells_secrets: bool = False

    def response(self, **headers: str) -> Response:
        """Return this for Flask, with more *headers* (underscores stand for dashes)."""
        text = b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode() + b"\n"
        response = Response(text, self.status, self.headers, mimetype="application/json")
        if self.body is None:
            del response.headers["Content-Type"]
        response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
        return response


def shown(
    view: View, *, status: int = 200, headers: Mapping[str, str] | None = None, object_id: UUID | None = None
) -> Answer:
    """Answer with *view*; one that carries a version carries it as its ETag too, unless it is 0: nothing is kept yet.

    Of what is only accepted yet it is said when to look again.
    """
    body = view.dump()
    tag = {"ETag": etag(body["version"])} if body.get("version") else {}
    soon = {"Retry-After": "1"} if status == HTTPStatus.ACCEPTED else {}
    return Answer(status=status, body=body, headers={**tag, **soon, **(headers or {})}, object_id=object_id)


def told_once(view: View, *, status: int = 201, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer with *view*, whose secret nobody is told again but who repeats the request under its Idempotency-Key."""
    return replace(shown(view, status=status, headers=headers), tells_secrets=True)


def etag(version: int) -> str:
    """Return the strong ETag of a version."""
    return f'"v{version}"'
