"""Every object of the document that has a version: tagged when it is read, known again, and changed only as it was read."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.walks.walker import app, doer, operations, refused, walker
from tests.writes import writes

TAG = re.compile(r'"v[1-9][0-9]*-[0-9a-f]{16}"')
REQUIRED = {
    "PATCH /api/services/{service_id}",
    "DELETE /api/services/{service_id}",
    "PUT /api/businesses/{slug}/schedule",
    "PUT /api/resources/{resource_id}/schedule",
    "DELETE /api/resources/{resource_id}/schedule",
}
"""What is not changed by whoever does not say which version they mean."""
UNVERSIONED = {
    "DELETE /api/auth/sessions/{session_id}": "it can only be ended",
    "DELETE /api/api-keys/{key_id}": "it can only be rotated and revoked",
    "DELETE /api/calendar-feeds/{feed_id}": "it can only be rotated and ended",
    "DELETE /api/businesses/{slug}/invitations/{invitation_id}": "it can only be taken back",
    "PUT /api/bookings/{booking_id}/reminders": "it says what the customer wants, whatever they wanted before",
    "DELETE /api/bookings/{booking_id}/manage-link": "it ends every link that there is",
}


def taken(name: str) -> set[str]:
    return {each["$ref"].rpartition("/")[2] for each in operations()[name]["parameters"] if "$ref" in each}


def shape(name: str) -> Mapping[str, Any]:
    """Return the schema of what an operation answers when all goes well, or nothing."""
    for status, answer in operations()[name]["responses"].items():
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        if status < "300" and "$ref" in schema:
            found: Mapping[str, Any] = app().api_doc["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            return found
    return {}


def is_versioned(name: str) -> bool:
    return "version" in shape(name).get("properties", {})


READ = sorted(name for name in operations() if name.startswith("GET") and is_versioned(name))
CHANGED = sorted(name for name in operations() if name.startswith(("PUT", "PATCH", "DELETE")))


@pytest.mark.parametrize("name", sorted(operations()))
def test_what_has_a_version_says_so_in_its_headers_and_can_be_read_again(name: str) -> None:
    own = [answer for status, answer in operations()[name]["responses"].items() if status < "300"]
    tagged = all("ETag" in answer["headers"] for answer in own if answer.get("content"))
    assert not is_versioned(name) or tagged
    assert ("IfChanged" in taken(name)) == ("304" in operations()[name]["responses"])
    assert "IfChanged" in taken(name) or not (name.startswith("GET") and tagged and own[0].get("content"))


@pytest.mark.parametrize("name", READ)
def test_what_has_not_changed_is_not_sent_again(name: str) -> None:
    first = walker().ask(name)
    tag = first.headers["ETag"]
    assert TAG.fullmatch(tag)
    assert tag.startswith(f'"v{first.get_json()["version"]}-')
    for known in (tag, f"W/{tag}", f'"x", {tag}', f'{tag}, "v9"'):
        again = walker().ask(name, walker().owner | {"If-None-Match": known})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
        assert "Content-Type" not in again.headers
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    version = tag.partition("-")[0] + '"'
    for other in (version, f'{tag[:-2]}g"', tag.strip('"'), "*", ""):
        assert walker().ask(name, walker().owner | {"If-None-Match": other}).status_code == 200


@pytest.mark.parametrize("name", CHANGED)
def test_what_has_a_version_is_changed_only_as_it_was_read(name: str) -> None:
    if name in UNVERSIONED:
        assert "IfMatch" not in taken(name)
        return
    assert "IfMatch" in taken(name)
    assert ("428" in operations()[name]["responses"]) == (name in REQUIRED)
    walker()
    with writes() as written:
        for stale in ('"v999"', '"v999-0123456789abcdef"', 'W/"v1"', "nonsense"):
            refused(walker().ask(name, walker().owner | {"If-Match": stale}), 412, "stale_version")
    assert written == []


@pytest.mark.parametrize("name", [each for each in CHANGED if f"GET {each.partition(' ')[2]}" in READ])
def test_the_tag_of_what_was_read_is_good_for_changing_it(name: str) -> None:
    if name.startswith("DELETE"):
        return  # what another test still asks for; that a stale one is refused is shown above
    walk = doer()
    read = walk.ask(f"GET {name.partition(' ')[2]}").headers["ETag"]
    answer = walk.ask(name, walk.owner | {"If-Match": read})
    assert answer.status_code < 300, answer.get_json()
    assert answer.headers["ETag"] == f'"v{answer.get_json()["version"]}"'


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_who_does_not_say_which_version_they_mean_is_asked_to(name: str) -> None:
    walker()
    with writes() as written:
        answer = walker().ask(name, walker().owner | {"If-Match": None})
    refused(answer, 428, "precondition_required")
    assert written == []
