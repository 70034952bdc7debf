"""Passwords cannot be guessed, from one place or from many, and their owner is not kept out."""

import secrets

import pytest
from conftest import Caller
from flask.testing import FlaskClient

from domain.accounts.rules.tokens import Purpose
from tests import letters
from tests.quotas import at, pass_time, set_limits, sign_in, somewhere

RIGHT = "correct horse"


def statuses(client: FlaskClient, email: str, places: list[str]) -> list[int]:
    return [sign_in(client, place, email).status_code for place in places]


@pytest.mark.parametrize("whose", ["theirs", "nobody's"])
def test_guesses_from_one_place_are_few_whether_or_not_somebody_has_registered(
    signed_in: Caller, address: str, whose: str
) -> None:
    email = address if whose == "theirs" else f"no.{address}"
    client, place = signed_in.client, somewhere()
    assert statuses(client, email, [place] * 12) == [401] * 10 + [429] * 2
    refused = sign_in(client, place, email.upper(), RIGHT)
    assert (refused.status_code, refused.get_json()["code"]) == (429, "rate_limited")
    assert refused.headers["RateLimit-Policy"] == '"sign_ins";q=10;w=900'


@pytest.mark.parametrize("letter", ["\u0130", "i\u0307"])
def test_an_address_in_other_letters_is_another_to_whoever_counts_and_to_whoever_looks_it_up(
    client: FlaskClient, letter: str
) -> None:
    email = f"kim.{secrets.token_hex(8)}@example.com"
    other = email.replace("i", letter, 1)
    for each in (email, other):
        body = {"email": each, "password": RIGHT + each[:3], "name": "Kim"}
        assert client.post("/api/auth/register", json=body).status_code == 201
    place = somewhere()
    assert statuses(client, email, [place] * 11) == [401] * 10 + [429]
    assert sign_in(client, place, other, RIGHT + email[:3]).status_code == 401
    assert sign_in(client, place, other, RIGHT + other[:3]).status_code == 200


def test_who_knows_the_password_gets_in_once_the_window_has_passed(signed_in: Caller, address: str) -> None:
    client, place = signed_in.client, somewhere()
    statuses(client, address, [place] * 10)
    pass_time(int(sign_in(client, place, address, RIGHT).headers["Retry-After"]))
    assert sign_in(client, place, address, RIGHT).status_code == 200
    assert statuses(client, address, [place] * 10) == [401] * 10  # success has cleared the count


def test_guesses_from_many_places_are_bounded_together(signed_in: Caller, address: str) -> None:
    client = signed_in.client
    assert statuses(client, address, [somewhere() for _ in range(52)]) == [401] * 50 + [429] * 2
    assert sign_in(client, somewhere(), address, RIGHT).status_code == 429


def test_whoever_waits_as_long_as_they_are_told_is_not_refused_by_another_count(
    signed_in: Caller, address: str
) -> None:
    client, place = signed_in.client, somewhere()
    statuses(client, address, [somewhere() for _ in range(40)])
    pass_time(1200)
    statuses(client, address, [place] * 10)  # the count of that place is full for 15 minutes, that of all for 40
    wait = int(sign_in(client, place, address, RIGHT).headers["Retry-After"])
    assert 2390 < wait <= 2400
    pass_time(wait)
    assert sign_in(client, place, address, RIGHT).status_code == 200


def test_the_count_of_a_place_is_told_where_it_is_full_for_longer(signed_in: Caller, address: str) -> None:
    client, place = signed_in.client, somewhere()
    statuses(client, address, [somewhere() for _ in range(40)])
    pass_time(3000)
    statuses(client, address, [place] * 10)  # that of all has places again in 10 minutes
    refused = sign_in(client, place, address, RIGHT)
    assert 890 < int(refused.headers["Retry-After"]) <= 900
    assert refused.headers["RateLimit-Policy"] == '"sign_ins";q=10;w=900'


def test_the_owner_gets_in_meanwhile_from_where_they_were_before(signed_in: Caller, address: str) -> None:
    client, home = signed_in.client, somewhere()
    assert sign_in(client, home, address, RIGHT).status_code == 200
    statuses(client, address, [somewhere() for _ in range(51)])
    assert sign_in(client, home, address, RIGHT).status_code == 200


def test_the_owner_gets_in_from_elsewhere_by_a_mailed_link(signed_in: Caller, address: str) -> None:
    client, hotel = signed_in.client, somewhere()
    statuses(client, address, [somewhere() for _ in range(51)])
    assert sign_in(client, hotel, address, RIGHT).status_code == 429
    client.post("/api/auth/password/forgot", json={"email": address})
    body = {"token": letters.ticket(Purpose.RESET_PASSWORD, address), "password": "another horse"}
    assert client.post("/api/auth/password/reset", json=body, environ_base=at(hotel)).status_code == 204
    assert sign_in(client, hotel, address, "another horse").status_code == 200


def test_a_stolen_session_does_not_let_one_guess_the_password(signed_in: Caller) -> None:
    body = {"current_password": "wrong horse", "new_password": "a quite different horse"}
    told = [signed_in.post("/api/auth/password", body).status_code for _ in range(11)]
    assert told == [401] * 10 + [429]


GUESSED = {
    "register": {"email": "a@example.com", "password": "short", "name": "Ada"},
    "login": {"email": "a@example.com", "password": "x"},
    "refresh": {"refresh_token": "x"},
    "token": {"api_key": "x"},
    "password/forgot": {"email": "not an address"},
    "password/reset": {"token": "x", "password": "a long enough one"},
    "email/verify": {"token": "x"},
    "invitations/accept": {"token": "x"},
    "invitations/register": {"token": "x", "password": "a long enough one", "name": "Ada"},
    "booking-link": {"token": "x"},
}


def test_whatever_could_be_guessed_is_counted_by_address(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    set_limits(monkeypatch, ratelimit_auth=len(GUESSED))
    place = at(somewhere())
    told = [client.post(f"/api/auth/{path}", json=body, environ_base=place) for path, body in GUESSED.items()]
    assert 429 not in {each.status_code for each in told}
    assert [int(each.headers["X-RateLimit-Remaining"]) for each in told] == list(range(len(GUESSED)))[::-1]
    refused = [client.post(f"/api/auth/{path}", json=body, environ_base=place) for path, body in GUESSED.items()]
    assert {each.status_code for each in refused} == {429}
