"""Races for what an account or a business has a number of: five keys at most, one owner at least."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, or_, select

from config.clock import clock
from config.transaction import Session, transaction
from domain.accounts import queries
from domain.accounts import service as accounts
from domain.accounts.rules import Principal, Role
from domain.accounts.rules.errors import ApiKeyRotated, LastOwner, TooManyApiKeys
from domain.accounts.tables import ApiKey, Member
from domain.kernel.errors import AdminsOnly, Conflict, NotAllowed, NotFound
from tests.builders import Shop, a_shop, a_user
from tests.races.rivals import ROUNDS, together

MANY = 12
TRIES = 30  # a control needs to go red once
GRACE = timedelta(minutes=5)


def keys_made_at_once(who: Principal) -> Counter[str]:
    def make() -> str:
        try:
            with transaction() as session:
                accounts.create_key(session, "Rival", caller=who, now=clock())
        except TooManyApiKeys:
            return "refused"
        return "made"

    return Counter(together(*[make] * MANY))


def live_keys(who: Principal) -> int:
    """Count the keys that work, those in their grace too."""
    with transaction() as session:
        ends = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > clock())
        mine = (ApiKey.account_id == who.account_id, ApiKey.revoked_at.is_(None), ends)
        return session.scalars(select(func.count()).select_from(ApiKey).where(*mine)).one()


@ROUNDS
def test_of_a_dozen_keys_made_at_once_five_are_made(rounds: int) -> None:
    for _ in range(rounds):
        who = a_user()
        assert keys_made_at_once(who) == {"made": 5, "refused": MANY - 5}
        assert live_keys(who) == 5


def test_without_the_lock_the_account_has_too_many_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "account_for_update", lambda *_: None)
    monkeypatch.setattr(queries, "acting_for_update", lambda *_, **__: True)  # it has them take turns as well
    assert any(keys_made_at_once(a_user())["made"] > 5 for _ in range(TRIES))


def rotated_at_once(who: Principal) -> Counter[str]:
    with transaction() as session:
        key_id = accounts.create_key(session, "Till", caller=who, now=clock()).row.id

    def rotate() -> str:
        try:
            with transaction() as session:
                accounts.rotate_key(session, key_id, GRACE, caller=who, now=clock())
        except ApiKeyRotated:
            return "refused"
        return "rotated"

    return Counter(together(*[rotate] * MANY))


@ROUNDS
def test_of_a_dozen_rotations_at_once_one_takes_place(rounds: int) -> None:
    for _ in range(rounds):
        who = a_user()
        assert rotated_at_once(who) == {"rotated": 1, "refused": MANY - 1}
        assert live_keys(who) == 2


@ROUNDS
def test_a_line_that_is_rotated_by_everybody_again_and_again_has_two_keys_that_work(rounds: int) -> None:
    for _ in range(rounds // 4):
        who = a_user()
        with transaction() as session:
            accounts.create_key(session, "Till", caller=who, now=clock())
        together(*[lambda who=who: rotated_whichever(who)] * MANY)
        assert live_keys(who) == 2


def rotated_whichever(who: Principal) -> None:
    """Rotate the newest key there is, unless somebody else has done so meanwhile."""
    with transaction() as session:
        newest = accounts.list_keys(session, caller=who, after=None, limit=100, now=clock())[-1]
    with suppress(ApiKeyRotated, NotFound), transaction() as session:
        accounts.rotate_key(session, newest.id, GRACE, caller=who, now=clock())


def two_owners() -> tuple[Shop, Principal]:
    shop, partner = a_shop(), a_user("Bo")
    with transaction() as session:
        accounts.enrol(session, shop.business.id, partner.user_id, Role.OWNER)
    return shop, partner


def demoted_by_each_other() -> int:
    """Let two owners make staff of each other at once; count the owners left."""
    shop, partner = two_owners()

    def demote(caller: Principal, whom: UUID) -> str:
        try:
            with transaction() as session:
                accounts.change_member(session, shop.business.id, whom, Role.STAFF, caller=caller, now=clock())
        except (LastOwner, NotAllowed) as error:
            return error.code
        return "demoted"

    outcome = together(lambda: demote(shop.owner, partner.user_id), lambda: demote(partner, shop.owner.user_id))
    assert "demoted" in outcome
    assert set(outcome) <= {"demoted", AdminsOnly.code}
    return owners(shop)


def left_at_once() -> int:
    """Let two owners leave at once; count the owners left."""
    shop, partner = two_owners()

    def leave(caller: Principal) -> str:
        try:
            with transaction() as session:
                accounts.remove_member(session, shop.business.id, caller.user_id, caller=caller, now=clock())
        except Conflict as error:
            return error.code
        return "left"

    outcome = together(lambda: leave(shop.owner), lambda: leave(partner))
    assert set(outcome) <= {"left", LastOwner.code}
    return owners(shop)


def owners(shop: Shop) -> int:
    mine = (Member.business_id == shop.business.id, Member.role == "owner")
    with transaction() as session:
        return session.scalars(select(func.count()).select_from(Member).where(*mine)).one()


def unlocked(session: Session, business_id: UUID) -> Mapping[UUID, Role]:
    rows = session.execute(select(Member.user_id, Member.role).where(Member.business_id == business_id))
    return {user_id: Role(role) for user_id, role in rows}


@ROUNDS
def test_two_owners_who_demote_each_other_leave_one(rounds: int) -> None:
    assert {demoted_by_each_other() for _ in range(rounds)} == {1}


@ROUNDS
def test_two_owners_who_leave_at_once_leave_one(rounds: int) -> None:
    assert {left_at_once() for _ in range(rounds)} == {1}


@pytest.mark.parametrize("race", [demoted_by_each_other, left_at_once])
def test_without_the_lock_a_business_is_left_without_an_owner(
    race: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "members_for_update", unlocked)
    assert any(race() == 0 for _ in range(TRIES))
