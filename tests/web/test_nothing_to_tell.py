"""Whether somebody has registered: not told by the words of an answer, nor by the work that is done for it."""

import runpy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock
from uuid import uuid4

import pytest
from conftest import Caller
from flask.testing import FlaskClient
from house import House
from werkzeug.test import TestResponse

from domain.accounts.rules import passwords
from tests.application import application
from tests.everything import Everything
from tests.statements import statements
from tests.writes import writes


@contextmanager
def hashing() -> Iterator[list[str]]:
    """Yield a list that fills with each time that a password is hashed or checked, which is what takes time."""
    done: list[str] = []
    real = passwords.HASHER

    class Counting:
        def hash(self, password: str) -> str:
            done.append("hash")
            return real.hash(password)

        def verify(self, known: str, password: str) -> bool:
            done.append("verify")
            return real.verify(known, password)

        check_needs_rehash = staticmethod(real.check_needs_rehash)

    with mock.patch.object(passwords, "HASHER", Counting()):
        yield done


def alike(one: Callable[[], TestResponse], other: Callable[[], TestResponse]) -> None:
    """Require two requests to be answered in the same words, after as many hashes, statements and writes."""
    seen = []
    for ask in (one, other):
        with hashing() as hashes, statements() as read, writes() as written:
            answer = ask()
        seen.append((*words(answer), hashes, len(read), len(written)))
    assert seen[0] == seen[1]


def words(answer: TestResponse) -> tuple[int, object, set[str]]:
    """Return what an answer says."""
    told = {**(answer.get_json(silent=True) or {}), "request_id": ""}
    return answer.status_code, told, {name for name, _ in answer.headers}


@pytest.fixture
def unknown() -> str:
    return f"nobody.{uuid4().hex}@example.com"


def test_signing_in_with_a_wrong_password(signed_in: Caller, address: str, unknown: str) -> None:
    def ask(email: str) -> TestResponse:
        return signed_in.client.post("/api/auth/login", json={"email": email, "password": "incorrect"})

    with hashing() as hashes:
        ask(unknown)
    assert hashes == ["verify"]
    alike(lambda: ask(address), lambda: ask(unknown))


def test_what_is_checked_for_nobody_takes_as_long_as_what_is_checked_for_somebody() -> None:
    everywhere_but_here = runpy.run_path(passwords.__file__)
    assert not everywhere_but_here["HASHER"].check_needs_rehash(everywhere_but_here["NOBODYS"])


def test_asking_for_another_password(signed_in: Caller, address: str, unknown: str) -> None:
    def ask(email: str) -> TestResponse:
        return signed_in.client.post("/api/auth/password/forgot", json={"email": email})

    alike(lambda: ask(address), lambda: ask(unknown))


def test_resetting_by_a_link_that_is_none(client: FlaskClient) -> None:
    def ask(token: str) -> TestResponse:
        return client.post("/api/auth/password/reset", json={"token": token, "password": "correct horse"})

    alike(lambda: ask("x"), lambda: ask("y" * 40))


def test_inviting_to_a_business(client: FlaskClient, unknown: str) -> None:
    house = House(client)
    known = house.user("stranger")["email"]
    place = f"/api/businesses/{house.business['id']}/invitations"
    seen = []
    for email in (known, unknown):
        with hashing() as hashes, writes() as written:
            answer = house.people["owner"].post(place, {"email": email, "role": "staff"})
        told = answer.get_json()
        assert told.pop("email") == email
        seen.append((answer.status_code, told.keys(), told["state"], hashes, len(written)))
    assert seen[0] == seen[1]


THEIRS = {
    "booking_id": "bookings",
    "payment_id": "payments",
    "notification_id": "notifications",
    "endpoint_id": "webhook-endpoints",
    "delivery_id": "webhook-deliveries",
    "key_id": "api-keys",
}


@pytest.fixture(scope="module")
def elsewhere() -> Everything:
    return Everything(application())


@pytest.mark.parametrize("name", THEIRS)
def test_an_id_of_nothing_and_one_of_somebody_elses(signed_in: Caller, elsewhere: Everything, name: str) -> None:
    theirs = elsewhere.ids[name][0]
    nothing = f"{theirs.partition('_')[0]}_01k5e2v8x3q7m9n4p6r0s2t4w6"
    told = words(signed_in.get(f"/api/{THEIRS[name]}/{theirs}"))
    assert told == words(signed_in.get(f"/api/{THEIRS[name]}/{nothing}"))
    assert told[0] == 404
    mine = elsewhere.app.test_client().get(f"/api/{THEIRS[name]}/{theirs}", headers=elsewhere.headers("owner"))
    assert mine.status_code == 200
