"""What users see and change of themselves: their sessions, their name, their password."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import Caller
from flask.testing import FlaskClient

PASSWORD = "correct horse"


@pytest.fixture
def phone(client: FlaskClient, signed_in: Caller, address: str) -> Caller:
    body = {"email": address, "password": PASSWORD}
    answer = client.post("/api/auth/login", json=body, headers={"User-Agent": "A phone"})
    assert signed_in.tokens["user"] == answer.get_json()["user"]
    return Caller(client, answer.get_json())


def works(caller: Caller) -> bool:
    """Tell whether somebody's access token and refresh token are both good."""
    read = caller.get("/api/auth/me").status_code == 200
    answer = caller.client.post("/api/auth/refresh", json={"refresh_token": caller.tokens["refresh_token"]})
    assert read == (answer.status_code == 200)
    caller.tokens = answer.get_json() if read else caller.tokens
    return read


def test_sessions_are_listed_with_the_present_one_marked(signed_in: Caller, phone: Caller) -> None:
    rows = phone.get("/api/auth/sessions").get_json()["data"]
    assert [(row["object"], row["current"]) for row in rows] == [("session", False), ("session", True)]
    assert rows[1]["user_agent"] == "A phone"
    assert rows[0]["created_at"] < rows[1]["created_at"] < rows[1]["expires_at"]
    assert [row["current"] for row in signed_in.get("/api/auth/sessions").get_json()["data"]] == [True, False]


def test_sessions_are_listed_page_by_page(signed_in: Caller, phone: Caller) -> None:
    first = signed_in.get("/api/auth/sessions?limit=1").get_json()
    second = signed_in.get(f"/api/auth/sessions?limit=1&cursor={first['next_cursor']}").get_json()
    assert works(phone)
    assert [row["current"] for page in (first, second) for row in page["data"]] == [True, False]
    assert not second["has_more"]


def test_one_session_is_ended_at_once_and_the_others_go_on(signed_in: Caller, phone: Caller) -> None:
    theirs = phone.get("/api/auth/sessions").get_json()["data"][1]["id"]
    assert signed_in.delete(f"/api/auth/sessions/{theirs}").status_code == 204
    assert not works(phone)
    assert works(signed_in)
    assert signed_in.delete(f"/api/auth/sessions/{theirs}").status_code == 404
    assert len(signed_in.get("/api/auth/sessions").get_json()["data"]) == 1


def test_a_session_of_somebody_else_cannot_be_seen_or_ended(signed_in: Caller, other: Caller) -> None:
    theirs = other.get("/api/auth/sessions").get_json()["data"][0]["id"]
    assert theirs not in str(signed_in.get("/api/auth/sessions").get_json())
    assert signed_in.delete(f"/api/auth/sessions/{theirs}").status_code == 404
    assert works(other)


def test_signing_out_everywhere_ends_every_session_of_this_user_only(
    signed_in: Caller, phone: Caller, other: Caller
) -> None:
    assert phone.post("/api/auth/logout-all", None).status_code == 204
    assert (works(signed_in), works(phone), works(other)) == (False, False, True)


def test_signing_out_everywhere_on_every_device_at_once_ends_well(signed_in: Caller, address: str) -> None:
    app = signed_in.client.application
    body = {"email": address, "password": PASSWORD}
    devices = [
        Caller(app.test_client(), signed_in.client.post("/api/auth/login", json=body).get_json()) for _ in "1234"
    ]
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda device: device.post("/api/auth/logout-all", None).status_code, devices)
    assert set(answers) <= {204, 401}
    assert not any(map(works, [*devices, signed_in]))


def test_a_user_may_change_their_name(signed_in: Caller) -> None:
    answer = signed_in.patch("/api/auth/me", {"name": "Ada Obi"})
    assert (answer.status_code, answer.get_json()["name"], answer.headers["ETag"]) == (200, "Ada Obi", '"v2"')
    assert signed_in.get("/api/auth/me").get_json() == answer.get_json()
    assert signed_in.patch("/api/auth/me", {"name": "Ada Obi"}).headers["ETag"] == '"v2"'


def test_a_change_of_another_version_is_refused(signed_in: Caller) -> None:
    assert signed_in.patch("/api/auth/me", {"name": "A"}, If_Match='"v1"').status_code == 200
    stale = signed_in.patch("/api/auth/me", {"name": "B"}, If_Match='"v1"')
    assert (stale.status_code, stale.get_json()["version"]) == (412, 2)
    assert signed_in.get("/api/auth/me").get_json()["name"] == "A"


@pytest.mark.parametrize("field", ["email", "plan", "is_operator", "id", "password_hash"])
def test_nothing_but_the_name_is_changed_so(signed_in: Caller, field: str) -> None:
    answer = signed_in.patch("/api/auth/me", {"name": "A", field: "paid"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "unknown_field")


def test_a_new_password_ends_every_other_session(client: FlaskClient, signed_in: Caller, phone: Caller) -> None:
    address = signed_in.tokens["user"]["email"]
    body = {"current_password": PASSWORD, "new_password": "battery staple"}
    assert signed_in.post("/api/auth/password", body).status_code == 204
    assert (works(signed_in), works(phone)) == (True, False)
    login = [client.post("/api/auth/login", json={"email": address, "password": each}) for each in body.values()]
    assert [answer.status_code for answer in login] == [401, 200]


def test_without_the_present_password_there_is_no_new_one(signed_in: Caller, phone: Caller) -> None:
    answer = phone.post("/api/auth/password", {"current_password": "incorrect", "new_password": "battery staple"})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "invalid_credentials")
    assert works(signed_in)
