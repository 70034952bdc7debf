"""Bodies, queries and paths: what is read, and how what is wrong is named."""

import json
from io import BytesIO
from string import ascii_letters
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from web.parsing import SUGGESTED
from web.problems import MOST_FAULTS

JSON = "application/json"


def posted(client: FlaskClient, **body: object) -> TestResponse:
    return client.post("/api/probes/echo", json=body)


def fault(answer: TestResponse) -> tuple[int, str, str]:
    document = answer.get_json()
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, document["code"], document["errors"][0]["pointer"]


def test_moments_are_written_as_they_were_read(client: FlaskClient) -> None:
    answer = posted(client, day="2026-03-15", at="14:00", instant="2026-03-15T14:00:00+01:00")
    document = answer.get_json()
    assert (document["day"], document["at"]) == ("2026-03-15", "14:00")
    assert document["instant"] == "2026-03-15T14:00:00+01:00"


def test_text_is_trimmed_and_addresses_are_normal(client: FlaskClient) -> None:
    document = posted(client, line="  hair  ", email=" Ada@EXAMPLE.com ").get_json()
    assert (document["line"], document["email"]) == ("hair", "Ada@example.com")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"nmae": 1}, "/nmae", "unknown_field"),
        ({"inner": {"number": 1, "more": 2}}, "/inner/more", "unknown_field"),
        ({"a/b~c": 1}, "/a~1b~0c", "unknown_field"),
        ({"price": 100}, "/price", "price_not_accepted"),
        ({"count": "1"}, "/count", "invalid"),
        ({"count": 1.0}, "/count", "invalid"),
        ({"count": True}, "/count", "invalid"),
        ({"flag": 1}, "/flag", "invalid"),
        ({"line": 5}, "/line", "invalid"),
        ({"line": "   "}, "/line", "invalid"),
        ({"line": "elevenchars"}, "/line", "invalid"),
        ({"line": "two\nlines"}, "/line", "invalid"),
        ({"line": "tab\there"}, "/line", "invalid"),
        ({"prose": "bell\x07"}, "/prose", "invalid"),
        ({"slug": "Hair Cut"}, "/slug", "invalid"),
        ({"slug": "hair-\n"}, "/slug", "invalid"),
        ({"email": "ada"}, "/email", "invalid"),
        ({"email": "ada@localhost"}, "/email", "invalid"),
        ({"email": "ada@inner"}, "/email", "invalid"),
        ({"email": f"{'a' * 65}@example.com"}, "/email", "invalid"),
        ({"currency": "ngn"}, "/currency", "unknown_currency"),
        ({"currency": "XXX"}, "/currency", "unknown_currency"),
        ({"timezone": "localtime"}, "/timezone", "unknown_timezone"),
        ({"timezone": "../../etc/passwd"}, "/timezone", "unknown_timezone"),
        ({"timezone": "africa/lagos"}, "/timezone", "unknown_timezone"),
        ({"day": "2026-02-30"}, "/day", "invalid"),
        ({"day": "2026-W11-7"}, "/day", "invalid"),
        ({"day": "20260315"}, "/day", "invalid"),
        ({"day": "٢٠٢٦-03-15"}, "/day", "invalid"),
        ({"day": "2026-03-15\n"}, "/day", "invalid"),
        ({"day": "1969-12-31"}, "/day", "invalid"),
        ({"day": "2201-01-01"}, "/day", "invalid"),
        ({"day": 20260315}, "/day", "invalid"),
        ({"at": "24:00"}, "/at", "invalid"),
        ({"at": "9:00"}, "/at", "invalid"),
        ({"at": "09:00:00"}, "/at", "invalid"),
        ({"instant": "2026-03-15T14:00:00"}, "/instant", "invalid"),
        ({"instant": "2026-03-15T14:00Z"}, "/instant", "invalid"),
        ({"instant": "2026-W11-7T14:00:00Z"}, "/instant", "invalid"),
        ({"instant": "2026-03-15 14:00:00Z"}, "/instant", "invalid"),
        ({"instant": "2026-03-15T14:00:60Z"}, "/instant", "invalid"),
        ({"instant": "2026-03-15T14:00:00+24:00"}, "/instant", "invalid"),
        ({"instant": "0001-01-01T00:00:00+23:00"}, "/instant", "invalid"),
        ({"instant": "2201-01-01T00:00:00Z"}, "/instant", "invalid"),
        ({"instant": "1970-01-01T00:30:00+01:00"}, "/instant", "invalid"),
        ({"business_id": 5}, "/business_id", "invalid"),
        ({"colour": "blue"}, "/colour", "invalid"),
        ({"items": [{"number": 1}, {}]}, "/items/1/number", "invalid"),
        ({"metadata": {"a": 1}}, "/metadata/a", "invalid"),
    ],
)
def test_a_wrong_field_is_named_by_its_pointer(
    client: FlaskClient, body: dict[str, Any], pointer: str, code: str
) -> None:
    assert fault(posted(client, **body)) == (422, code, pointer)


@pytest.mark.parametrize("instant", ["2026-03-15t14:00:00z", "2026-03-15T14:00:00.123456789-00:00"])
def test_every_spelling_of_rfc3339_is_read(client: FlaskClient, instant: str) -> None:
    assert posted(client, instant=instant).status_code == 200


@pytest.mark.parametrize(
    "given",
    ["biz_", "bkg_01k5e2v8x3q7m9n4p6r0s2t4w6", "biz_01K5E2V8X3Q7M9N4P6R0S2T4W6", "biz_81k5e2v8x3q7m9n4p6r0s2t4w6", ""],
)
def test_an_id_that_cannot_be_one_is_not_found_wherever_it_is_sent(client: FlaskClient, given: str) -> None:
    assert posted(client, business_id=given).status_code == 404
    assert client.get(f"/api/probes/things/{given}").status_code == 404


def test_an_id_comes_back_as_it_went_in(client: FlaskClient) -> None:
    given = "biz_01k5e2v8x3q7m9n4p6r0s2t4w6"
    assert posted(client, business_id=given).get_json()["business_id"] == given


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/json; charset=latin-1"]
)
def test_a_body_of_another_type_is_415(client: FlaskClient, content_type: str) -> None:
    answer = client.post("/api/probes/echo", data=b"{}", content_type=content_type)
    assert (answer.status_code, answer.get_json()["code"]) == (415, "unsupported_media_type")


def test_sixty_four_kilobytes_are_read_and_one_byte_more_is_413(client: FlaskClient) -> None:
    def padded(size: int) -> bytes:
        return b"{" + b" " * (size - 2) + b"}"

    assert client.post("/api/probes/echo", data=padded(65536), content_type=JSON).status_code == 200
    answer = client.post("/api/probes/echo", data=padded(65537), content_type=JSON)
    assert (answer.status_code, answer.get_json()["code"]) == (413, "body_too_large")


def test_a_chunked_body_is_bounded_and_never_cut(client: FlaskClient) -> None:
    def sent(raw: bytes) -> TestResponse:
        environ = {"wsgi.input": BytesIO(raw), "wsgi.input_terminated": True, "CONTENT_TYPE": JSON}
        return client.post("/api/probes/echo", environ_overrides=environ)

    assert sent(b"{}").status_code == 200
    assert sent(b"{}" + b" " * 65534).status_code == 200
    assert sent(b"{}" + b" " * 65535).status_code == 413
    assert sent(b"{}" + b" " * 500_000).status_code == 413


@pytest.mark.parametrize("raw", [b"[" * 60_000, b"[]", b"", b'{"a": NaN}', b'{"a": 1, "a": 1}', b'"text"'])
def test_malformed_json_is_400(client: FlaskClient, raw: bytes) -> None:
    answer = client.post("/api/probes/echo", data=raw, content_type=JSON)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "malformed_json")


def test_every_wrong_field_is_listed_and_no_value_is_repeated(client: FlaskClient) -> None:
    answer = posted(client, count="swordfish", flag="swordfish")
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["/count", "/flag"]
    assert "swordfish" not in answer.text


@pytest.mark.parametrize(
    ("query", "status", "code", "pointer"),
    [
        ("limitt=5", 400, "unknown_parameter", "?limitt"),
        ("number=1&number=2", 400, "repeated_parameter", "?number"),
        ("number=one", 422, "invalid", "?number"),
        ("number=1_0", 422, "invalid", "?number"),
        ("number=+1", 422, "invalid", "?number"),
        ("number=1.0", 422, "invalid", "?number"),
        ("number=" + "9" * 4000, 422, "invalid", "?number"),
        ("colours=red&colours=blue", 422, "invalid", "?colours"),
        ("day=2026-02-30", 422, "invalid", "?day"),
        ("timezone=Nowhere", 422, "unknown_timezone", "?timezone"),
    ],
)
def test_a_wrong_parameter_is_named(client: FlaskClient, query: str, status: int, code: str, pointer: str) -> None:
    assert fault(client.get(f"/api/probes/echo?{query}")) == (status, code, pointer)


def test_a_tuple_may_be_repeated(client: FlaskClient) -> None:
    answer = client.get("/api/probes/echo?number=7&colours=red&colours=red")
    assert answer.get_json() == {"number": 7, "colours": ["red", "red"], "day": None}


def test_a_route_without_parameters_takes_none(client: FlaskClient) -> None:
    answer = client.post("/api/probes/echo?verbose=1", json={})
    assert (answer.status_code, json.loads(answer.data)["code"]) == (400, "unknown_parameter")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"cuont": 1}, "There is no field of that name. Did you mean count?"),
        ({"inner": {"number": 1, "nubmer": 2}}, "There is no field of that name. Did you mean number?"),
        ({"items": [{"number": 1, "nubmer": 2}]}, "There is no field of that name. Did you mean number?"),
        ({"metadata": {"a": 1}}, "Input should be a valid string."),
        ({"zzz": 1}, "There is no field of that name."),
        ({"inner": []}, "Input should be an object."),
        ({"items": {}}, "Input should be an array."),
        ({"items": None}, "Input should be an array."),
    ],
)
def test_what_is_wrong_is_told_in_words_of_json_with_what_may_be_meant(
    client: FlaskClient, body: dict[str, Any], detail: str
) -> None:
    assert posted(client, **body).get_json()["errors"][0]["detail"] == detail


def test_what_parameter_may_be_meant_is_told(client: FlaskClient) -> None:
    document = client.get("/api/probes/echo?nmuber=1").get_json()
    assert document["detail"] == "There is no query parameter nmuber. Did you mean number?"
    assert document["errors"][0]["pointer"] == "?nmuber"


def test_of_thousands_of_unknown_fields_few_are_suggested_for(client: FlaskClient) -> None:
    document = posted(
        client, **{f"count{one}{other}": 1 for one in ascii_letters for other in ascii_letters}
    ).get_json()
    assert sum("Did you mean" in each["detail"] for each in document["errors"]) == SUGGESTED


def test_of_thousands_of_unknown_parameters_few_are_suggested_for(client: FlaskClient) -> None:
    query = "&".join(f"numbe{one}{other}" for one in ascii_letters for other in ascii_letters)
    document = client.get(f"/api/probes/echo?{query}").get_json()
    assert sum("Did you mean number?" in each["detail"] for each in document["errors"]) == SUGGESTED


def test_an_answer_lists_a_hundred_faults_and_says_how_many_more_there_are(client: FlaskClient) -> None:
    def told(count: int) -> tuple[int, str]:
        document = posted(client, **{f"zz{number}": 1 for number in range(count)}).get_json()
        return len(document["errors"]), document["detail"].partition("name.")[2]

    assert [told(MOST_FAULTS + more) for more in (-1, 0, 1, 2)] == [
        (MOST_FAULTS - 1, ""),
        (MOST_FAULTS, ""),
        (MOST_FAULTS, " There is 1 fault more than `errors` lists."),
        (MOST_FAULTS, " There are 2 faults more than `errors` lists."),
    ]
