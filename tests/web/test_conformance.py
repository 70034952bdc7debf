"""That every test's answers are held to the OpenAPI document: an application that breaks its word, and who notices."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Response
from flask.testing import FlaskClient

from tests.conformance import Held
from web.answers import Answer, View
from web.app import create_app
from web.auth import public
from web.moments import Instant
from web.openapi import Api, noun, operation
from web.parsing import Path
from web.problems import refused

promises = noun("promises", "Operations that answer as their caller wishes, whatever they have promised.")


class PromiseView(View):
    """What is promised."""

    version: int
    at: Instant


class PromisePath(Path):
    """What is to be answered instead."""

    what: str


KEPT = {"version": 1, "at": "2026-03-15T14:00:00+01:00"}
TAG = {"ETag": '"v1"'}
ANSWERS = {
    "kept": lambda: Answer(status=200, body=KEPT, headers=TAG).response(),
    "refused": lambda: refused("not_found", "There is none."),
    "type": lambda: Answer(status=200, body={**KEPT, "version": "1"}, headers=TAG).response(),
    "format": lambda: Answer(status=200, body={**KEPT, "at": "at two"}, headers=TAG).response(),
    "missing": lambda: Answer(status=200, body={"version": 1}, headers=TAG).response(),
    "more": lambda: Answer(status=200, body={**KEPT, "price": 1}, headers=TAG).response(),
    "status": lambda: Answer(status=201, body=KEPT, headers=TAG).response(),
    "status of a code": lambda: refused("email_taken", "Ada has it."),
    "code of a status": lambda: refused("invalid_cursor", "That is none of mine."),
    "content": lambda: Response("<p>2 pm</p>", 200, TAG, content_type="text/html"),
    "no content": lambda: Response(b"", 200, TAG, content_type="application/json"),
    "untagged": lambda: Answer(status=200, body=KEPT).response(),
    "header": lambda: Answer(status=200, body=KEPT, headers=TAG | {"X-Powered-By": "steam"}).response(),
    "tag": lambda: Answer(status=200, body=KEPT, headers={"ETag": '"v2"'}).response(),
}


@operation(promises.get, "/<what>", success={200: PromiseView})
@public
def break_promise(path: PromisePath) -> Response:
    """Answer as is asked for."""
    return ANSWERS[path.what]()


@pytest.fixture(scope="module")
def app() -> Api:
    made = create_app()
    made.register_api(promises)
    return made


def test_the_client_of_every_test_holds_answers_to_the_document(client: FlaskClient) -> None:
    assert isinstance(client, Held)


@pytest.mark.parametrize(("what", "status"), [("kept", 200), ("refused", 404)])
def test_what_was_promised_is_taken(client: FlaskClient, what: str, status: int) -> None:
    assert client.get(f"/api/promises/{what}").status_code == status
    assert client.head(f"/api/promises/{what}").status_code == status


@pytest.mark.parametrize(
    ("what", "status", "words"),
    [
        ("type", 200, 'at /version: "1" is not of type "integer"'),
        ("format", 200, 'at /at: "at two" is not a "date-time"'),
        ("missing", 200, 'at /: "at" is a required property'),
        ("more", 200, "at /: Additional properties are not allowed ('price' was unexpected)"),
        ("status", 201, "GET /api/promises/<what> documents no such answer"),
        ("status of a code", 409, "GET /api/promises/<what> documents no such answer"),
        ("code of a status", 400, "at /code: 'invalid_cursor' is not documented"),
        ("content", 200, "its content is text/html, not application/json"),
        ("no content", 200, "it has no content, not application/json"),
        ("untagged", 200, "the ETag of version 1 is missing"),
        ("tag", 200, 'the ETag of version 1 is "v2-'),
        ("header", 200, "the header X-Powered-By is not documented"),
    ],
)
def test_a_broken_promise_fails_the_test_and_says_where(
    client: FlaskClient, what: str, status: int, words: str
) -> None:
    with pytest.raises(AssertionError) as failure:
        client.get(f"/api/promises/{what}")
    assert str(failure.value).startswith(f"GET /api/promises/{what} answers {status}, but {words}")


@pytest.fixture
def after(app: Api, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Response], None]], None]:
    """Let the application do something more to each answer, when all else is done to it."""

    def also(spoil: Callable[[Response], None]) -> None:
        def done(response: Response) -> Response:
            spoil(response)
            return response

        monkeypatch.setattr(app, "after_request_funcs", {None: [done, *app.after_request_funcs[None]]})

    return also


@pytest.mark.parametrize("path", ["/api/promises/kept", "/api/nothing"])
def test_a_header_that_is_always_there_is_missed(client: FlaskClient, after: Any, path: str) -> None:  # noqa: ANN401
    after(lambda response: response.headers.remove("X-Request-Id"))
    with pytest.raises(AssertionError, match=f"GET {path} answers .*, but the header X-Request-Id is missing"):
        client.get(path)


def test_a_header_has_a_value_that_was_promised(client: FlaskClient, after: Any) -> None:  # noqa: ANN401
    after(lambda response: response.headers.set("X-RateLimit-Limit", "many"))
    with pytest.raises(AssertionError, match="answers 200, but the header X-RateLimit-Limit is 'many'"):
        client.get("/api/promises/kept")


def test_where_there_is_no_operation_the_refusal_is_a_problem_all_the_same(client: FlaskClient, after: Any) -> None:  # noqa: ANN401
    assert client.get("/api/nothing").status_code == 404
    assert client.delete("/api/promises/kept").status_code == 405
    after(lambda response: response.set_data(b'{"status": "404"}'))
    for ask in (client.get, client.delete):
        with pytest.raises(AssertionError, match='at /status: "404" is not of type "integer"'):
            ask("/api/nothing")
