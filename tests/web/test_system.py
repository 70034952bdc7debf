"""What operators look at, and nobody else."""

from conftest import Caller
from sqlalchemy import update

from config.transaction import transaction
from domain.accounts.tables import User
from domain.kernel.ids import Kind, parsed

PATH = "/api/system/invariants"


def test_who_is_no_operator_is_refused(signed_in: Caller) -> None:
    answer = signed_in.get(PATH)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "operators_only")


def test_an_operator_reads_every_check(signed_in: Caller) -> None:
    mine = parsed(Kind.USER, signed_in.get("/api/auth/me").get_json()["id"])
    with transaction() as session:
        session.execute(update(User).where(User.id == mine).values(is_operator=True))
    answer = signed_in.get(PATH)
    body = answer.get_json()

    assert (answer.status_code, body["object"]) == (200, "invariants")
    assert body["holds"] == all(check["count"] == 0 for check in body["checks"])
    assert {"one_place_one_booking", "no_dead_jobs"} <= {check["name"] for check in body["checks"]}
    assert [notice["name"] for notice in body["notices"]] == ["seats_since_capacity_was_lowered"]
    assert body["checked_at"].endswith("Z")
