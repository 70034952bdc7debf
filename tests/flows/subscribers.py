"""Subscribers: calendars that read feeds, with a parser that is not the one that wrote them."""

from typing import Any

import vobject
from werkzeug.test import TestResponse

from domain.kernel.ids import Kind, shown
from tests.builders import Shop
from tests.flows.desk import Desk


def read(answer: TestResponse) -> Any:  # noqa: ANN401 - the parser's own
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/calendar; charset=utf-8"
    return vobject.readOne(answer.text, validate=True)


def events(answer: TestResponse) -> list[Any]:
    return read(answer).contents.get("vevent", [])


def subscribed(at: Desk, **body: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    answer = at.post("/api/calendar-feeds", {"name": "Salon", **body})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.get_json()
    return made


def fetched(at: Desk, feed: dict[str, Any], **headers: str) -> TestResponse:
    """Read a feed as a calendar does, which is not signed in."""
    path = feed["url"].removeprefix("http://127.0.0.1:8000")
    assert path.startswith("/feeds/")
    return at.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def of_business(shop: Shop) -> dict[str, str]:
    return {"business_id": shown(Kind.BUSINESS, shop.business.id)}


def of_resource(shop: Shop, number: int = 0) -> dict[str, str]:
    return {"resource_id": shown(Kind.RESOURCE, shop.resource_ids[number])}
