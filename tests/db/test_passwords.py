"""A password that changes while somebody signs in with the old one: exact, whoever comes first."""

import pytest
from sqlalchemy.orm import Session

from config.clock import clock
from config.transaction import transaction
from domain.accounts import queries
from domain.accounts import service as accounts
from domain.accounts.rules import Claims, Principal, Proof
from domain.accounts.rules.errors import InvalidCredentials
from domain.accounts.tables import User
from domain.kernel.errors import Unauthenticated
from tests.builders import UNUSABLE_HASH, a_user, again
from tests.races.test_lasting_access import in_order


@pytest.fixture
def ada() -> Principal:
    return a_user()


def proof(who: Principal) -> Proof:
    return Proof(user_id=who.user_id, password_hash=UNUSABLE_HASH, rehash=None)


def sign_in(who: Principal) -> Claims:
    with transaction() as session:
        return accounts.login(session, proof(who), "A thief's", now=clock()).claims


def changed(session: Session, who: Principal) -> None:
    accounts.change_password(session, proof(who), "another", caller=who, now=clock())


def change(who: Principal) -> None:
    with transaction() as session:
        changed(session, who)


def test_a_sign_in_that_was_under_way_when_the_password_changed_is_too_late(ada: Principal) -> None:
    change(ada)
    with pytest.raises(InvalidCredentials):
        sign_in(ada)
    assert again(ada) == ada


def test_of_two_changes_proven_by_the_same_password_the_second_is_refused(ada: Principal) -> None:
    change(ada)
    with pytest.raises(InvalidCredentials):
        change(ada)


def thieves_left(ada: Principal) -> int:
    """Let a thief sign in while the password is being changed; count the sessions of theirs that go on."""
    theirs: list[Claims] = []

    def slip_in(session: Session) -> None:
        theirs.append(accounts.login(session, proof(ada), "A thief's", now=clock()).claims)

    assert in_order(slip_in, lambda session: changed(session, ada)) == "done"
    return sum(map(lives, theirs))


def lives(claims: Claims) -> bool:
    try:
        with transaction() as session:
            accounts.principal(session, claims, now=clock())
    except Unauthenticated:
        return False
    return True


def test_a_session_that_begins_while_the_password_changes_does_not_outlive_it(ada: Principal) -> None:
    assert thieves_left(ada) == 0


def test_without_the_lock_such_a_session_goes_on(ada: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "user_for_update", lambda session, user_id: session.get_one(User, user_id))
    assert thieves_left(ada) == 1
