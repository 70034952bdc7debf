"""The audit log of what is of no business: users read that of their account, and operators what operators did."""

from conftest import Caller, bearing
from flask import Flask
from house import code
from sqlalchemy import insert
from trail import LOG, a_key, actions, listed

from config.clock import clock
from config.transaction import transaction
from domain.kernel.ids import new_id
from domain.kernel.jobs import Job


def test_users_are_told_of_their_account_and_of_nobody_elses(signed_in: Caller, other: Caller, address: str) -> None:
    key = a_key(signed_in)
    signed_in.post(f"/api/api-keys/{key['id']}/rotate", {"grace_minutes": 0})
    signed_in.client.post("/api/auth/login", json={"email": address, "password": "correct horse"})
    told = listed(signed_in)
    assert actions(told) == ["session.started", "api_key.rotated", "api_key.created", "user.registered"]
    assert told[1]["changes"]["api_key_id"]["from"] == key["id"]
    assert actions(listed(other)) == ["user.registered"]
    assert code(other.get(f"{LOG}/{told[0]['id']}")) == "not_found"
    assert signed_in.get(f"{LOG}/{told[0]['id']}").status_code == 200


def test_a_key_is_not_told_of_the_account(signed_in: Caller) -> None:
    key = bearing(signed_in.client, a_key(signed_in)["key"])
    assert code(key.get(LOG)) == "session_required"
    assert code(key.get(f"{LOG}/{listed(signed_in)[0]['id']}")) == "not_found"


def test_a_session_whose_token_was_used_twice_is_told_to_have_been_ended_by_the_server(signed_in: Caller) -> None:
    first = signed_in.tokens["refresh_token"]
    second = refreshed(signed_in, first)
    refreshed(signed_in, second)
    assert refreshed(signed_in, first) == "refresh_token_reused"
    email = signed_in.tokens["user"]["email"]
    again = signed_in.client.post("/api/auth/login", json={"email": email, "password": "correct horse"}).get_json()
    (_, ended, *_) = listed(Caller(signed_in.client, again))
    assert (ended["action"], ended["through"]) == ("session.ended", {"kind": "system", "id": None})
    assert ended["changes"]["revoked_reason"]["to"] == "refresh_token_reused"


def test_operators_are_told_of_what_operators_did(app: Flask, signed_in: Caller, other: Caller) -> None:
    assert code(signed_in.get("/api/system/audit-entries")) == "operators_only"
    email = signed_in.tokens["user"]["email"]
    run = app.test_cli_runner().invoke
    run(args=["users", "operator", email])
    run(args=["users", "operator", email])
    run(args=["users", "plan", email, "paid"])
    job_id = a_dead_job()
    run(args=["jobs", "retry", str(job_id)])
    run(args=["keys", "revoke", a_key(other)["id"]])
    revoked, *told = signed_in.get("/api/system/audit-entries").get_json()["data"][:4]
    assert actions([revoked, *told]) == ["api_key.revoked", "job.retried", "account.plan_changed", "user.operator_made"]
    assert {each["through"]["kind"] for each in [revoked, *told]} == {"command"}
    assert told[0]["changes"]["job_ids"]["to"] == [job_id]
    assert told[1]["changes"]["plan"] == {"from": "free", "to": "paid", "is_withheld": False}
    assert actions(listed(signed_in))[:2] == ["account.plan_changed", "user.operator_made"]
    assert actions(listed(other)) == ["api_key.revoked", "api_key.created", "user.registered"]


def refreshed(caller: Caller, token: str) -> str:
    """Return the next refresh token, or the code of the refusal."""
    answer = caller.client.post("/api/auth/refresh", json={"refresh_token": token}).get_json()
    return str(answer.get("refresh_token") or answer["code"])


def a_dead_job() -> int:
    with transaction() as session:
        values = {"kind": "payments.close", "ref_id": new_id(), "state": "dead", "finished_at": clock()}
        due = {"run_at": clock(), "lease_until": clock(), "created_at": clock()}
        return session.scalars(insert(Job).values(**values, **due).returning(Job.id)).one()
