"""Lists: pages that join without gaps, and cursors that cannot be made up or taken elsewhere."""

import pytest
from flask.testing import FlaskClient

ITEMS = "/api/probes/items"


def test_pages_join_without_gap_or_double(client: FlaskClient) -> None:
    seen: list[int] = []
    path = f"{ITEMS}?limit=20"
    for expected in (True, True, False):
        answer = client.get(path)
        page = answer.get_json()
        assert (page["object"], page["has_more"]) == ("list", expected)
        assert ("Link" in answer.headers) is expected
        seen += [item["id"] for item in page["data"]]
        if expected:
            path, _, rest = answer.headers["Link"].lstrip("<").partition(">")
            assert rest == '; rel="next"'
    assert seen == list(range(45))
    assert page["next_cursor"] is None


def test_twenty_are_returned_unless_asked_otherwise(client: FlaskClient) -> None:
    assert len(client.get(ITEMS).get_json()["data"]) == 20


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", ""])
def test_a_limit_is_from_one_to_a_hundred(client: FlaskClient, limit: str) -> None:
    assert client.get(f"{ITEMS}?limit={limit}").status_code == 422


@pytest.mark.parametrize("cursor", ["", "x", "WzIwXQ", "WzIwXQ.c2lnbmVk", "....", "é"])
def test_a_made_up_cursor_is_refused(client: FlaskClient, cursor: str) -> None:
    answer = client.get(ITEMS, query_string={"cursor": cursor})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "invalid_cursor")


def test_a_changed_cursor_is_refused(client: FlaskClient) -> None:
    cursor = client.get(ITEMS).get_json()["next_cursor"]
    payload, _, signature = cursor.partition(".")
    for forged in (f"{payload}A.{signature}", f"{payload}.{signature[:-1]}", payload, f".{signature}", cursor + "A"):
        assert client.get(ITEMS, query_string={"cursor": forged}).status_code == 400


def test_a_cursor_is_good_for_its_own_list_and_filters_only(client: FlaskClient) -> None:
    cursor = client.get(ITEMS).get_json()["next_cursor"]
    assert client.get(ITEMS, query_string={"cursor": cursor, "limit": 50}).status_code == 200
    assert client.get(ITEMS, query_string={"cursor": cursor, "even": "yes"}).status_code == 400
    assert client.get("/api/probes/other-items", query_string={"cursor": cursor}).status_code == 400


@pytest.mark.parametrize(
    ("match", "status"),
    [
        (None, 204),
        ('"v3"', 204),
        ("*", 204),
        ('"v2", "v3"', 204),
        ('"v2"', 412),
        ('W/"v3"', 412),
        ("v3", 412),
        ("", 412),
    ],
)
def test_if_match_names_the_version_that_is_changed(client: FlaskClient, match: str | None, status: int) -> None:
    headers = {} if match is None else {"If-Match": match}
    assert client.patch("/api/probes/versioned", headers=headers).status_code == status
