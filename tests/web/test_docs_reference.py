"""The reference says of every operation what the document says, and finds what one looks for."""

import json
import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from web.manual.operations import Reference
from web.manual.samples import command
from web.openapi import Api
from web.problems import PROBLEMS

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def reference(app: Api) -> Reference:
    return Reference(app.api_doc)


def operations(app: Api) -> list[tuple[str, str, dict[str, Any]]]:
    paths = app.api_doc["paths"].items()
    return [(path, method, each) for path, methods in paths for method, each in methods.items() if method in METHODS]


def test_every_operation_is_shown_with_a_form_that_asks_for_all_it_takes(client: FlaskClient, app: Api) -> None:
    for path, method, each in operations(app):
        page = client.get(f"/docs/api/{each['tags'][0]}").text
        _, opened, rest = page.partition(f'aria-labelledby="{each["operationId"]}"')
        part = rest.partition("</section>")[0]
        assert opened
        assert f'data-method="{method.upper()}" data-path="{path}"' in part
        assert ("data-public" in part) == (not each["security"])
        assert len(re.findall(r"<input [^>]*data-place", part)) == len(each["parameters"])
        assert ("<textarea" in part) == ("requestBody" in each)
        for name in re.findall(r"{(\w+)}", path):
            assert f'name="{name}" data-place="path"' in part


def test_every_code_of_an_operation_leads_to_its_page(reference: Reference, app: Api) -> None:
    shown = {each.id: {code for code, _ in each.problems} for each in reference.operations}
    for _, _, each in operations(app):
        told = " ".join(answer["description"] for status, answer in each["responses"].items() if status[0] in "45")
        assert shown[each["operationId"]] == set(re.findall(r"`(\w+)`: ", told))


def test_samples_hold_what_is_required(reference: Reference, app: Api) -> None:
    schemas = app.api_doc["components"]["schemas"]
    for path, method, each in operations(app):
        content = each.get("requestBody", {}).get("content", {}).get("application/json", {})
        named = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        body = next(known.body for known in reference.operations if known.id == each["operationId"])
        if body and named:
            lacking = [name for name in schemas[named].get("required", ()) if f'"{name}":' not in body.sample]
            assert lacking == [], (method, path)


def test_a_field_says_what_it_takes(reference: Reference) -> None:
    booking = next(each for each in reference.operations if each.id == "create_booking")
    assert booking.body
    fields = {each.name: each for each in booking.body.fields}
    assert fields["business_id"].is_required
    assert not fields["notes"].is_required
    assert fields["party"].facts == ["at least 1", "at most 10,000", "1 unless given"]
    assert "may be null" in fields["date"].facts
    assert [each.name for each in fields["customer"].within] == ["name", "email", "phone"]


def test_a_line_to_copy_is_a_whole_command(reference: Reference) -> None:
    booking = next(each for each in reference.operations if each.id == "create_booking")
    line = command(booking, "http://here")
    assert line.startswith('curl http://here/api/bookings \\\n  -H "Authorization: Bearer $TOKEN"')
    assert "-d '{" in line
    archived = next(each for each in reference.operations if each.method == "DELETE")
    assert command(archived, "http://here").startswith("curl -X DELETE http://here/")


def test_the_page_of_each_problem_says_what_it_looks_like_and_where_it_occurs(
    client: FlaskClient, reference: Reference
) -> None:
    calls = [each for each in reference.operations if each.path]
    for code, sort in PROBLEMS.items():
        page = client.get(f"/problems/{code}").text
        example = json.loads(unescape(re.sub("<[^>]+>", "", re.search("<pre.*?</pre>", page, re.DOTALL)[0])))  # type: ignore[index]
        assert (example["type"], example["code"], example["status"]) == (f"/problems/{code}", code, sort.status)
        assert f'href="/problems#{sort.status}"' in page
        places = [each for each in calls if code in dict(each.problems)]
        assert ("Any operation of" in page) == (places == calls)
        assert ("At no operation in particular" in page) == (not places)
        assert places == calls or all(f'href="{each.url}"' in page for each in places), code


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("slot_taken", "/problems/slot_taken"),
        ("receive webhooks", "/docs/how-to/receive-webhooks"),
        ("create booking", "/docs/api/bookings#create_booking"),
        ("DMARC", "/docs/how-to/set-up-mail"),
    ],
)
def test_search_finds_what_is_meant_first(client: FlaskClient, question: str, first: str) -> None:
    page = client.get("/docs/search", query_string={"q": question}).text
    hits = re.findall(r'<li>\s*<a href="([^"]+)"', page)
    assert hits[0].startswith(first)


def test_what_is_asked_for_is_text_to_the_page(client: FlaskClient) -> None:
    page = client.get("/docs/search", query_string={"q": '"><script>x</script>'}).text
    assert "<script>" not in page
    assert "Nothing has all the words" in client.get("/docs/search?q=qwertyuiop").text
    assert 'id="count" role="status"' in client.get("/docs/search").text
    marked = client.get("/docs/search?q=<b>").text
    assert "<b>" not in marked
