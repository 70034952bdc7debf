"""What mailed links do: choose another password, prove an address; each once, for a while, and telling nothing to others."""

import secrets
from datetime import timedelta

import pytest
from conftest import Caller
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import Purpose
from domain.accounts.tables import AccountToken, User
from domain.kernel.events import Event
from tests import letters
from tests.statements import statements
from workers import maintenance

OLD, NEW = "correct horse", "a quite different horse"


def forget(client: FlaskClient, address: str) -> TestResponse:
    return client.post("/api/auth/password/forgot", json={"email": address})


def reset(client: FlaskClient, token: str, password: str = NEW) -> TestResponse:
    return client.post("/api/auth/password/reset", json={"token": token, "password": password})


def verify(client: FlaskClient, token: str) -> TestResponse:
    return client.post("/api/auth/email/verify", json={"token": token})


def login(client: FlaskClient, address: str, password: str) -> int:
    return client.post("/api/auth/login", json={"email": address, "password": password}).status_code


def refusal(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def written(address: str, purpose: Purpose) -> int:
    with transaction() as session:
        theirs = (func.lower(AccountToken.email) == address.lower(), AccountToken.purpose == purpose.value)
        return session.scalars(select(func.count()).select_from(AccountToken).where(*theirs)).one()


def aged(address: str, by: timedelta) -> None:
    """Let the tokens of an address be older than they are."""
    with transaction() as session:
        session.execute(
            update(AccountToken)
            .where(func.lower(AccountToken.email) == address.lower())
            .values(created_at=AccountToken.created_at - by, expires_at=AccountToken.expires_at - by)
        )


def test_a_forgotten_password_is_replaced_and_every_session_ends(signed_in: Caller, address: str) -> None:
    client = signed_in.client
    assert forget(client, address).status_code == 202

    assert reset(client, letters.ticket(Purpose.RESET_PASSWORD, address)).status_code == 204

    assert signed_in.get("/api/auth/me").status_code == 401
    refreshed = client.post("/api/auth/refresh", json={"refresh_token": signed_in.tokens["refresh_token"]})
    assert refusal(refreshed) == (401, "refresh_token_invalid")
    assert (login(client, address, OLD), login(client, address, NEW)) == (401, 200)


def test_asking_answers_and_does_the_same_for_an_address_that_nobody_has(signed_in: Caller, address: str) -> None:
    client, nobody = signed_in.client, f"no.{address}"
    told = []
    for each in (address, nobody):
        with statements() as asked:
            answer = forget(client, each)
        headers = {name: value for name, value in answer.headers if name != "X-Request-Id" and "RateLimit" not in name}
        told.append((answer.status_code, answer.data, headers, asked))
        assert written(each, Purpose.RESET_PASSWORD) == 1
    assert told[0] == told[1]
    assert told[0][:2] == (202, b"")
    assert letters.letter(Purpose.RESET_PASSWORD, nobody) is None


def test_it_does_the_same_once_the_address_has_been_asked_for_too_often(signed_in: Caller, address: str) -> None:
    client, nobody = signed_in.client, f"no.{address}"
    for each in (address, nobody):
        assert {forget(client, each).status_code for _ in range(7)} == {202}
        assert written(each, Purpose.RESET_PASSWORD) == 5
    aged(address, timedelta(minutes=61))
    forget(client, address.upper())
    assert written(address, Purpose.RESET_PASSWORD) == 6


@pytest.mark.parametrize(
    ("wanted", "locale"),
    [("ar-EG, en;q=0.5", "ar"), ("de, en;q=0.5", "en"), ("de", None), ("\u0639", None), (None, None)],
)
def test_links_are_mailed_in_the_language_that_is_preferred(
    client: FlaskClient, wanted: str | None, locale: str | None
) -> None:
    headers = {"Accept-Language": wanted} if wanted else {}
    email = f"{secrets.token_hex(8)}@example.com"
    body = {"email": email, "password": OLD, "name": "Ada"}
    tokens = client.post("/api/auth/register", json=body, headers=headers).get_json()
    client.post("/api/auth/password/forgot", json={"email": email}, headers=headers)
    client.post("/api/auth/email/verification", headers=headers | Caller(client, tokens).headers)
    with transaction() as session:
        asked = session.scalars(select(AccountToken.locale).where(AccountToken.email == email)).all()
    assert asked == [locale] * 3


def test_a_reset_is_good_once(signed_in: Caller, address: str) -> None:
    token = letters.forgotten(address)
    assert reset(signed_in.client, token).status_code == 204
    assert refusal(reset(signed_in.client, token, "another horse again")) == (401, "link_invalid")
    assert login(signed_in.client, address, NEW) == 200


def test_a_reset_takes_back_the_others_of_its_address_and_nobody_elses(
    signed_in: Caller, address: str, other: Caller
) -> None:
    first, second, theirs = (letters.forgotten(each) for each in (address, address, other.tokens["user"]["email"]))
    assert reset(signed_in.client, first).status_code == 204
    assert refusal(reset(signed_in.client, second)) == (401, "link_invalid")
    assert reset(signed_in.client, theirs).status_code == 204


@pytest.mark.parametrize(("age", "status"), [(59, 204), (60, 401)])
def test_a_reset_is_good_for_an_hour(signed_in: Caller, address: str, age: int, status: int) -> None:
    token = letters.forgotten(address)
    aged(address, timedelta(minutes=age))
    assert reset(signed_in.client, token).status_code == status
    assert letters.letter(Purpose.RESET_PASSWORD, address) is None


def test_a_reset_for_an_address_that_nobody_has_resets_nothing(client: FlaskClient, address: str) -> None:
    forget(client, address)
    with transaction() as session:
        token_id = session.scalars(select(AccountToken.id).where(AccountToken.email == address)).one()
    assert refusal(reset(client, letters.written(token_id, Purpose.RESET_PASSWORD))) == (401, "link_invalid")


@pytest.mark.parametrize("text", ["", "act_", "x" * 128, "act_01k5e2v8x3q7m9n4p6r0s2t4w6_" + "x" * 43])
def test_what_is_no_token_is_refused_with_nothing_asked_of_the_database(client: FlaskClient, text: str) -> None:
    client.post("/api/auth/email/verify", json={"token": text})
    with statements() as asked:
        assert refusal(reset(client, text)) == (401, "link_invalid")
        assert refusal(verify(client, text)) == (401, "link_invalid")
    assert not any("account_tokens" in each for each in asked)


def test_a_token_of_one_purpose_is_good_for_no_other(signed_in: Caller, address: str) -> None:
    client = signed_in.client
    proving, resetting = letters.ticket(Purpose.VERIFY_EMAIL, address), letters.forgotten(address)
    assert refusal(reset(client, proving)) == (401, "link_invalid")
    assert refusal(verify(client, resetting)) == (401, "link_invalid")
    accepting = client.post("/api/auth/invitations/accept", json={"token": proving}, headers=signed_in.headers)
    assert refusal(accepting) == (401, "link_invalid")
    assert verify(client, proving).status_code == 204
    assert reset(client, resetting).status_code == 204


def test_whoever_registers_is_mailed_a_link_that_proves_their_address(signed_in: Caller, address: str) -> None:
    before = signed_in.get("/api/auth/me")
    assert before.get_json()["email_verified_at"] is None
    assert verify(signed_in.client, letters.ticket(Purpose.VERIFY_EMAIL, address)).status_code == 204
    after = signed_in.get("/api/auth/me")
    assert after.get_json()["email_verified_at"] is not None
    assert after.headers["ETag"] != before.headers["ETag"]


def test_a_proven_address_is_asked_to_be_proven_no_more(signed_in: Caller, address: str) -> None:
    assert signed_in.post("/api/auth/email/verification", None).status_code == 202
    assert written(address, Purpose.VERIFY_EMAIL) == 2
    verify(signed_in.client, letters.ticket(Purpose.VERIFY_EMAIL, address))
    assert signed_in.post("/api/auth/email/verification", None).status_code == 202
    assert written(address, Purpose.VERIFY_EMAIL) == 2


def test_a_reset_proves_the_address_that_it_was_mailed_to(signed_in: Caller, address: str) -> None:
    reset(signed_in.client, letters.forgotten(address))
    body = {"email": address, "password": NEW}
    assert signed_in.client.post("/api/auth/login", json=body).get_json()["user"]["email_verified_at"] is not None


def test_who_had_registered_somebody_elses_address_keeps_no_key_to_it(signed_in: Caller, address: str) -> None:
    key = signed_in.post("/api/api-keys", {"name": "Till"}).get_json()["key"]
    asked = {"Authorization": f"Bearer {key}"}
    assert signed_in.client.get("/api/auth/me", headers=asked).status_code == 200
    reset(signed_in.client, letters.forgotten(address))
    assert signed_in.client.get("/api/auth/me", headers=asked).status_code == 401


def test_a_link_proves_no_other_address_than_it_was_mailed_to(signed_in: Caller, address: str) -> None:
    token = letters.ticket(Purpose.VERIFY_EMAIL, address)
    with transaction() as session:
        session.execute(update(User).where(User.email == address).values(email=f"new.{address}"))
    assert refusal(verify(signed_in.client, token)) == (401, "link_invalid")
    assert signed_in.get("/api/auth/me").get_json()["email_verified_at"] is None


def test_each_request_for_a_mail_is_an_event_about_its_token(signed_in: Caller, address: str) -> None:
    forget(signed_in.client, address)
    with transaction() as session:
        rows = session.execute(
            select(AccountToken.purpose, Event.kind, Event.business_id)
            .join(Event, Event.subject_id == AccountToken.id)
            .where(AccountToken.email == address)
            .order_by(Event.id)
        ).all()
    assert [tuple(row) for row in rows] == [
        ("verify_email", "user.email_verification_requested", None),
        ("reset_password", "user.password_reset_requested", None),
    ]


def test_a_mails_words_come_with_a_link_that_works_until_it_is_used(signed_in: Caller, address: str) -> None:
    forget(signed_in.client, address)
    found = letters.letter(Purpose.RESET_PASSWORD, address)
    assert found is not None
    assert (found.email, found.name, found.purpose) == (address, "Ada", Purpose.RESET_PASSWORD)
    assert found.expires_at > clock() + timedelta(minutes=59)
    reset(signed_in.client, found.ticket)
    assert letters.letter(Purpose.RESET_PASSWORD, address) is None


def test_tokens_are_kept_for_a_month_after_their_end_and_no_longer(client: FlaskClient, address: str) -> None:
    forget(client, address)
    aged(address, timedelta(days=30, minutes=59))
    maintenance.purge()
    assert written(address, Purpose.RESET_PASSWORD) == 1
    aged(address, timedelta(minutes=2))
    maintenance.purge()
    assert written(address, Purpose.RESET_PASSWORD) == 0


@pytest.mark.usefixtures("signed_in")
def test_no_table_holds_a_ticket(address: str) -> None:
    token = letters.forgotten(address)
    _, _, secret = token.split("_", 2)
    with transaction() as session:
        rows = session.execute(select(AccountToken).where(AccountToken.email == address)).all()
        kept = [vars(row[0]) for row in rows]
    assert kept
    assert secret not in repr(kept)
