"""API keys: told once, good on every route, and dead at once when they end."""

from datetime import timedelta

import jwt
import pytest
from conftest import Caller, bearing
from flask.testing import FlaskClient
from keys import KEYS, ME, good, made, rotated, row_of, token_for
from sqlalchemy import select, update

from config import sealing
from config.clock import clock
from config.settings import Settings, settings
from config.transaction import transaction
from domain.accounts.tables import ApiKey
from domain.kernel.idempotency import IdempotencyKey
from domain.kernel.ids import Kind, parsed
from tests.builders import prove
from web.user_commands import users
from workers import maintenance

OURS = settings().jwt_secret_key.get_secret_value()


def test_a_key_is_told_once_and_only_its_hash_is_kept(signed_in: Caller) -> None:
    key = made(signed_in)
    told, secret = key.pop("key"), key["id"] + "_"
    assert told.startswith(secret)
    assert len(told.removeprefix(secret)) == 43
    assert (key["object"], key["name"], key["plan"]) == ("api_key", "Till", "free")
    assert (key["last_used_at"], key["expires_at"]) == (None, None)
    assert signed_in.get(f"{KEYS}/{key['id']}").get_json() == key
    assert signed_in.get(KEYS).get_json()["data"] == [key]
    kept = {name: value for name, value in vars(row_of(key)).items() if name != "_sa_instance_state"}
    assert told.removeprefix(secret) not in str(kept)


def test_a_key_is_the_bearer_on_every_route_as_its_user(client: FlaskClient, signed_in: Caller) -> None:
    program = bearing(client, made(signed_in)["key"])
    assert program.get(ME).get_json() == signed_in.get(ME).get_json()
    business = program.post("/api/businesses", {"name": "Salon", "timezone": "Africa/Lagos", "currency": "NGN"})
    assert business.status_code == 201
    assert signed_in.get(f"/api/businesses/{business.get_json()['id']}/members").status_code == 200


def test_a_key_buys_an_access_token_without_a_refresh_token(client: FlaskClient, signed_in: Caller) -> None:
    key = made(signed_in)
    answer = token_for(client, key["key"])
    tokens = answer.get_json()
    assert answer.status_code == 200
    assert tokens.keys() == {"access_token", "token_type", "expires_in", "user"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 86400)
    assert tokens["user"] | {"memberships": []} == signed_in.get(ME).get_json()
    assert jwt.decode(tokens["access_token"], options={"verify_signature": False})["sid"] == key["id"]
    assert good(client, tokens["access_token"])


def test_a_revoked_key_and_its_tokens_are_dead_at_once(client: FlaskClient, signed_in: Caller) -> None:
    key, spare = made(signed_in), made(signed_in)
    token = token_for(client, key["key"]).get_json()["access_token"]
    assert signed_in.delete(f"{KEYS}/{key['id']}").status_code == 204
    assert not good(client, key["key"])
    assert not good(client, token)
    assert good(client, spare["key"])
    assert token_for(client, key["key"]).get_json()["code"] == "api_key_invalid"
    assert [row["id"] for row in signed_in.get(KEYS).get_json()["data"]] == [spare["id"]]
    assert signed_in.delete(f"{KEYS}/{key['id']}").status_code == 404
    assert rotated(signed_in, key).status_code == 404


def test_a_rotated_key_ends_at_once_and_leaves_its_bucket(client: FlaskClient, signed_in: Caller) -> None:
    old = made(signed_in)
    token = token_for(client, old["key"]).get_json()["access_token"]
    answer = rotated(signed_in, old)
    new = answer.get_json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{KEYS}/{new['id']}")
    assert (good(client, old["key"]), good(client, token), good(client, new["key"])) == (False, False, True)
    assert new["name"] == "Till"
    assert row_of(new).bucket_id == row_of(old).bucket_id == row_of(old).id
    assert rotated(signed_in, rotated(signed_in, new).get_json()).status_code == 201


def test_a_rotated_key_works_on_for_its_grace_and_no_longer(client: FlaskClient, signed_in: Caller) -> None:
    old = made(signed_in)
    new = rotated(signed_in, old, grace_minutes=60).get_json()
    token = token_for(client, old["key"]).get_json()["access_token"]
    assert good(client, old["key"])
    assert good(client, new["key"])
    assert rotated(signed_in, old).get_json()["code"] == "api_key_rotated"
    ends = row_of(old).expires_at
    assert ends
    assert timedelta(minutes=59) < ends - clock() <= timedelta(minutes=60)
    with transaction() as session:
        session.execute(update(ApiKey).where(ApiKey.id == row_of(old).id).values(expires_at=clock()))
    assert (good(client, old["key"]), good(client, token), good(client, new["key"])) == (False, False, True)
    assert [row["id"] for row in signed_in.get(KEYS).get_json()["data"]] == [new["id"]]


@pytest.mark.parametrize(("minutes", "status"), [(-1, 422), (0, 201), (1440, 201), (1441, 422), (True, 422)])
def test_a_grace_is_a_day_at_most(signed_in: Caller, minutes: int, status: int) -> None:
    assert rotated(signed_in, made(signed_in), grace_minutes=minutes).status_code == status


def test_an_account_has_five_active_keys_and_rotated_ones_do_not_count(signed_in: Caller) -> None:
    keys = [made(signed_in) for _ in range(5)]
    assert signed_in.post(KEYS, {"name": "Sixth"}).get_json()["code"] == "too_many_api_keys"
    assert rotated(signed_in, keys[0], grace_minutes=5).status_code == 201
    assert signed_in.post(KEYS, {"name": "Sixth"}).status_code == 409
    assert signed_in.delete(f"{KEYS}/{keys[1]['id']}").status_code == 204
    assert signed_in.post(KEYS, {"name": "Sixth"}).status_code == 201


def test_a_line_of_keys_has_one_in_its_grace_however_often_it_is_rotated(
    client: FlaskClient, signed_in: Caller
) -> None:
    stranger = made(signed_in)
    assert rotated(signed_in, stranger, grace_minutes=1440).status_code == 201
    line = [made(signed_in)]
    for _ in range(3):
        line.append(rotated(signed_in, line[-1], grace_minutes=1440).get_json())
    assert [good(client, each["key"]) for each in line] == [False, False, True, True]
    assert rotated(signed_in, line[-1]).status_code == 201
    assert not any(good(client, each["key"]) for each in line)
    assert good(client, stranger["key"])


def test_keys_of_somebody_else_are_nowhere(signed_in: Caller, other: Caller) -> None:
    theirs = made(other)
    assert signed_in.get(KEYS).get_json()["data"] == []
    assert signed_in.get(f"{KEYS}/{theirs['id']}").status_code == 404
    assert rotated(signed_in, theirs).status_code == 404
    assert signed_in.delete(f"{KEYS}/{theirs['id']}").status_code == 404
    assert good(other.client, theirs["key"])


def test_a_key_cannot_do_what_its_thief_would_begin_with(client: FlaskClient, signed_in: Caller) -> None:
    key = made(signed_in)
    password = {"current_password": "correct horse", "new_password": "battery staple"}
    session_id = signed_in.get("/api/auth/sessions").get_json()["data"][0]["id"]
    for token in (key["key"], token_for(client, key["key"]).get_json()["access_token"]):
        thief = bearing(client, token)
        answers = [
            thief.post(KEYS, {"name": "Mine"}),
            rotated(thief, key),
            thief.delete(f"{KEYS}/{key['id']}"),
            thief.get(KEYS),
            thief.get(f"{KEYS}/{key['id']}"),
            thief.post("/api/auth/logout", None),
            thief.post("/api/auth/logout-all", None),
            thief.post("/api/auth/password", password),
            thief.get("/api/auth/sessions"),
            thief.delete(f"/api/auth/sessions/{session_id}"),
        ]
        assert {(each.status_code, each.get_json()["code"]) for each in answers} == {(403, "session_required")}
    assert good(client, key["key"])
    assert signed_in.get(ME).status_code == 200


def test_a_key_lets_in_nobody_but_staff(client: FlaskClient, signed_in: Caller, other: Caller) -> None:
    business = signed_in.post("/api/businesses", {"name": "Salon", "timezone": "Africa/Lagos", "currency": "NGN"})
    place = f"/api/businesses/{business.get_json()['id']}"
    friend = other.get(ME).get_json()
    prove(friend["email"])
    thief = bearing(client, made(signed_in)["key"])
    for role in ("owner", "admin"):
        for path in ("members", "invitations"):
            told = thief.post(f"{place}/{path}", {"email": friend["email"], "role": role})
            assert (told.status_code, told.get_json()["code"]) == (403, "session_required")
    assert thief.post(f"{place}/members", {"email": friend["email"], "role": "staff"}).status_code == 201
    assert thief.patch(f"{place}/members/{friend['id']}", {"role": "admin"}).get_json()["code"] == "session_required"
    assert thief.post(f"{place}/invitations", {"email": "bo@example.com", "role": "staff"}).status_code == 201
    assert signed_in.patch(f"{place}/members/{friend['id']}", {"role": "owner"}).status_code == 200


def test_signing_out_everywhere_leaves_keys_alone(client: FlaskClient, signed_in: Caller) -> None:
    key = made(signed_in)
    signed_in.post("/api/auth/logout-all", None)
    assert good(client, key["key"])


def test_a_key_is_told_again_under_an_idempotency_key_and_kept_for_that_encrypted(
    signed_in: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (signed_in.post(KEYS, {"name": "Till"}, Idempotency_Key="k").get_json() for _ in range(2))
    assert first == second
    with transaction() as session:
        rows = session.scalars(select(IdempotencyKey)).all()
    kept = [(row.body, row.headers, bytes(row.sealed or b"")) for row in rows if row.sealed]
    assert kept
    assert first["key"].removeprefix(f"{first['id']}_") not in repr(kept)

    changed = Settings(secret_key="another secret, which opens nothing of before", previous_secret_keys=())
    monkeypatch.setattr(sealing, "settings", lambda: changed)
    lost = signed_in.post(KEYS, {"name": "Till"}, Idempotency_Key="k")
    assert (lost.status_code, lost.get_json()["code"]) == (422, "idempotency_key_reused")


def test_idempotency_keys_are_shared_by_a_line_of_keys_and_its_tokens(client: FlaskClient, signed_in: Caller) -> None:
    def effect(token: str) -> str:
        return str(bearing(client, token).post("/api/probes/effects", {"number": 1}, Idempotency_Key="k").get_json())

    old, stranger = made(signed_in), made(signed_in)
    token = token_for(client, old["key"]).get_json()["access_token"]
    new = rotated(signed_in, old, grace_minutes=5).get_json()
    assert effect(old["key"]) == effect(token) == effect(new["key"])
    assert len({effect(old["key"]), effect(stranger["key"]), effect(signed_in.tokens["access_token"])}) == 3


def test_the_plan_is_the_accounts(signed_in: Caller) -> None:
    runner = signed_in.client.application.test_cli_runner()
    runner.invoke(users, ["plan", signed_in.tokens["user"]["email"], "paid"])
    assert made(signed_in)["plan"] == "paid"


def test_revoking_a_key_ends_the_one_that_it_replaced(signed_in: Caller) -> None:
    old = made(signed_in)
    new = rotated(signed_in, old, grace_minutes=1440).get_json()

    assert signed_in.client.delete(f"/api/api-keys/{new['id']}", headers=signed_in.headers).status_code == 204

    assert signed_in.get("/api/api-keys").get_json()["data"] == []


def test_keys_that_ended_a_month_ago_are_purged_and_no_others(client: FlaskClient, signed_in: Caller) -> None:
    revoked, graced, lately, good_one = (made(signed_in) for _ in range(4))
    long_ago, month = clock() - timedelta(days=31), timedelta(days=30)
    ends = {
        revoked["id"]: {"revoked_at": long_ago},
        graced["id"]: {"expires_at": long_ago},
        lately["id"]: {"revoked_at": clock() - month + timedelta(hours=1)},
    }
    with transaction() as session:
        for key_id, values in ends.items():
            session.execute(update(ApiKey).where(ApiKey.id == parsed(Kind.API_KEY, key_id)).values(values))

    maintenance.purge()

    with transaction() as session:
        mine = {parsed(Kind.API_KEY, key["id"]) for key in (revoked, graced, lately, good_one)}
        left = set(session.scalars(select(ApiKey.id).where(ApiKey.id.in_(mine))))
    assert left == {parsed(Kind.API_KEY, key["id"]) for key in (lately, good_one)}
    assert good(client, good_one["key"])
