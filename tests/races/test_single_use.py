"""Races for what works once, and for what is written so many times an hour."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.clock import clock
from config.links import account_keys
from config.transaction import transaction
from domain.accounts import queries
from domain.accounts import service as accounts
from domain.accounts.queries import tokens
from domain.accounts.rules import Principal, Purpose
from domain.accounts.rules.errors import AlreadyMember, LinkInvalid
from domain.accounts.rules.tokens import MOST_AN_HOUR
from domain.accounts.tables import AccountToken, Member
from domain.kernel.errors import NotFound
from tests import letters
from tests.builders import UNUSABLE_HASH, Shop, a_shop, a_user
from tests.races.rivals import ROUNDS, together

MANY = 12
TRIES = 30  # a control needs to go red once


def outcome(work: Callable[[Session], object]) -> str:
    try:
        with transaction() as session:
            work(session)
    except (LinkInvalid, NotFound, AlreadyMember) as error:
        return error.code
    return "done"


def reset_of(who: Principal) -> UUID:
    """Have somebody forget their password; return the token whose link they have followed."""
    ticket = letters.forgotten(who.email)
    with transaction() as session:
        return accounts.reset_known(session, ticket, keys=account_keys(), now=clock())


def resets_at_once() -> Counter[str]:
    return Counter(together(*[partial(used, reset_of(a_user()))] * MANY))


@ROUNDS
def test_of_a_dozen_resets_by_one_link_one_takes_place(rounds: int) -> None:
    for _ in range(rounds):
        assert resets_at_once() == {"done": 1, "link_invalid": MANY - 1}


def test_without_its_guard_a_link_is_used_more_than_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "spend_token", lambda *_, **__: True)
    monkeypatch.setattr(queries, "revoke_tokens", lambda *_, **__: None)
    assert any(resets_at_once()["done"] > 1 for _ in range(TRIES))


def used(token_id: UUID) -> str:
    return outcome(
        lambda session: accounts.reset_password(session, token_id, UNUSABLE_HASH, ends_access=False, now=clock())
    )


@ROUNDS
def test_of_two_links_for_one_password_used_at_once_one_is_good(rounds: int) -> None:
    for _ in range(rounds):
        who = a_user()
        first, second = reset_of(who), reset_of(who)
        assert Counter(together(partial(used, first), partial(used, second))) == {"done": 1, "link_invalid": 1}


def asked_at_once(address: str) -> int:
    def ask() -> None:
        with transaction() as session:
            accounts.ask_for_reset(session, address, now=clock())

    together(*[ask] * MANY)
    with transaction() as session:
        return session.scalars(
            select(func.count()).select_from(AccountToken).where(AccountToken.email == address)
        ).one()


@ROUNDS
def test_of_a_dozen_who_ask_for_one_address_five_are_written(rounds: int) -> None:
    for _ in range(rounds):
        assert asked_at_once(a_user().email) == MOST_AN_HOUR


def test_without_their_turns_more_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "TURN", select(1))
    assert any(asked_at_once(a_user().email) > MOST_AN_HOUR for _ in range(TRIES))


def accepted_and_revoked(shop: Shop) -> tuple[str, str, bool]:
    """Let an invitation be accepted and revoked at once; return what each was told, and whether there is a member."""
    who = a_user()
    invitation_id = letters.invited(shop.owner, shop.business.id, who.email)
    ticket = letters.ticket(Purpose.INVITATION, who.email)

    def accept(session: Session) -> None:
        accounts.accept(session, ticket, keys=account_keys(), caller=who, now=clock())

    def revoke(session: Session) -> None:
        accounts.revoke_invitation(session, shop.business.id, invitation_id, caller=shop.owner, now=clock())

    accepted, revoked = together(lambda: outcome(accept), lambda: outcome(revoke))
    with transaction() as session:
        member = session.get(Member, (shop.business.id, who.user_id))
    return accepted, revoked, member is not None


@ROUNDS
def test_an_invitation_is_either_accepted_or_revoked(rounds: int) -> None:
    shop = a_shop()
    seen = {accepted_and_revoked(shop) for _ in range(rounds)}
    assert seen <= {("done", "not_found", True), ("link_invalid", "done", False)}
