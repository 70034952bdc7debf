"""Looking at mailed links before they are used: what they are for, to who has them, and nothing to anybody else."""

from conftest import Caller
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from config.clock import clock
from config.transaction import transaction
from domain.accounts import service as accounts
from domain.accounts.rules import Purpose, Role
from domain.accounts.tables import AccountToken
from tests import letters
from tests.builders import a_shop

NOBODY = "nobody.at.all@example.com"


def refusal(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def opened(client: FlaskClient, token: str, purpose: str) -> TestResponse:
    return client.post("/api/auth/account-link", json={"token": token, "purpose": purpose})


def test_a_look_tells_what_a_link_is_for_and_uses_nothing_up(client: FlaskClient, signed_in: Caller) -> None:
    address = signed_in.tokens["user"]["email"]
    token = letters.forgotten(address)
    for _ in range(2):
        found = opened(client, token, "reset_password").get_json()
        assert (found["email"], found["purpose"], found["role"]) == (address, "reset_password", None)
    assert refusal(opened(client, token, "verify_email")) == (401, "link_invalid")
    assert (
        client.post("/api/auth/password/reset", json={"token": token, "password": "another horse"}).status_code == 204
    )
    assert refusal(opened(client, token, "reset_password")) == (401, "link_invalid")


def test_a_look_at_a_link_for_nobody_tells_nothing(client: FlaskClient) -> None:
    with transaction() as session:
        accounts.ask_for_reset(session, NOBODY, now=clock())
        row = session.scalars(select(AccountToken).where(AccountToken.email == NOBODY)).one()
    assert (
        refusal(opened(client, letters.written(row.id, Purpose.RESET_PASSWORD), "reset_password"))[1] == "link_invalid"
    )


def test_a_look_at_an_invitation_says_who_invites_whom_as_what(client: FlaskClient) -> None:
    shop = a_shop()
    letters.invited(shop.owner, shop.business.id, "new.look@example.com", Role.ADMIN)
    found = opened(client, letters.ticket(Purpose.INVITATION, "new.look@example.com"), "invitation").get_json()
    assert (found["business_name"], found["role"]) == (shop.business.name, "admin")
    assert (
        found["locale"],
        opened(client, letters.forgotten(shop.owner.email), "reset_password").get_json()["locale"],
    ) == (
        "en",
        None,
    )
    assert (found["email"], found["invited_by"]) == ("new.look@example.com", "Ada")
