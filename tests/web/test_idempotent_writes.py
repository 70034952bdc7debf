"""Idempotency keys: one effect, one answer, whoever else is at it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from conftest import Caller
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from config.transaction import transaction
from domain.accounts.tables import Account
from web.answers import Answer
from web.deciding import told
from web.idempotency import Done
from web.openapi import Api

EFFECTS = "/api/probes/effects"


def effects() -> int:
    with transaction() as session:
        return session.scalars(select(func.count()).select_from(Account)).one()


def caused(caller: Caller, key: str, number: int = 1) -> TestResponse:
    return caller.post(EFFECTS, {"number": number}, Idempotency_Key=key)


def test_a_hundred_at_once_with_one_key_have_one_effect(app: Api, signed_in: Caller) -> None:
    key, before, start = str(uuid4()), effects(), Barrier(100)

    def attempt(_: int) -> TestResponse:
        mine = Caller(app.test_client(), signed_in.tokens)
        start.wait()
        return caused(mine, key)

    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(attempt, range(100)))
    assert effects() == before + 1
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses.keys() <= {201, 409}
    assert len({answer.get_json()["id"] for answer in answers if answer.status_code == 201}) == 1
    fresh = [each for each in answers if each.status_code == 201 and "Idempotency-Replayed" not in each.headers]
    assert len(fresh) == 1
    assert all(each.headers["Retry-After"] == "1" for each in answers if each.status_code == 409)


def test_without_a_key_each_request_has_its_effect(signed_in: Caller) -> None:
    before = effects()
    assert [signed_in.post(EFFECTS, {"number": 1}).status_code for _ in range(3)] == [201] * 3
    assert effects() == before + 3


def test_a_replay_is_the_stored_answer_and_says_so(signed_in: Caller) -> None:
    first, second = caused(signed_in, "k"), caused(signed_in, "k")
    assert second.get_json() == first.get_json()
    assert (second.status_code, second.headers["Location"]) == (201, first.headers["Location"])
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"


def test_a_replay_of_an_object_shows_its_present_state(signed_in: Caller) -> None:
    first, second = caused(signed_in, "k", number=2), caused(signed_in, "k", number=2)
    assert UUID(first.get_json()["id"])
    assert second.get_json() == {"id": first.get_json()["id"], "state": "as it is now"}
    assert second.headers["Idempotency-Replayed"] == "true"


def test_a_key_stands_for_one_body(signed_in: Caller) -> None:
    assert caused(signed_in, "k", number=1).status_code == 201
    answer = caused(signed_in, "k", number=3)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency_key_reused")


def test_a_key_is_its_callers_own(app: Api, signed_in: Caller) -> None:
    body = {"email": f"bo.{uuid4().hex}@example.com", "password": "correct horse", "name": "Bo"}
    other = Caller(app.test_client(), app.test_client().post("/api/auth/register", json=body).get_json())
    assert caused(signed_in, "k").get_json() != caused(other, "k").get_json()


def test_a_refusal_is_not_stored(signed_in: Caller) -> None:
    assert caused(signed_in, "k", number=-1).status_code == 409
    again = caused(signed_in, "k", number=-1)
    assert again.status_code == 409
    assert "Idempotency-Replayed" not in again.headers
    assert signed_in.post(EFFECTS, {"number": "x"}, Idempotency_Key="k").status_code == 422
    assert caused(signed_in, "k").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 256, "tab\t"])
def test_a_key_is_one_to_255_visible_characters(signed_in: Caller, key: str) -> None:
    answer = caused(signed_in, key)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "invalid_idempotency_key")


def test_what_was_kept_of_nothing_that_can_be_looked_up_is_told_as_it_was(app: Api) -> None:
    """So it was kept by versions in which fewer things were told as they stand by then."""

    def outcome(object_id: UUID, /, *, decided: bool) -> Answer:
        raise AssertionError(object_id, decided)

    kept = Answer(status=202, body={"state": "due"})
    with app.test_request_context(headers={"Prefer": "wait=5"}):
        answer = told(Done(kept, replayed=True), outcome)
    assert (answer.status_code, answer.get_json()) == (202, {"state": "due"})
    assert answer.headers["Idempotency-Replayed"] == "true"
