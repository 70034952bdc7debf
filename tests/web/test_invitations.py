"""Invitations: by whom, of whom, and what has become of them; accepted by who gets their mail, once."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from house import code
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import Principal, Purpose, Role
from domain.accounts.tables import AccountToken
from domain.kernel.events import Event
from domain.kernel.ids import Kind, shown
from tests import letters
from tests.builders import Shop, a_member, a_shop, a_user, again
from tests.flows.desk import Desk, desk

NEWCOMER = {"name": "Bo", "password": "correct horse"}


@pytest.fixture
def shop() -> Shop:
    return a_shop()


def stranger() -> str:
    return f"bo.{uuid4().hex}@example.com"


def place(shop: Shop) -> str:
    return f"/api/businesses/{shown(Kind.BUSINESS, shop.business.id)}/invitations"


def invite(shop: Shop, by: Principal, email: str, role: str = "staff") -> TestResponse:
    return desk(by).post(place(shop), {"email": email, "role": role})


def listed(shop: Shop) -> list[tuple[str, str]]:
    rows = desk(shop.owner).get(place(shop)).get_json()["data"]
    return [(row["email"], row["state"]) for row in rows]


def accept(at: Desk, ticket: str) -> TestResponse:
    return at.post("/api/auth/invitations/accept", {"token": ticket})


def register(shop: Shop, ticket: str) -> TestResponse:
    return desk(shop.owner).client.post("/api/auth/invitations/register", json={"token": ticket, **NEWCOMER})


def test_who_is_registered_joins_as_they_were_invited(shop: Shop) -> None:
    bo = a_user("Bo")
    made = invite(shop, shop.owner, bo.email.upper(), "admin").get_json()
    assert (made["object"], made["role"], made["state"]) == ("invitation", "admin", "open")
    joined = accept(desk(bo), letters.ticket(Purpose.INVITATION, bo.email)).get_json()
    assert (joined["object"], joined["role"], joined["email"]) == ("member", "admin", bo.email)
    assert again(bo).is_admin(shop.business.id)
    assert listed(shop) == [(made["email"], "accepted")]
    assert desk(bo).get("/api/auth/me").get_json()["email_verified_at"] is not None


def test_who_is_not_registered_registers_with_the_address_that_was_invited(shop: Shop) -> None:
    email = stranger()
    invite(shop, shop.owner, email)
    answer = register(shop, letters.ticket(Purpose.INVITATION, email))
    tokens = answer.get_json()
    assert (answer.status_code, tokens["user"]["email"]) == (201, email)
    me = desk(shop.owner).client.get("/api/auth/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert [each["role"] for each in me.get_json()["memberships"]] == ["staff"]
    assert me.get_json()["email_verified_at"] is not None


def test_an_invitation_is_accepted_once(shop: Shop) -> None:
    bo = a_user("Bo")
    invite(shop, shop.owner, bo.email)
    ticket = letters.ticket(Purpose.INVITATION, bo.email)
    assert code(accept(desk(bo), ticket)) == 200
    desk(shop.owner).client.delete(
        f"/api/businesses/{shown(Kind.BUSINESS, shop.business.id)}/members/{shown(Kind.USER, bo.user_id)}",
        headers=desk(shop.owner).signed,
    )
    assert code(accept(desk(bo), ticket)) == "link_invalid"


def test_it_is_for_nobody_but_the_address_that_it_was_sent_to(shop: Shop) -> None:
    bo, eve = a_user("Bo"), a_user("Eve")
    invite(shop, shop.owner, bo.email)
    ticket = letters.ticket(Purpose.INVITATION, bo.email)
    assert code(accept(desk(eve), ticket)) == "invited_another"
    assert code(register(shop, ticket)) == "email_taken"
    assert code(accept(desk(bo), ticket)) == 200


def test_inviting_tells_nothing_of_who_is_registered(shop: Shop) -> None:
    told = [invite(shop, shop.owner, email).get_json() for email in (a_user("Bo").email, stranger())]
    assert told[0].keys() == told[1].keys()
    assert [each["state"] for each in told] == ["open", "open"]


@pytest.mark.parametrize(
    ("by", "role", "told"),
    [
        ("owner", "owner", 201),
        ("admin", "admin", 201),
        ("admin", "owner", "owners_only"),
        ("staff", "staff", "admins_only"),
        ("stranger", "staff", "members_only"),
    ],
)
def test_only_who_may_give_a_role_invites_to_it_or_takes_that_back(
    shop: Shop, by: str, role: str, told: object
) -> None:
    people = {"owner": shop.owner, "admin": a_member(shop, Role.ADMIN), "staff": a_member(shop, Role.STAFF)}
    who = people.get(by) or a_user()
    assert code(invite(shop, who, stranger(), role)) == told
    made = invite(shop, shop.owner, stranger(), role).get_json()
    revoked = desk(who).client.delete(f"{place(shop)}/{made['id']}", headers=desk(who).signed)
    assert code(revoked) == (204 if told == 201 else told)


def test_a_revoked_invitation_lets_nobody_in(shop: Shop) -> None:
    email, at = stranger(), desk(shop.owner)
    made = invite(shop, shop.owner, email).get_json()
    ticket = letters.ticket(Purpose.INVITATION, email)
    assert at.client.delete(f"{place(shop)}/{made['id']}", headers=at.signed).status_code == 204
    assert code(register(shop, ticket)) == "link_invalid"
    assert code(at.client.delete(f"{place(shop)}/{made['id']}", headers=at.signed)) == "not_found"
    assert listed(shop) == [(email, "revoked")]
    assert letters.letter(Purpose.INVITATION, email) is None


def test_another_business_can_not_revoke_it(shop: Shop) -> None:
    made = invite(shop, shop.owner, stranger()).get_json()
    rival = a_shop()
    at = desk(rival.owner)
    assert code(at.client.delete(f"{place(rival)}/{made['id']}", headers=at.signed)) == "not_found"


def test_inviting_again_takes_the_place_of_the_first(shop: Shop) -> None:
    bo = a_user("Bo")
    invite(shop, shop.owner, bo.email, "admin")
    first = letters.ticket(Purpose.INVITATION, bo.email)
    invite(shop, shop.owner, bo.email, "staff")
    assert code(accept(desk(bo), first)) == "link_invalid"
    assert accept(desk(bo), letters.ticket(Purpose.INVITATION, bo.email)).get_json()["role"] == "staff"


@pytest.mark.parametrize("change", ["sent away", "made staff"])
def test_an_invitation_is_worth_what_its_maker_may_give_by_then(shop: Shop, change: str) -> None:
    admin, email, at = a_member(shop, Role.ADMIN), stranger(), desk(shop.owner)
    assert code(invite(shop, admin, email, "admin")) == 201
    ticket = letters.ticket(Purpose.INVITATION, email)
    theirs = f"/api/businesses/{shown(Kind.BUSINESS, shop.business.id)}/members/{shown(Kind.USER, admin.user_id)}"
    if change == "sent away":
        assert at.client.delete(theirs, headers=at.signed).status_code == 204
    else:
        assert at.client.patch(theirs, json={"role": "staff"}, headers=at.signed).status_code == 200
    assert code(register(shop, ticket)) == "link_invalid"
    body = {"email": email, "password": NEWCOMER["password"]}
    assert at.client.post("/api/auth/login", json=body).status_code == 401, "nobody was registered on the way"


def test_it_is_good_for_a_week(shop: Shop) -> None:
    email = stranger()
    invite(shop, shop.owner, email)
    ticket = letters.ticket(Purpose.INVITATION, email)
    week = timedelta(days=7)
    with transaction() as session:
        row = update(AccountToken).where(AccountToken.email == email)
        session.execute(row.values(created_at=AccountToken.created_at - week, expires_at=clock()))
    assert code(register(shop, ticket)) == "link_invalid"
    assert listed(shop) == [(email, "expired")]


def test_a_user_invites_an_address_five_times_an_hour_whoever_else_does(shop: Shop) -> None:
    email, rival = stranger(), a_shop()
    told = [code(invite(shop, shop.owner, email)) for _ in range(6)]
    assert told == [*[201] * 5, "too_many_invitations"]
    assert code(invite(rival, rival.owner, email)) == 201


def have_invited(shop: Shop, count: int, **more: datetime) -> None:
    """Let a shop's owner have invited so many, an hour ago."""
    at = clock() - timedelta(hours=1)
    with transaction() as session:
        session.add_all(
            AccountToken(
                purpose="invitation",
                email=stranger(),
                business_id=shop.business.id,
                role="staff",
                invited_by=shop.owner.user_id,
                created_at=at,
                expires_at=at + timedelta(days=7),
                **more,
            )
            for _ in range(count)
        )


def test_a_business_has_fifty_open_ones_at_most(shop: Shop) -> None:
    have_invited(shop, 50)
    assert code(invite(shop, shop.owner, stranger())) == "too_many_invitations"


def test_one_user_invites_a_hundred_times_a_day_at_most(shop: Shop) -> None:
    have_invited(shop, 100, revoked_at=clock())
    refused = invite(shop, shop.owner, stranger())
    assert code(refused) == "too_many_invitations"
    assert "100" in refused.get_json()["detail"]
    assert "by you within the day" in refused.get_json()["detail"]


def test_members_are_not_invited(shop: Shop) -> None:
    assert code(invite(shop, shop.owner, a_member(shop, Role.STAFF).email)) == "already_member"


def test_what_became_of_it_is_told_to_the_members(shop: Shop) -> None:
    bo = a_user("Bo")
    invite(shop, shop.owner, bo.email)
    invite(shop, shop.owner, bo.email)
    accept(desk(bo), letters.ticket(Purpose.INVITATION, bo.email))
    with transaction() as session:
        kinds = session.scalars(
            select(Event.kind)
            .where(Event.business_id == shop.business.id, Event.kind.regexp_match("^(invitation|member)"))
            .order_by(Event.id)
        ).all()
    assert kinds == [
        *("invitation.created", "invitation.revoked", "invitation.created"),
        *("member.added", "invitation.accepted"),
    ]
