"""The one query behind every request: what it tells, and that it stays one."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from config.clock import clock
from config.transaction import transaction
from domain.accounts import rules, service
from domain.accounts.rules import Grant, KeyClaims, KeyProof, Registration, Role
from domain.accounts.rules.errors import InvalidCredentials, Unauthenticated
from domain.accounts.tables import Account, ApiKey
from domain.catalog.tables import Business
from domain.kernel.ids import new_id
from tests.statements import statements


@pytest.fixture
def grant() -> Grant:
    new = Registration(email=f"ada.{uuid4().hex}@example.com", password_hash="x", name="Ada")
    with transaction() as session:
        return service.register(session, new, now=clock())


def business_of(account_id: UUID) -> UUID:
    business = Business(
        id=new_id(), account_id=account_id, slug=uuid4().hex, name="Cuts", timezone="Africa/Lagos", currency="NGN"
    )
    with transaction() as session:
        session.add(business)
    return business.id


def test_a_principal_knows_their_roles_in_one_statement(grant: Grant) -> None:
    with transaction() as session:
        nobody = service.principal(session, grant.claims, now=clock())
    mine, theirs, foreign = (business_of(nobody.account_id) for _ in range(3))
    with transaction() as session:
        service.enrol(session, mine, grant.claims.user_id, Role.OWNER)
        service.enrol(session, theirs, grant.claims.user_id, Role.STAFF)
    with transaction() as session, statements() as seen:
        who = service.principal(session, grant.claims, now=clock())
    assert len(seen) == 1
    assert nobody.roles == {}
    assert who.roles == {mine: Role.OWNER, theirs: Role.STAFF}
    assert [who.is_member(each) for each in (mine, theirs, foreign)] == [True, True, False]
    assert [who.is_admin(each) for each in (mine, theirs, foreign)] == [True, False, False]
    assert [who.is_owner(each) for each in (mine, theirs, foreign)] == [True, False, False]


def a_key(grant: Grant) -> KeyProof:
    with transaction() as session:
        who = service.principal(session, grant.claims, now=clock())
        proof = rules.key_read(service.create_key(session, "Till", caller=who, now=clock()).key)
    assert proof
    return proof


def test_a_key_tells_as_much_in_one_statement_too(grant: Grant) -> None:
    proof = a_key(grant)
    with transaction() as session:
        signed_in = service.principal(session, grant.claims, now=clock())
    for evidence in (proof, KeyClaims(user_id=grant.claims.user_id, key_id=proof.key_id)):
        with transaction() as session, statements() as seen:
            who = service.principal(session, evidence, now=clock())
        assert len(seen) == 1
        assert (who.session_id, who.bucket_id) == (None, proof.key_id)
        assert replace(who, session_id=grant.claims.session_id, key=None) == signed_in
    assert signed_in.bucket_id == signed_in.user_id


def last_used(proof: KeyProof) -> datetime | None:
    with transaction() as session:
        return session.get_one(ApiKey, proof.key_id).last_used_at


def test_the_use_of_a_key_is_noted_once_a_minute(grant: Grant) -> None:
    proof, now = a_key(grant), clock()
    noted = []
    for later in (0, 59, 60, 61, 120):
        with transaction() as session:
            service.note_use(session, proof.key_id, now=now + timedelta(seconds=later))
        noted.append(last_used(proof))
    assert noted == [now + timedelta(seconds=each) for each in (0, 0, 60, 60, 120)]


@pytest.mark.parametrize(("seconds", "due"), [(59, False), (60, True)])
def test_a_key_that_was_used_within_a_minute_needs_no_writing(seconds: int, due: bool) -> None:  # noqa: FBT001 - the expectation
    now = clock()
    assert rules.KeyInUse(new_id(), new_id(), now - timedelta(seconds=seconds)).is_due(now) is due


def test_a_principal_is_no_operator_and_on_the_free_plan_until_said_otherwise(grant: Grant) -> None:
    with transaction() as session:
        who = service.principal(session, grant.claims, now=clock())
        session.execute(text("UPDATE users SET is_operator = true WHERE id = :id"), {"id": who.user_id})
        session.get_one(Account, who.account_id).plan = "paid"
    with transaction() as session:
        promoted = service.principal(session, grant.claims, now=clock())
    assert (who.plan, who.is_operator) == ("free", False)
    assert (promoted.plan, promoted.is_operator) == ("paid", True)


def test_a_session_ends_by_the_clock(grant: Grant) -> None:
    with transaction() as session:
        assert service.principal(session, grant.claims, now=clock() + timedelta(days=29))
        with pytest.raises(Unauthenticated):
            service.principal(session, grant.claims, now=clock() + timedelta(days=31))


def test_a_hash_that_cannot_be_read_proves_nothing(grant: Grant) -> None:
    with transaction() as session:
        known = service.credentials(session, grant.profile.email.upper())
    assert known is not None
    with pytest.raises(InvalidCredentials):
        rules.proven(known, "x")


def test_an_unknown_user_takes_as_long_as_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            verified.append(stored)
            return rules.passwords.PasswordHasher().verify(stored, password)

    stored = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1).hash("correct horse")
    known = rules.Credentials(user_id=new_id(), password_hash=stored)
    monkeypatch.setattr(rules.passwords, "HASHER", Counting())
    for claimed in (known, None):
        with pytest.raises(InvalidCredentials):
            rules.proven(claimed, "incorrect horse")
    assert len(verified) == 2
    assert len({each.rpartition("$")[0].rpartition("$")[0] for each in verified}) == 1, "of one cost"
